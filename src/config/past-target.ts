/** Where records of the past are exported to: what is given for it, and for the rest what the source's own export has. */

import { z } from 'zod';
import { isObject, type JsonObject } from '../domain/json.js';
import { present } from '../domain/present.js';
import { insecureAddress } from './base-url.js';
import { isAbsent } from './bucket-mistakes.js';
import { exportMistakes } from './export-mistakes.js';
import { type ExportConfig, exportSchema } from './export-schema.js';
import type { Permit } from './further-mistakes.js';
import { secretsIn } from './given-secret.js';
import { schemaMistakes, sentencesOf } from './mistakes.js';
import { ROLE_KEYS } from './role-schema.js';
import type { Parsed } from './source-config.js';

export const PAST_TARGET_KEYS = [
  ...(['bucket', 'region', 'endpoint', 'pathStyle', 'prefix', 'form'] as const),
  ...(['accessKeyId', 'secretAccessKey', 'sessionToken'] as const),
  ...(['roleArn', 'externalId', 'roleSessionName', 'stsEndpoint'] as const),
] as const;

/** Whose credentials they are: these are taken together, or not at all. */
const CREDENTIALS = [...(['accessKeyId', 'secretAccessKey', 'sessionToken'] as const), ...Object.keys(ROLE_KEYS)];
/** Addresses that are called. */
const ADDRESSES = ['endpoint', 'stsEndpoint'] as const;
const placedSchema = z.object({ export: exportSchema });
const NEEDED = { bucket: 'the bucket to write to', region: 'the region of the bucket' } as const;

/**
 * @param config of the source. Key and role of its export are used at its own endpoint only, and not beside others that are given.
 * @param permit.keepSecret whether the secret of that key is stored.
 * @returns each mistake by the name of what was given.
 */
export function parsePastTarget(
  config: JsonObject,
  given: JsonObject,
  { allowInsecure = false, keepSecret = false }: Permit,
): Parsed<ExportConfig> {
  const target = merged(isObject(config.export) ? config.export : {}, given);
  // In its place in a configuration, so that its secret is known for one, and in no sentence.
  const placed = { export: target };
  const result = placedSchema.safeParse(placed);
  const mayKeep = keepSecret && CREDENTIALS.every((name) => isAbsent(given[name]));
  const insecure = ADDRESSES.flatMap((name) => {
    const message = allowInsecure ? undefined : insecureAddress(target[name]);
    return message === undefined ? [] : [{ path: ['export', name], message }];
  });
  const missing = Object.entries(NEEDED).filter(([name]) => isAbsent(target[name]));
  const isMissing = (name: unknown) => missing.some(([one]) => one === name);
  const mistakes = [
    ...missing.map(([name, what]) => ({ path: ['export', name], message: `missing; ${what}` })),
    ...(result.success ? [] : schemaMistakes(result.error, placed)).filter(({ path: [, name] }) => !isMissing(name)),
    ...insecure,
    ...exportMistakes({ ...config, ...placed }, mayKeep),
  ].map((mistake) => ({ ...mistake, path: mistake.path.slice(1) }));
  if (!result.success || mistakes.length > 0) return { ok: false, mistakes: sentencesOf(mistakes, secretsIn(placed)) };
  return { ok: true, value: present(result.data.export) };
}

function merged(stored: JsonObject, given: JsonObject): JsonObject {
  const isElsewhere = !isAbsent(given.endpoint) && given.endpoint !== stored.endpoint;
  const hasOwn = CREDENTIALS.some((name) => !isAbsent(given[name]));
  const kept = Object.entries(stored).filter(([name]) => !(isElsewhere || hasOwn) || !CREDENTIALS.includes(name));
  const wanted = Object.entries(given).filter(([, value]) => !isAbsent(value));
  return Object.fromEntries([...kept, ...wanted]);
}
