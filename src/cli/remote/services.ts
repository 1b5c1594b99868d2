/** What the commands work with when it is behind a management server (`--server`). */

import type { CommandServices } from '../commands.js';
import type { ApiClient } from './api-client.js';
import { RemoteRereads } from './rereads.js';
import { RemoteSources } from './sources.js';

export function remoteServices(api: ApiClient): CommandServices {
  return { sources: new RemoteSources(api), rereads: new RemoteRereads(api) };
}
