/** What many addresses of the API share. */

import { z } from 'zod';
import { present } from '../../domain/present.js';
import type { Page } from '../../store/list-page.js';

/** The text of an id in an address. */
export const idText = z
  .string()
  .regex(/^[1-9]\d{0,14}$/, 'must be an id: a whole number')
  .transform(Number)
  .meta({ type: 'integer', minimum: 1, maximum: 999_999_999_999_999 });

export const collectorParams = z.object({ cid: idText });
export const sourceParams = collectorParams.extend({ sid: idText });

/** A whole number in a query. */
export const wholeNumber = (least: number, most: number, preset: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value >= least && value <= most, { error: `must be a number from ${least} to ${most}` })
    .default(preset)
    .meta({ type: 'integer', minimum: least, maximum: most });

export const flag = z.enum(['true', 'false']).optional();

export const pageQuery = z.strictObject({
  limit: wholeNumber(1, 1_000, 100).describe('Entries of a page, 1 to 1000; default 100'),
  token: z.string().max(2_000).optional().describe('`next` of the page before'),
});

/** `next` is absent on the last page. */
export const pageOf = <T extends z.ZodType>(item: T) => z.object({ data: z.array(item), next: z.string().optional() });

/** Errors of collectors, sources, and our own additions. */
export const flatError = z
  .object({
    status: z.number().int(),
    id: z.string().describe('Unique for each error; also in the log of the server'),
    code: z.string(),
    message: z.string().describe('What is wrong and what to do about it'),
    mistakes: z
      .array(z.string())
      .optional()
      .describe(
        'Each mistake of an invalid body by itself: where it is, a colon, what is wanted. Or each reason of a refusal',
      ),
  })
  .meta({ id: 'Error' });

const oneError = z.object({
  code: z.string(),
  message: z.string(),
  meta: z.record(z.string(), z.unknown()).optional().describe('Such as the id that was asked for'),
});

/** Errors of fields, health events and access keys. */
export const listedErrors = z.object({ id: z.string(), errors: z.array(oneError) }).meta({ id: 'Errors' });

export const flatErrors = { '4xx': flatError, '5xx': flatError } as const;
export const newerErrors = { '4xx': listedErrors, '5xx': listedErrors } as const;

/** An answer without a body, such as that of a DELETE. */
export const nothing = z.undefined().describe('Done; no body');
/** The same when it takes long. */
export const underWay = z.undefined().describe('Accepted; continues in the background. No body');

/** A page of the store as the API gives it. */
export function shown<T, U>({ items, next }: Page<T>, show: (item: T) => U): { data: U[]; next?: string } {
  return { data: items.map(show), ...present({ next }) };
}
