/** What the commands work with when it is behind a management server (`--server`). */

import type { ApiClient } from './api-client.js';
import type { CommandServices } from './commands.js';
import { RemoteRereads } from './remote-rereads.js';
import { RemoteSources } from './remote-sources.js';

export function remoteServices(api: ApiClient): CommandServices {
  return { sources: new RemoteSources(api), rereads: new RemoteRereads(api) };
}
