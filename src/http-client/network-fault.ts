/** How a request travels, and what an error on its way means. */

import { type Connections, processConnections } from './connections.js';
import type { HttpRequest } from './http.js';
import { explainNetworkError, type NetworkFault } from './network-error.js';

type Sent = Pick<HttpRequest, 'url' | 'connections'>;

export function connectionsOf({ connections = processConnections(false) }: Sent): Connections {
  return connections;
}

export function faultOf(error: unknown, http: Sent): NetworkFault {
  return explainNetworkError(error, http.url.host, connectionsOf(http).proxyOf(http.url));
}
