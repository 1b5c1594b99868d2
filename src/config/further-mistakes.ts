/** What a schema of types cannot say: names of fields, what a permit is needed for. All of it is told at once. */

import { compileRules } from '../records/rules/compile.js';
import { FIELD_LIMITS, fieldKey, SIEM_FORWARD, unfitForOwner } from '../source/field-names.js';
import { insecureAddress } from './base-url.js';
import { pathText } from './mistakes.js';
import { SECRET_MASK } from './source-schema.js';

export interface Permit {
  /** Permits `http:` and private hosts as `baseUrl` (`MIMECAST_ALLOW_INSECURE`). Default false. */
  readonly allowInsecure?: boolean;
  /** Permits `********` as `clientSecret`, where a secret is stored that it stands for. Default false. */
  readonly keepSecret?: boolean;
}

/** @returns a sentence for each mistake, each beginning with the path of the key inside of `config`. */
export function furtherMistakes(config: unknown, { allowInsecure = false, keepSecret = false }: Permit): string[] {
  if (!isObject(config)) return [];
  const { baseUrl, clientSecret, fields, filters, hashAlgorithm } = config;
  const insecure = allowInsecure ? undefined : insecureAddress(baseUrl);
  const isMask = typeof clientSecret === 'string' && clientSecret.trim() === SECRET_MASK;
  return [
    ...(insecure === undefined ? [] : [`baseUrl: ${insecure}`]),
    ...(isMask && !keepSecret
      ? [`clientSecret: ${SECRET_MASK} stands for the stored secret, and there is none yet; write the secret itself`]
      : []),
    ...fieldMistakes(fields),
    ...(Array.isArray(filters) ? ruleMistakes(filters, hashAlgorithm) : []),
  ];
}

function ruleMistakes(filters: readonly unknown[], hashAlgorithm: unknown): readonly string[] {
  // The algorithm is judged by the schema of types.
  const compiled = compileRules(filters, hashAlgorithm === 'SHA-256' ? hashAlgorithm : undefined);
  return compiled.ok ? [] : compiled.mistakes;
}

/** Mistakes in the names and the number of a source's or a collector's `fields`. */
export function fieldMistakes(fields: unknown): string[] {
  if (!isObject(fields)) return [];
  const names = Object.keys(fields).filter((name) => name !== SIEM_FORWARD);
  const tooMany =
    names.length > FIELD_LIMITS.perOwner
      ? [`fields: must have at most ${FIELD_LIMITS.perOwner} names (found ${names.length})`]
      : [];
  const unfit = names.flatMap((name) => {
    const mistake = unfitForOwner(name);
    return mistake === undefined ? [] : [`${pathText(['fields', name])}: ${mistake}`];
  });
  return [...tooMany, ...unfit, ...twins(names)];
}

function twins(names: readonly string[]): string[] {
  const seen = new Map<string, string>();
  return names.flatMap((name) => {
    const first = seen.get(fieldKey(name));
    if (first === undefined) seen.set(fieldKey(name), name);
    return first === undefined
      ? []
      : [`${pathText(['fields', name])}: is the same field as "${first}"; case makes no difference`];
  });
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
