/** `/search/export` and `/search/follow`: answers of any length, written as fast as they are read. */

import { pipeline, Readable } from 'node:stream';
import { z } from 'zod';
import { present } from '../../domain/present.js';
import type { FoundRecord } from '../../store/search/find-records.js';
import type { Followed } from '../../store/search/follow-records.js';
import { flatErrors } from '../common/common-schemas.js';
import { signalOf } from '../common/gone-client.js';
import type { Routes } from '../common/services.js';
import { csvRow, csvWriter, DEFAULT_COLUMNS } from './csv-rows.js';
import { inputOf, searchBody, showRecord } from './search-schemas.js';

const tags = ['Search'];
const config = { isReading: true } as const;

const NDJSON = 'application/x-ndjson';
/** A stream of text. */
const streamed = z.unknown().meta({ type: 'string' });

const exportBody = searchBody.extend({
  format: z.enum(['ndjson', 'csv']).default('ndjson'),
  columns: z
    .array(z.string().min(1).max(300))
    .min(1)
    .max(200)
    .default([...DEFAULT_COLUMNS])
    .describe('Of CSV: fields of the stored record, such as `from.emailAddress`. Lists and objects become JSON'),
});

const followBody = searchBody.extend({
  token: z.string().max(2_000).optional().describe('The last one that was dealt with; default: from now on'),
});

/** Of the time that one page of an export takes; it goes on until everything is written. */
const PAGE_MS = 10_000;

export const searchStreamRoutes: Routes = (app, { search }) => {
  const open = new Set<Readable>();
  // An answer without an end would keep the server from closing.
  app.addHook('preClose', async () => {
    for (const stream of open) stream.destroy();
  });
  app.post(
    '/search/export',
    {
      config,
      schema: {
        tags,
        summary: 'All records that match, newest first, as NDJSON or CSV of any length',
        description:
          'The answer is complete only when it ends as HTTP says: after an error the connection is cut. In CSV, a value that a spreadsheet would take for a formula begins with an apostrophe.',
        body: exportBody,
        response: {
          200: {
            description: 'One record per line',
            content: { [NDJSON]: { schema: streamed }, 'text/csv': { schema: streamed } },
          },
          ...flatErrors,
        },
      },
    },
    async ({ body }, reply) => {
      const input = inputOf(body);
      // Refused now, as nothing can be refused once the answer has begun.
      await search.plan(input);
      const records = search.all(input, { timeoutMs: PAGE_MS, signal: signalOf(reply) });
      const { format, columns } = body;
      reply.header('content-disposition', `attachment; filename="records.${format}"`);
      if (format === 'ndjson') return reply.type(NDJSON).send(Readable.from(ndjson(records)));
      const writer = csvWriter(columns);
      pipeline(Readable.from(rows(records, columns)), writer, () => undefined);
      return reply.type('text/csv; charset=utf-8').send(writer);
    },
  );
  app.post(
    '/search/follow',
    {
      config,
      schema: {
        tags,
        summary: 'Records that match as they are stored, as NDJSON without an end',
        description:
          'Each line is an object with a `token`, and a `record` unless nothing has happened for a second. With the token of the last line that was dealt with, a later request misses nothing; after a break, a record may come twice. 410: the token is older than what MongoDB remembers.',
        body: followBody,
        response: {
          200: { description: 'One object per line', content: { [NDJSON]: { schema: streamed } } },
          ...flatErrors,
        },
      },
    },
    async ({ body }, reply) => {
      const followed = search.follow(inputOf(body), { token: body.token, signal: signalOf(reply) });
      const first = await followed.next();
      const stream = Readable.from(followLines(first, followed));
      open.add(stream);
      stream.once('close', () => open.delete(stream));
      return reply.type(NDJSON).header('cache-control', 'no-store').header('x-accel-buffering', 'no').send(stream);
    },
  );
};

async function* ndjson(records: AsyncIterable<FoundRecord>): AsyncGenerator<string, void, undefined> {
  for await (const record of records) yield `${JSON.stringify(showRecord(record))}\n`;
}

async function* rows(records: AsyncIterable<FoundRecord>, columns: readonly string[]) {
  for await (const record of records) yield csvRow(record, columns);
}

async function* followLines(
  first: IteratorResult<Followed, void>,
  rest: AsyncGenerator<Followed, void, undefined>,
): AsyncGenerator<string, void, undefined> {
  try {
    for (let next = first; next.done !== true; next = await rest.next()) {
      const { token, record } = next.value;
      yield `${JSON.stringify({ token, ...present({ record: record && showRecord(record) }) })}\n`;
    }
  } finally {
    await rest.return();
  }
}
