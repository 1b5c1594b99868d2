/** Counts requests and connections; requests by the templates of their routes, so that no id or query is in a label. */

import type { Server } from 'node:http';
import { promisify } from 'node:util';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Family, familiesOf } from '../../metrics/definition.js';
import type { Observer } from '../../metrics/observer.js';
import { CONNECTION_METRICS } from '../../metrics/server-metrics.js';

/** What a route may well be answered with: exported as 0 before it is. */
const EXPECTED = ['200', '500', '503'] as const;
/** Of an address that does not exist. */
const NO_ROUTE = 'none';
/** Anybody can make up others. */
const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** To be called before the routes are added. */
export function observeRequests(app: FastifyInstance, observer: Observer): void {
  observer.expect('mimecast_http_request_duration_seconds', { route: NO_ROUTE, method: 'GET' });
  app.addHook('onRoute', ({ url: route, method: methods }) => {
    for (const method of [methods].flat()) {
      // Every GET has a HEAD, which hardly anybody asks for.
      if (method === 'HEAD') continue;
      for (const status of EXPECTED) observer.expect('mimecast_http_requests_total', { route, method, status });
    }
  });
  app.addHook('onResponse', async (request, reply) => {
    const labels = labelsOf(request);
    observer.count('mimecast_http_requests_total', { ...labels, status: statusOf(reply) });
    observer.measure('mimecast_http_request_duration_seconds', labels, reply.elapsedTime / 1_000);
  });
}

function labelsOf({ routeOptions: { url = NO_ROUTE }, method }: FastifyRequest) {
  return { route: url, method: METHODS.has(method) ? method : 'other' };
}

function statusOf({ raw }: FastifyReply): string {
  return String(raw.statusCode);
}

export async function connectionFamilies(server: Server): Promise<Family[]> {
  const value = await promisify(server.getConnections.bind(server))();
  return familiesOf(CONNECTION_METRICS, { mimecast_http_open_connections: [{ labels: {}, value }] });
}
