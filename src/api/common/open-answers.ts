/** Answers that go on for long: they end with the right to them, and with the server, which they would keep from closing. */

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Identity } from '../../management/keys/key-verifier.js';

/** For what ends elsewhere, as a key that another server has deleted. */
export const RECHECK_MS = 60_000;

/** @param end default: cuts the connection, so that nobody takes the answer for complete. */
export type KeepOpen = (request: FastifyRequest, reply: FastifyReply, end?: () => void) => void;

export interface OpenAnswers {
  readonly keepOpen: KeepOpen;
  /** Ends at once those of a session, or all those of a key. */
  readonly endAnswers: (gone: { readonly sessionId: string } | { readonly accessId: string }) => void;
}

interface OpenAnswer {
  readonly accessId: string | undefined;
  readonly sessionId: string;
  readonly end: () => void;
}

/** @param identityOf who asks, now; nobody when the key or the session of the request has ended since */
export function openAnswers(
  app: FastifyInstance,
  identityOf: (request: FastifyRequest) => Promise<Identity | undefined>,
  everyMs: number,
): OpenAnswers {
  const open = new Set<OpenAnswer>();
  app.addHook('preClose', async () => {
    for (const { end } of open) end();
  });

  const keepOpen: KeepOpen = (request, { raw }, end = () => raw.destroy()) => {
    const recheck = async () => {
      // A store that is away says nothing about the key.
      const isUnknown = await identityOf(request).then(
        (identity) => identity === undefined,
        () => false,
      );
      if (isUnknown) end();
    };
    const { sessionId, endsAt } = request.session;
    const answer = { accessId: request.identity?.accessId, sessionId, end };
    const timers = [setInterval(() => void recheck(), everyMs)];
    if (endsAt !== undefined) timers.push(setTimeout(end, endsAt - Date.now()));
    open.add(answer);
    raw.once('close', () => {
      for (const timer of timers) clearTimeout(timer);
      open.delete(answer);
    });
    // It may have ended since the request came.
    void recheck();
  };

  return {
    keepOpen,
    endAnswers: (gone) => {
      for (const answer of [...open]) {
        const isGone = 'sessionId' in gone ? answer.sessionId === gone.sessionId : answer.accessId === gone.accessId;
        if (isGone) answer.end();
      }
    },
  };
}
