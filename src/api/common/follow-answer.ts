/** Answers without an end: a line for whatever is stored from now on, or from a token on. */

import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Followed } from '../../store/follow-inserts.js';
import type { KeepOpen } from './open-answers.js';

export const NDJSON = 'application/x-ndjson';

export const followToken = z
  .string()
  .max(2_000)
  .optional()
  .describe('The last one that was dealt with; default: from now on');

/** @param what of a line, such as `record` */
export function followDescription(what: string): string {
  return (
    `Each line is an object with a \`token\`, and a \`${what}\` unless nothing has happened for a second. With the token of ` +
    'the last line that was dealt with, a later request misses nothing; after a break, one may come twice. 410: the token is ' +
    'older than what MongoDB remembers.'
  );
}

export const followAnswer = {
  description: 'One object per line',
  content: { [NDJSON]: { schema: z.unknown().meta({ type: 'string' }) } },
} as const;

/** @param show of a line, what it has beside its token. @throws what the first line throws: then nothing has been sent */
export async function sendFollowed<T>(
  request: FastifyRequest,
  reply: FastifyReply,
  keepOpen: KeepOpen,
  followed: AsyncGenerator<Followed<T>, void, undefined>,
  show: (item: T) => object,
) {
  const first = await followed.next();
  const stream = Readable.from(linesOf(first, followed, show));
  keepOpen(request, reply);
  return reply.type(NDJSON).header('cache-control', 'no-store').header('x-accel-buffering', 'no').send(stream);
}

async function* linesOf<T>(
  first: IteratorResult<Followed<T>, void>,
  rest: AsyncGenerator<Followed<T>, void, undefined>,
  show: (item: T) => object,
): AsyncGenerator<string, void, undefined> {
  try {
    for (let next = first; next.done !== true; next = await rest.next()) {
      const { token, item } = next.value;
      yield `${JSON.stringify({ token, ...(item === undefined ? {} : show(item)) })}\n`;
    }
  } finally {
    await rest.return();
  }
}
