/** The id of a request: it stands in the answer and in each log line of the request. */

import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { IsProxy } from '../../config/server-environment.js';
import { isLoopback } from '../../domain/hosts/loopback.js';
import { plainAddress } from './transport.js';

const HEADER = 'x-request-id';
/** What may stand in a log as it came. */
const PLAIN = /^[A-Za-z0-9._:-]{1,64}$/;

/**
 * That of a proxy before this server, so that its log and ours can be read together, or a new one: nobody else can give all of
 * their requests the id of somebody else's.
 */
export function requestIds(isProxy: IsProxy | undefined): (request: IncomingMessage) => string {
  return ({ headers: { [HEADER]: given }, socket }) => {
    const peer = plainAddress(socket.remoteAddress ?? '');
    const isTaken = isLoopback(peer) || isProxy?.(peer) === true;
    return isTaken && typeof given === 'string' && PLAIN.test(given) ? given : randomUUID();
  };
}

export function answerRequestIds(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.header(HEADER, request.id);
  });
}
