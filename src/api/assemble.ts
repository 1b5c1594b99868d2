/** All services behind the API, made of the two servers. */

import type { Client } from '@temporalio/client';
import { ConnectionService } from '../management/alerts/connection-service.js';
import { CollectorService } from '../management/collectors/collector-service.js';
import { FieldService } from '../management/fields/field-service.js';
import { KeyVerifier } from '../management/keys/key-verifier.js';
import { SearchService } from '../management/search/search-service.js';
import { SourceEditor } from '../management/sources/source-editor.js';
import { SourceRemoval } from '../management/sources/source-removal.js';
import { SourceService } from '../management/sources/source-service.js';
import { StateFeed } from '../management/sources/state-feed.js';
import { serverReadiness } from '../management/watching/readiness.js';
import { WatchlistService } from '../management/watchlists/watchlist-service.js';
import { restartWatchlist, startWatchlist } from '../management/watchlists/watchlist-workflows.js';
import type { Keyring } from '../secrets/keyring.js';
import type { Collections } from '../store/collections.js';
import type { Services } from './common/services.js';

export interface ServerAccess {
  readonly collections: Collections;
  readonly client: Client;
  readonly allowInsecure: boolean;
  /** See `Environment`. Default: none. */
  readonly alertHosts?: ReadonlySet<string> | undefined;
  readonly keyring?: Keyring | undefined;
  /** See `ServerEnvironment`. */
  readonly temporalUiUrl?: string | undefined;
  readonly readiness?: Services['readiness'] | undefined;
}

export function assembleServices(access: ServerAccess): Services {
  return {
    ...access,
    fields: new FieldService(access.collections),
    verifier: new KeyVerifier(access.collections),
    collectors: new CollectorService(access.collections),
    sources: new SourceService(access),
    editor: new SourceEditor(access),
    removal: new SourceRemoval(access),
    search: new SearchService(access.collections),
    states: new StateFeed(access),
    readiness: access.readiness ?? serverReadiness(access.collections, access.client),
    connections: new ConnectionService({ ...access, alertHosts: access.alertHosts ?? new Set() }),
    watchlists: new WatchlistService({
      ...access,
      start: (watchlistId) => startWatchlist(access, watchlistId),
      restart: (watchlistId) => restartWatchlist(access, watchlistId),
    }),
  };
}
