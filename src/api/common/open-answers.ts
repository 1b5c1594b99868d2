/** Answers that go on for long: they end with the right to them, and with the server, which they would keep from closing. */

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Identity } from '../../management/keys/key-verifier.js';

export const RECHECK_MS = 60_000;

/** @param end default: cuts the connection, so that nobody takes the answer for complete. */
export type KeepOpen = (request: FastifyRequest, reply: FastifyReply, end?: () => void) => void;

export function openAnswers(
  app: FastifyInstance,
  identityOf: (request: FastifyRequest) => Promise<Identity | undefined>,
  everyMs: number,
): KeepOpen {
  const open = new Set<() => void>();
  app.addHook('preClose', async () => {
    for (const end of open) end();
  });
  return (request, { raw }, end = () => raw.destroy()) => {
    const recheck = async () => {
      // A store that is away says nothing about the key.
      const isUnknown = await identityOf(request).then(
        (identity) => identity === undefined,
        () => false,
      );
      if (isUnknown) end();
    };
    const timer = setInterval(() => void recheck(), everyMs);
    open.add(end);
    raw.once('close', () => {
      clearInterval(timer);
      open.delete(end);
    });
  };
}
