/** What a schema of types cannot say: names of fields, what a permit is needed for. All of it is told at once. */

import { FIELD_LIMITS, fieldKey, invalidFieldReason, SIEM_FORWARD } from '../domain/fields/field-names.js';
import { isObject } from '../domain/json.js';
import { insecureAddress } from './base-url.js';
import { exportMistakes } from './export-mistakes.js';
import { foundText } from './found.js';
import type { Secrets } from './given-secret.js';
import { methodMistakes } from './method-mistakes.js';
import type { Mistake } from './mistakes.js';
import { ruleMistakes } from './rule-mistakes.js';
import { queueUrlIn } from './s3-schema.js';

export interface Permit {
  /** Permits `http:` and private hosts as `baseUrl`, `s3.queue`, and as `endpoint` and `stsEndpoint` of `s3` and `export` (`MIMECAST_ALLOW_INSECURE`). Default false. */
  readonly allowInsecure?: boolean;
  /** Permits `********` as a secret, where one is stored that it stands for. Default false. */
  readonly keepSecret?: boolean;
}

function addressesOf(place: 's3' | 'export', bucket: unknown) {
  if (!isObject(bucket)) return [];
  return ['endpoint', 'stsEndpoint'].map((key) => ({ path: [place, key], value: bucket[key] }));
}

/**
 * @param secrets which no mistake may show.
 * @returns each with its path inside of `config`.
 */
export function furtherMistakes(
  config: unknown,
  { allowInsecure = false, keepSecret = false }: Permit,
  secrets: Secrets,
): Mistake[] {
  if (!isObject(config)) return [];
  const { fields, filters, s3, export: toBucket } = config;
  const queue = queueUrlIn(s3);
  const addresses = [
    { path: ['baseUrl'], value: config.baseUrl },
    ...addressesOf('s3', s3),
    ...addressesOf('export', toBucket),
    ...(queue === undefined ? [] : [{ path: ['s3', ...queue.path], value: queue.url }]),
  ];
  const insecure = addresses.flatMap(({ path, value }) => {
    const message = allowInsecure ? undefined : insecureAddress(value);
    return message === undefined ? [] : [{ path, message }];
  });
  return [
    ...insecure,
    ...methodMistakes(config, keepSecret),
    ...exportMistakes(config, keepSecret),
    ...fieldMistakes(fields).map(({ path, message }) => ({
      path: ['fields', ...path],
      message,
      ...(path[0] === undefined ? {} : { found: foundText(path[0], secrets) }),
    })),
    ...ruleMistakes(filters, secrets),
  ];
}

export interface FieldMistake {
  /** Of the name that is meant; empty when it is about all of them. */
  readonly path: readonly string[];
  readonly message: string;
}

/** Mistakes in the names and the number of a source's or a collector's `fields`. */
export function fieldMistakes(fields: unknown): FieldMistake[] {
  if (!isObject(fields)) return [];
  const names = Object.keys(fields).filter((name) => name !== SIEM_FORWARD);
  const tooMany =
    names.length > FIELD_LIMITS.perOwner
      ? [{ path: [], message: `must have at most ${FIELD_LIMITS.perOwner} names (found ${names.length})` }]
      : [];
  const unfit = names.flatMap((name) => {
    const message = invalidFieldReason(name);
    return message === undefined ? [] : [{ path: [name], message }];
  });
  return [...tooMany, ...unfit, ...twins(names)];
}

function twins(names: readonly string[]): FieldMistake[] {
  const seen = new Map<string, string>();
  return names.flatMap((name) => {
    const first = seen.get(fieldKey(name));
    if (first === undefined) seen.set(fieldKey(name), name);
    return first === undefined
      ? []
      : [{ path: [name], message: `is the same field as "${first}"; case makes no difference` }];
  });
}
