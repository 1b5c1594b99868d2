/** `/rules/test`: what processing rules would do to records, before they are saved. */

import { Readable } from 'node:stream';
import { z } from 'zod';
import { checkedRules, tryRules } from '../../management/rules/rules-trial.js';
import { flatErrors } from '../common/common-schemas.js';
import type { Routes } from '../common/services.js';

/** Of the records, in characters: a hundred rules on as much take about a second of this process. */
const MAX_RECORDS_TEXT = 100_000;

const body = z.strictObject({
  filters: z.unknown().optional().describe('As in the configuration of a source'),
  hashAlgorithm: z.unknown().optional().describe('As in the configuration of a source'),
  records: z
    .string()
    .max(MAX_RECORDS_TEXT, `must have at most ${MAX_RECORDS_TEXT.toLocaleString('en')} characters`)
    .describe('NDJSON: a record per line, as Mimecast sends it'),
});

const trial = z
  .object({
    records: z.number().int().describe('Lines that are records'),
    excluded: z.number().int(),
    unchanged: z.number().int(),
    changed: z.number().int().describe('Records with something masked or hashed in them'),
    brokenByMask: z.number().int().describe('Of these, no longer JSON: stored as masked text'),
    unreadable: z.number().int().describe('Lines that are not records: they would go to quarantine, masked'),
    rules: z.array(
      z.object({
        name: z.string(),
        filterType: z.string(),
        records: z.number().int().describe('Records that it matches'),
        occurrences: z.number().int().describe('Texts that a Mask or Hash replaces'),
      }),
    ),
    examples: z
      .array(
        z.object({
          line: z.number().int().describe('Counted from 1'),
          before: z.string(),
          after: z.string().optional().describe('Absent when the record is excluded'),
          by: z.array(z.string()).describe('Names of the rules that did it; none when no Include matches'),
        }),
      )
      .describe('Up to ten records that are excluded or changed'),
  })
  .meta({ id: 'RulesTrial' });

export const rulesRoutes: Routes = (app) => {
  app.post(
    '/rules/test',
    {
      config: { isReading: true },
      schema: {
        tags: ['Sources'],
        summary: 'Shows what processing rules do to records, with the code of a worker. Nothing is saved',
        body,
        response: { 200: trial, ...flatErrors },
      },
    },
    async ({ body: { records, ...rules } }) => {
      const { rules: effects, examples, ...counts } = await tryRules(checkedRules(rules), bytesOf(records));
      return { ...counts, rules: [...effects], examples: examples.map(({ by, ...one }) => ({ ...one, by: [...by] })) };
    },
  );
};

const bytesOf = (text: string): AsyncIterable<Uint8Array> => Readable.from([Buffer.from(text)]);
