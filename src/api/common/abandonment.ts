import type { FastifyReply } from 'fastify';

/** Aborted when the caller goes away before the answer is sent: what works for it may then stop. */
export function abandonment({ raw }: FastifyReply): AbortSignal {
  const controller = new AbortController();
  raw.once('close', () => {
    if (!raw.writableFinished) controller.abort();
  });
  return controller.signal;
}
