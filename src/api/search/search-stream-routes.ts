/** `/search/export` and `/search/follow`: answers of any length, written as fast as they are read. */

import { pipeline, Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { SearchService } from '../../management/search/search-service.js';
import type { FoundRecord } from '../../store/search/find-records.js';
import { flatErrors } from '../common/common-schemas.js';
import { followAnswer, followDescription, followToken, NDJSON, sendFollowed } from '../common/follow-answer.js';
import { signalOf } from '../common/gone-client.js';
import type { Routes } from '../common/services.js';
import { csvRow, csvWriter, DEFAULT_COLUMNS } from './csv-rows.js';
import { inputOf, searchBody, showRecord } from './search-schemas.js';

const tags = ['Search'];
const config = { isReading: true, searches: 'stream' } as const;
const exported = { ...config, audits: 'search.export' } as const;

/** A stream of text. */
const streamed = z.unknown().meta({ type: 'string' });

const format = z.enum(['ndjson', 'csv']).default('ndjson');
const column = z.string().min(1).max(300);
const MAX_COLUMNS = 200;
const COLUMNS_MEANING =
  'Of CSV: fields of the stored record, such as `from.emailAddress`. Lists and objects become JSON';

const exportBody = searchBody.extend({
  format,
  columns: z
    .array(column)
    .min(1)
    .max(MAX_COLUMNS)
    .default([...DEFAULT_COLUMNS])
    .describe(COLUMNS_MEANING),
});

/** The same in an address, which a browser can download: a parameter for each entry of a list. */
const exportQuery = searchBody.extend({
  format,
  columns: listOf(column)
    .refine(({ length }) => length <= MAX_COLUMNS, { error: `must be at most ${MAX_COLUMNS}` })
    .default([...DEFAULT_COLUMNS])
    .describe(COLUMNS_MEANING),
  collections: listOf(z.string().max(100)).optional().describe('Collections, or streams; default all'),
  sourceIds: listOf(z.coerce.number<string>().int().min(1)).optional().describe('Default: all sources'),
});

function listOf<T extends z.ZodType<unknown, string>>(entry: T) {
  return z.union([entry, z.array(entry)]).transform((given) => [given].flat());
}

const followBody = searchBody.extend({ token: followToken });

/** Of the time that one page of an export takes; it goes on until everything is written. */
const PAGE_MS = 10_000;

const exportSchema = {
  tags,
  summary: 'All records that match, newest first, as NDJSON or CSV of any length',
  description:
    'The answer is complete only when it ends as HTTP says: after an error the connection is cut. In CSV, an apostrophe stands before whatever a spreadsheet would take for the begin of a formula, also behind a semicolon, tab or line break.',
  response: {
    200: {
      description: 'One record per line',
      content: { [NDJSON]: { schema: streamed }, 'text/csv': { schema: streamed } },
    },
    ...flatErrors,
  },
} as const;

export const searchStreamRoutes: Routes = (app, { search, keepOpen }) => {
  app.post(
    '/search/export',
    {
      config: exported,
      schema: { ...exportSchema, body: exportBody },
    },
    async (request, reply) => {
      keepOpen(request, reply);
      return exportTo(reply, search, request.body);
    },
  );
  app.get(
    '/search/export',
    {
      // Its answer would be the headers alone, after all of it was read.
      exposeHeadRoute: false,
      config: exported,
      schema: { ...exportSchema, querystring: exportQuery },
    },
    async (request, reply) => {
      keepOpen(request, reply);
      return exportTo(reply, search, request.query);
    },
  );
  app.post(
    '/search/follow',
    {
      config: { ...config, audits: 'search.follow' },
      schema: {
        tags,
        summary: 'Records that match as they are stored, as NDJSON without an end',
        description: followDescription('record'),
        body: followBody,
        response: { 200: followAnswer, ...flatErrors },
      },
    },
    async (request, reply) => {
      const { body } = request;
      const followed = search.follow(inputOf(body), { token: body.token, signal: signalOf(reply) });
      return sendFollowed(request, reply, keepOpen, followed, (record) => ({ record: showRecord(record) }));
    },
  );
};

async function exportTo(
  reply: FastifyReply,
  search: SearchService,
  asked: z.output<typeof exportBody | typeof exportQuery>,
) {
  const input = inputOf(asked);
  // Refused now, as nothing can be refused once the answer has begun.
  const signal = signalOf(reply);
  await search.plan(input, signal);
  const records = search.all(input, { timeoutMs: PAGE_MS, signal });
  const { format: form, columns } = asked;
  reply.header('content-disposition', `attachment; filename="records.${form}"`);
  if (form === 'ndjson') return reply.type(NDJSON).send(Readable.from(ndjson(records)));
  const writer = csvWriter(columns);
  pipeline(Readable.from(rows(records, columns)), writer, () => undefined);
  return reply.type('text/csv; charset=utf-8').send(writer);
}

async function* ndjson(records: AsyncIterable<FoundRecord>): AsyncGenerator<string, void, undefined> {
  for await (const record of records) yield `${JSON.stringify(showRecord(record))}\n`;
}

async function* rows(records: AsyncIterable<FoundRecord>, columns: readonly string[]) {
  for await (const record of records) yield csvRow(record, columns);
}
