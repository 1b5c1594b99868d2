/** `/search`: the records of all collections, how they spread over time, and what their fields hold. */

import { z } from 'zod';
import { present } from '../../domain/present.js';
import { flatErrors } from '../common/common-schemas.js';
import { signalOf } from '../common/gone-client.js';
import type { Routes } from '../common/services.js';
import {
  foundRecord,
  inputOf,
  planned,
  searchBody,
  searched,
  showRecord,
  showSearched,
  timeoutMs,
} from './search-schemas.js';

const tags = ['Search'];
const config = { isReading: true, searches: 'search' } as const;
const auditedAs = (audits: string) => ({ ...config, audits });

const pageBody = searchBody.extend({
  limit: z
    .int()
    .min(1)
    .max(1_000)
    .default(100)
    .describe('Records of a page, 1 to 1000; default 100. Large ones make it shorter'),
  token: z.string().max(2_000).optional().describe('`next` of the page before, which had the same order'),
  order: z.enum(['newest', 'oldest']).default('newest').describe('Which come first; default newest'),
  timeoutMs,
});

const histogramBody = searchBody.required({ from: true, to: true }).extend({
  buckets: z.int().min(1).max(500).default(60).describe('How many, 1 to 500; default 60'),
  timeoutMs,
});

const valuesBody = searchBody.extend({
  field: z.string().min(1).describe('Such as `senderEnvelope`, `from.emailAddress`, `_source`'),
  limit: z.int().min(1).max(100).default(10).describe('Different values, 1 to 100; default 10'),
  timeoutMs,
});

export const searchRoutes: Routes = (app, { search }) => {
  app.post(
    '/search',
    {
      config: auditedAs('search'),
      schema: {
        tags,
        summary: 'Records that match a query, newest or oldest first, page by page',
        body: pageBody,
        response: {
          200: z.object({
            data: z.array(foundRecord),
            ...searched,
            next: z.string().optional().describe('Where to go on; absent when there is nothing more'),
          }),
          ...flatErrors,
        },
      },
    },
    async ({ body }, reply) => {
      const { limit, token, order, timeoutMs: limitMs } = body;
      const wish = { limit, token, isOldestFirst: order === 'oldest', timeoutMs: limitMs, signal: signalOf(reply) };
      const page = await search.find(inputOf(body), wish);
      return { data: page.items.map(showRecord), ...showSearched(page), ...present({ next: page.next }) };
    },
  );
  app.post(
    '/search/plan',
    {
      config,
      schema: {
        tags,
        summary: 'Whether a query can be answered by an index; refuses one that cannot be understood',
        body: searchBody,
        response: { 200: planned, ...flatErrors },
      },
    },
    async ({ body }, reply) => {
      const { mayMiss, ...plan } = await search.plan(inputOf(body), signalOf(reply));
      return { ...plan, ...(mayMiss && { mayMiss: [...mayMiss] }) };
    },
  );
  app.post(
    '/search/histogram',
    {
      config: auditedAs('search.histogram'),
      schema: {
        tags,
        summary: 'How many records match over time, by collection',
        body: histogramBody,
        response: {
          200: z.object({
            ...searched,
            widthMs: z.int().describe('Of a bucket, in milliseconds'),
            total: z.int(),
            buckets: z.array(
              z.object({ from: z.iso.datetime(), counts: z.record(z.string(), z.int()).describe('By collection') }),
            ),
          }),
          ...flatErrors,
        },
      },
    },
    async ({ body }, reply) => {
      const [from, to] = [new Date(body.from), new Date(body.to)];
      const wish = { buckets: body.buckets, timeoutMs: body.timeoutMs, signal: signalOf(reply) };
      const { widthMs, total, buckets, ...range } = await search.histogram({ ...inputOf(body), from, to }, wish);
      const shown = buckets.map(({ from: begin, counts }) => ({ from: begin.toISOString(), counts: { ...counts } }));
      return { ...showSearched(range), widthMs, total, buckets: shown };
    },
  );
  app.post(
    '/search/values',
    {
      config: auditedAs('search.values'),
      schema: {
        tags,
        summary: 'The most frequent values of a field, of the 10,000 newest records that match',
        body: valuesBody,
        response: {
          200: z.object({
            ...searched,
            values: z.array(z.object({ value: z.union([z.string(), z.number(), z.boolean()]), count: z.int() })),
            records: z.int().describe('Records that were looked at'),
            withValue: z.int().describe('Of these, those whose field has a value'),
          }),
          ...flatErrors,
        },
      },
    },
    async ({ body }, reply) => {
      const { field, limit, timeoutMs: limitMs } = body;
      const wish = { field, limit, timeoutMs: limitMs, signal: signalOf(reply) };
      const { values, records, withValue, ...range } = await search.values(inputOf(body), wish);
      return { ...showSearched(range), values: values.map((one) => ({ ...one })), records, withValue };
    },
  );
};
