/**
 * A source's JSON configuration: Sumo Logic's form with a few optional keys of our own. This schema is the single
 * source for validation; every message says what was found and what is wanted.
 */

import { z } from 'zod';
import { parseDuration } from '../source/duration.js';
import { isPrivateHost } from '../source/private-host.js';
import { DATA_COLLECTIONS, SIEM_STREAMS } from '../source/streams.js';
import { mistakesOf } from './mistakes.js';

const text = (max: number) =>
  z.string().trim().min(1, 'must not be empty').max(max, `must have at most ${max} characters`);

/** A duration between two bounds, kept as written. */
const duration = (least: string, most: string) =>
  z.string().refine(
    (value) => {
      const ms = parseDuration(value);
      return ms !== undefined && ms >= (parseDuration(least) ?? 0) && ms <= (parseDuration(most) ?? 0);
    },
    { error: `must be a duration from ${least} to ${most}, such as "5m" or "24h"` },
  );

/** One value or a list of them, as a list without repetitions. */
const listOf = <T extends string>(values: readonly [T, ...T[]]) =>
  z
    .union([z.enum(values).transform((value) => [value]), z.array(z.enum(values)).min(1, 'must name at least one')], {
      error: `must be one or a list of: ${values.join(', ')}`,
    })
    .transform((list) => [...new Set(list)]);

const baseUrl = z.string().superRefine((value, context) => {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    context.addIssue({ code: 'custom', message: 'must be an address such as https://api.services.mimecast.com' });
  } else if (url.username || url.password || url.search || url.hash) {
    context.addIssue({ code: 'custom', message: 'must hold no user, query or fragment' });
  } else if (/^(us|eu|de|au|za|ca|je|usb)-api\.mimecast\.com$/.test(url.hostname)) {
    context.addIssue({
      code: 'custom',
      message: `${url.hostname} serves API 1.0 only; use https://api.services.mimecast.com or its us-, uk- or de- gateway`,
    });
  }
});

const config = z.strictObject({
  name: text(128),
  description: z.string().max(1024, 'must have at most 1024 characters').nullish(),
  category: z.string().max(1024, 'must have at most 1024 characters').nullish(),
  fields: z
    .record(
      z.string(),
      z.union([z.string(), z.boolean(), z.number()], { error: 'must be a text, a number, true or false' }),
    )
    .nullish(),
  clientID: text(1024),
  clientSecret: text(1024),
  dataCollection: listOf(DATA_COLLECTIONS),
  siemTypes: listOf(SIEM_STREAMS).optional(),
  baseUrl: baseUrl.default('https://api.services.mimecast.com'),
  pollInterval: duration('1s', '1d').default('5m'),
  backfill: duration('0s', '7d').default('24h'),
  lag: duration('0s', '1d').default('0s'),
  overlap: duration('0s', '1d').default('15m'),
  retryAgainEvery: duration('1m', '7d').optional(),
  collectionMethod: z.literal('api', { error: 'must be "api"; no other method is supported yet' }).optional(),
  filters: z.array(z.unknown()).max(0, 'must be empty: processing rules are not supported yet').optional(),
});

const file = z.strictObject({
  'api.version': z.literal('v1', { error: 'must be "v1"' }).optional(),
  source: z.strictObject({
    config,
    schemaRef: z.object({ type: z.literal('Mimecast', { error: 'must be "Mimecast"' }) }),
    sourceType: z.literal('Universal', { error: 'must be "Universal"' }),
  }),
});

/** `source.config` with its defaults filled in. */
export type SourceConfig = z.output<typeof config>;

export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly mistakes: readonly string[] };

export interface Permit {
  /** Permits `http:` and private hosts as `baseUrl` (`MIMECAST_ALLOW_INSECURE`). Default false. */
  readonly allowInsecure?: boolean;
}

/** Reads a whole source file (`api.version`, `source`), naming every mistake at once. */
export function parseSourceFile(json: unknown, permit: Permit = {}): Parsed<SourceConfig> {
  const result = file.safeParse(json);
  const mistakes = [
    ...(result.success ? [] : mistakesOf(result.error, json)),
    ...insecureHost(json, 'source.config.baseUrl', permit),
  ];
  return result.success && mistakes.length === 0
    ? { ok: true, value: result.data.source.config }
    : { ok: false, mistakes };
}

/** Reads a stored configuration again, as every start and restart does. */
export function parseSourceConfig(json: unknown, permit: Permit = {}): Parsed<SourceConfig> {
  const result = config.safeParse(json);
  const mistakes = [
    ...(result.success ? [] : mistakesOf(result.error, json)),
    ...insecureHost({ source: { config: json } }, 'baseUrl', permit),
  ];
  return result.success && mistakes.length === 0 ? { ok: true, value: result.data } : { ok: false, mistakes };
}

function insecureHost(json: unknown, path: string, { allowInsecure = false }: Permit): string[] {
  const { baseUrl: value } =
    (json as { source?: { config?: { baseUrl?: unknown } } } | undefined)?.source?.config ?? {};
  if (allowInsecure || typeof value !== 'string' || !URL.canParse(value)) return [];
  const { protocol, host, hostname } = new URL(value);
  if (protocol === 'https:' && !isPrivateHost(hostname)) return [];
  if (protocol !== 'https:' && protocol !== 'http:') return [];
  return [
    `${path}: ${protocol}//${host} is not a public https: address; set MIMECAST_ALLOW_INSECURE=true to permit it for a test`,
  ];
}
