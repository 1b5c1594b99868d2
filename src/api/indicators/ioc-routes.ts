/** `/iocSearch`: which records have indicators of a list; `/indicators/fillIn`: since when that answer is complete. */

import { z } from 'zod';
import { INDICATOR_TYPES } from '../../domain/indicators/indicator.js';
import { DEFINITIONS } from '../../domain/streams/definitions/list.js';
import { STREAMS } from '../../domain/streams/streams.js';
import { MOST_WANTED } from '../../indicators/lists/parsing.js';
import { IocService } from '../../management/indicators/ioc-service.js';
import { actorOf } from '../common/authentication.js';
import { flatErrors } from '../common/common-schemas.js';
import { signalOf } from '../common/gone-client.js';
import type { Routes } from '../common/services.js';

const tags = ['Indicators'];
/** In bytes: 10,000 indicators as a STIX bundle, indented, with descriptions. */
export const LIST_BODY_LIMIT = 16 * 1_048_576;

export const indicatorList = z
  .union([z.string(), z.array(z.string().max(4_000)).max(20_000)])
  .describe(
    'A text as it was pasted or uploaded (lines, CSV, a STIX bundle), or a list with one text for each. Addresses and CIDR ranges, domains ' +
      '(with their subdomains), URLs, e-mail addresses, hashes, message IDs, file names; also defanged. At most 10,000',
  );

const collection = z.enum(DEFINITIONS.map(({ collection: name }) => name));
const stream = z.enum(STREAMS);

const query = z.strictObject({
  indicators: indicatorList,
  since: z
    .string()
    .max(64)
    .optional()
    .describe('Begin of the records’ own times, included: an ISO time, or an age such as 7d; default no limit'),
  until: z.string().max(64).optional().describe('Their end, not included: the same; default no limit'),
  collections: z.array(collection).min(1).optional().describe('Default: all'),
  sources: z.array(z.int().positive()).min(1).max(1_000).optional().describe('Ids; default: all'),
  skip: z
    .int()
    .min(0)
    .max(MOST_WANTED)
    .optional()
    .describe('Indicators left out at the beginning of the list; default 0'),
  limit: z.int().min(1).max(MOST_WANTED).optional().describe('Indicators to look for; default: all that follow'),
  hitsPerIndicator: z.int().min(1).max(100).optional().describe('Hits of each indicator and collection; default 5'),
});

export const strangeEntry = z
  .object({
    line: z.int().describe('Line, or place of the object in a STIX bundle, counted from 1'),
    text: z.string(),
    reason: z.string(),
  })
  .meta({ id: 'NotUnderstood' });

const found = z.object({
  collection: z.string(),
  stream,
  count: z.int().describe('Of `hits`: at most `hitsPerIndicator`'),
  isMore: z.boolean().describe('Whether there are more hits than `count`'),
  hits: z
    .array(
      z.object({
        id: z.string().describe('`_id` of the record, hexadecimal'),
        time: z.iso.datetime(),
        sourceId: z.int(),
        source: z.string(),
      }),
    )
    .describe('Newest first'),
});

const completeSince = z.iso.datetime().optional();

const fillIn = z
  .object({
    isComplete: z.boolean(),
    completeSince: completeSince.describe('Absent when all is complete, and before each collection was begun'),
    collections: z.array(
      z.object({
        collection: z.string(),
        stream,
        isComplete: z.boolean(),
        completeSince,
        read: z.int().describe('Records looked at'),
        filled: z.int().describe('Of those, the ones that were given indicators'),
        hasCuts: z
          .boolean()
          .describe('Whether some records have more indicators than there is room for, so that a search may miss them'),
      }),
    ),
  })
  .meta({ id: 'IndicatorFillIn' });

const answer = z.object({
  indicators: z.int().describe('Indicators of the whole list'),
  searched: z.int().describe('Indicators that were looked for'),
  findings: z
    .array(z.object({ indicator: z.string(), type: z.enum(INDICATOR_TYPES), found: z.array(found) }))
    .describe('Indicators with hits, in the order of the list'),
  notUnderstood: z.array(strangeEntry).describe('At most 1000'),
  notUnderstoodCount: z.int(),
  isComplete: z.boolean().describe('False when time was up'),
  unsearched: z.array(z.object({ collection: z.string(), indicators: z.int() })),
  fillIn,
});

export const iocRoutes: Routes = (app, { collections, client }) => {
  const service = new IocService(collections);
  app.post(
    '/iocSearch',
    {
      bodyLimit: LIST_BODY_LIMIT,
      config: { isReading: true, searches: 'search', audits: 'indicators.search' },
      schema: {
        tags,
        summary: 'Which records have the indicators of a list, newest first',
        body: query,
        response: { 200: answer, ...flatErrors },
      },
    },
    async ({ body }, reply) => (await service.search(body, signalOf(reply))) as z.input<typeof answer>,
  );
  app.get(
    '/indicators/fillIn',
    {
      schema: {
        tags,
        summary: 'Since when a search for indicators is complete: records of earlier versions get theirs afterward',
        response: { 200: fillIn, ...flatErrors },
      },
    },
    async () => (await service.fillIn()) as z.input<typeof fillIn>,
  );
  app.post(
    '/indicators/fillIn',
    {
      schema: {
        tags,
        summary: 'Looks at all records again, such as after workers of an earlier version ran beside those of this one',
        response: { 200: fillIn, ...flatErrors },
      },
    },
    async (request) => (await service.fillInAgain({ client }, actorOf(request))) as z.input<typeof fillIn>,
  );
};
