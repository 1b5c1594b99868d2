/** The kinds of values that a configuration is made of; each says in words for people what it wants. */

import { z } from 'zod';
import { parseDuration } from '../domain/duration.js';

/** Told to a reader of the reference page, beside what JSON Schema knows of a key. */
export interface KeyMeta extends Record<string, unknown> {
  /** What the key means, as a sentence. */
  readonly description: string;
  /** What it holds, in words. */
  readonly form: string;
  readonly examples: readonly unknown[];
  /** Taken when the key is absent or null. */
  readonly default?: unknown;
}

/** A schema with what people are told of it. */
export const key = <S extends z.ZodType>(schema: S, meta: KeyMeta): S => schema.meta(meta);

export function quoted(values: readonly string[]): string {
  return values.map((value) => `\`${value}\``).join(', ');
}

/** All but control characters and line ends. It stands in the JSON Schema, hence no `\p{…}`, which not all dialects read. */
const ONE_LINE = /^[ -~\u00a0-\u2027\u202a-\uffff]*$/;
const NO_LINES = 'must be one line without control characters';

export const tooLong = (max: number) => `must have at most ${max} characters`;

/** A text of one line with something in it, without the space around it. */
export function text(max: number) {
  return z.string().trim().regex(/\S/, 'must not be empty').regex(ONE_LINE, NO_LINES).max(max, tooLong(max));
}

/** A text of one line, or nothing. */
export function oneLine(max: number) {
  return z.string().regex(ONE_LINE, NO_LINES).max(max, tooLong(max));
}

const DURATION = /^\s*(0+|(\d+(\.\d+)?\s*(ms|s|m|h|d)\s*)+)$/;

/**
 * A duration between two bounds, kept as written. A plain number is refused, since some people mean seconds by it and
 * others minutes; only `0` is the same in all units.
 */
export function duration(least: string, most: string) {
  const isWithin = (value: string) => {
    const ms = parseDuration(value);
    return ms !== undefined && ms >= (parseDuration(least) ?? 0) && ms <= (parseDuration(most) ?? 0);
  };
  const error = ({ input }: { readonly input?: unknown }) =>
    `must be a duration from ${least} to ${most}, such as "5m" or "24h"${isPlainNumber(input) ? '; include the unit' : ''}`;
  return z.string({ error }).regex(DURATION, { error, abort: true }).refine(isWithin, { error });
}

function isPlainNumber(value: unknown): boolean {
  return typeof value === 'number' || (typeof value === 'string' && /^[\d.]+$/.test(value.trim()));
}

export const trueOrFalse = z.union([z.boolean(), z.enum(['true', 'false']).transform((value) => value === 'true')], {
  error: 'must be true or false',
});

/** One value or a list of them, as a list without repetitions. */
export function listOf<T extends string>(values: readonly T[]) {
  return z
    .union([z.enum(values).transform((value) => [value]), z.array(z.enum(values)).min(1, 'must name at least one')], {
      error: `must be one or a list of: ${values.join(', ')}`,
    })
    .transform((list) => [...new Set(list)]);
}

/**
 * A key that may be left out, null or the empty text, as Terraform and forms write what is not set; then `fallback` is
 * taken.
 */
export function optional<S extends z.ZodType, F extends z.output<S> | undefined>(schema: S, fallback: F) {
  return z
    .preprocess((value) => (value === '' ? undefined : value), schema.nullish())
    .transform((value): z.output<S> | F => value ?? fallback);
}

/** Nothing in place of an object or a list with nothing in it. */
export function unlessEmpty<T extends object>(value: T | undefined): T | undefined {
  return value === undefined || Object.keys(value).length === 0 ? undefined : value;
}
