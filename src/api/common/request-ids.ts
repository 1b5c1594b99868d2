/** The id of a request: it stands in the answer and in each log line of the request. */

import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';

const HEADER = 'x-request-id';
/** What may stand in a log as it came. */
const PLAIN = /^[A-Za-z0-9._:-]{1,64}$/;

/** That of a proxy before this server, so that its log and ours can be read together, or a new one. */
export function requestIdOf({ headers }: IncomingMessage): string {
  const given = headers[HEADER];
  return typeof given === 'string' && PLAIN.test(given) ? given : randomUUID();
}

export function answerRequestIds(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.header(HEADER, request.id);
  });
}
