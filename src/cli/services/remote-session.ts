/** What commands work with behind a management server. */

import type { Session } from '../session.js';
import { apiClientOf } from './api-client.js';
import { RemoteAlerts } from './remote-alerts.js';
import { RemoteAudit } from './remote-audit.js';
import { RemoteDetections } from './remote-detections.js';
import { RemoteErasures } from './remote-erasures.js';
import { RemoteExports } from './remote-exports.js';
import { RemoteIndicators } from './remote-indicators.js';
import { RemoteKeys } from './remote-keys.js';
import { RemoteRereads } from './remote-rereads.js';
import { RemoteSearch } from './remote-search.js';
import { RemoteSources } from './remote-sources.js';
import { RemoteWatchlists } from './remote-watchlists.js';

export function remoteSession(url: string): Session {
  const api = apiClientOf(url, process.env);
  return {
    withCommands: (work) =>
      work({
        erasures: new RemoteErasures(api),
        exports: new RemoteExports(api),
        sources: new RemoteSources(api),
        rereads: new RemoteRereads(api),
      }),
    withKeys: (work) => work(new RemoteKeys(api)),
    withAudit: (work) => work(new RemoteAudit(api)),
    withDetections: (work) => work(new RemoteDetections(api)),
    withSearch: (work) => work(new RemoteSearch(api)),
    withIndicators: (work) => work(new RemoteIndicators(api)),
    withWatchlists: (work) => work(new RemoteWatchlists(api)),
    withAlerts: (work) => work(new RemoteAlerts(api)),
  };
}
