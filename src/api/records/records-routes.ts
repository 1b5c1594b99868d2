/** `/records`: one record, the story of its message, and what happened around it. */

import { z } from 'zod';
import { storyOf } from '../../management/search/story.js';
import { flatErrors, wholeNumber } from '../common/common-schemas.js';
import { signalOf } from '../common/gone-client.js';
import type { Routes } from '../common/services.js';
import { foundRecord, showRecord } from '../search/search-schemas.js';

const tags = ['Search'];

const params = z.object({
  collection: z
    .string()
    .max(100)
    .describe('Of records, such as mimecast_receipt_logs_v2, or a stream, such as receipt, or any'),
  id: z
    .string()
    .regex(/^(?:[0-9a-f]{2}){1,64}$/, 'must be an id in hexadecimal, in lower case')
    .describe('The record’s `_id` in hexadecimal'),
});

const TIMEOUT_MS = 10_000;

export const recordRoutes: Routes = (app, { search, collections }) => {
  app.get(
    '/records/:collection/:id',
    {
      config: { audits: 'record.read' },
      schema: { tags, summary: 'One record, whole', params, response: { 200: foundRecord, ...flatErrors } },
    },
    async ({ params: { collection, id } }) => showRecord(await search.record(collection, id)),
  );
  app.get(
    '/records/:collection/:id/story',
    {
      config: { searches: 'search', audits: 'record.story' },
      schema: {
        tags,
        summary: 'All records of the message that a record belongs to, oldest first',
        params,
        response: {
          200: z.object({
            accountId: z.string().optional(),
            aggregateId: z.string().optional().describe('What joins records within an account'),
            messageId: z.string().optional(),
            records: z.array(
              foundRecord.extend({
                joinedBy: z
                  .enum(['itself', 'aggregateId', 'messageId'])
                  .describe('A message ID is what the sender writes, so it proves less'),
              }),
            ),
            doubts: z.array(z.string()).describe('Why records may be missing or belong to another message, for people'),
            complete: z
              .boolean()
              .describe('Whether all records that could be joined are here; if not, `doubts` says why'),
          }),
          ...flatErrors,
        },
      },
    },
    async ({ params: { collection, id } }, reply) => {
      const record = await search.record(collection, id);
      const story = await storyOf(collections, record, { timeoutMs: TIMEOUT_MS, signal: signalOf(reply) });
      const { records, doubts, isComplete, ...names } = story;
      const shown = records.map((one) => ({ ...showRecord(one), joinedBy: one.joinedBy }));
      return { ...names, records: shown, doubts: [...doubts], complete: isComplete };
    },
  );
  app.get(
    '/records/:collection/:id/around',
    {
      config: { searches: 'search', audits: 'record.around' },
      schema: {
        tags,
        summary: 'What the source of a record collected from the minutes around it, newest first',
        params,
        querystring: z.strictObject({
          minutes: wholeNumber(1, 1_440, 5).describe(
            'Before and after the record, both ends included, 1 to 1440; default 5',
          ),
          limit: wholeNumber(1, 500, 50).describe('Records before and after it each, 1 to 500; default 50'),
        }),
        response: {
          200: z.object({ newer: z.array(foundRecord), record: foundRecord, older: z.array(foundRecord) }),
          ...flatErrors,
        },
      },
    },
    async ({ params: { collection, id }, query: { minutes, limit } }, reply) => {
      const wish = { minutes, limit, timeoutMs: TIMEOUT_MS, signal: signalOf(reply) };
      const { newer, record, older } = await search.around(collection, id, wish);
      return { newer: newer.map(showRecord), record: showRecord(record), older: older.map(showRecord) };
    },
  );
};
