/** Reads a source's JSON configuration: all of its mistakes at once, each with what was found and what is wanted. */

import type { z } from 'zod';
import { isObject, valueAt } from '../domain/json.js';
import { type Present, present } from '../domain/present.js';
import { fileSchema } from './file-schema.js';
import { furtherMistakes, type Permit } from './further-mistakes.js';
import { type Secrets, secretsIn } from './given-secret.js';
import { type Mistake, schemaMistakes, sentencesOf } from './mistakes.js';
import { ruleMistakes } from './rule-mistakes.js';
import { configSchema, type SourceConfig } from './source-schema.js';
import { unknownKey } from './unknown-keys.js';

export type { ExportForm } from './export-schema.js';
export type { Permit } from './further-mistakes.js';
export { prefixesOf, readPrefixesOf, WHOLE_BUCKET } from './prefixes.js';
export { type QueueSettings, queueSettingsOf, queueUrlIn } from './s3-schema.js';
export { SECRET_PLACEHOLDER, type SourceConfig } from './source-schema.js';

export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly mistakes: readonly string[] };

/**
 * Reads a whole source file (`api.version`, `source`). A download of all sources of a collector (`sources`) is taken
 * too, when it holds exactly one.
 */
export function parseSourceFile(json: unknown, permit: Permit = {}): Parsed<SourceConfig> {
  const sources = isObject(json) && !('source' in json) ? json.sources : undefined;
  if (!isObject(json) || !Array.isArray(sources)) return parseFile(json, permit);
  if (sources.length !== 1) {
    return {
      ok: false,
      mistakes: [`sources: must hold exactly one source (found ${sources.length}); use a separate file for each`],
    };
  }
  const { sources: _sources, ...rest } = json;
  const parsed = parseFile({ ...rest, source: sources[0] }, permit);
  if (parsed.ok) return parsed;
  return { ok: false, mistakes: parsed.mistakes.map((mistake) => mistake.replace(/^source(?=[.:])/, 'sources[0]')) };
}

function parseFile(json: unknown, permit: Permit): Parsed<SourceConfig> {
  const result = fileSchema.safeParse(json);
  const secrets = secretsIn(json);
  const further = furtherMistakes(valueAt(json, ['source', 'config']), permit, secrets);
  const mistakes = [
    ...(result.success ? [] : schemaMistakes(result.error, json, unknownKey)),
    ...further.map((mistake) => ({ ...mistake, path: ['source', 'config', ...mistake.path] })),
  ];
  return parsedOf(result.data?.source.config, mistakes, secrets);
}

/** Reads a configuration by itself, as every start and restart does with the stored one. */
export function parseSourceConfig(json: unknown, permit: Permit = {}): Parsed<SourceConfig> {
  const result = configSchema.safeParse(json);
  const secrets = secretsIn(json);
  const unknown: typeof unknownKey = (path, key, value) => unknownKey(['source', 'config', ...path], key, value);
  const mistakes = [
    ...(result.success ? [] : schemaMistakes(result.error, json, unknown)),
    ...furtherMistakes(json, permit, secrets),
  ];
  return parsedOf(result.data, mistakes, secrets);
}

const rulesSchema = configSchema.pick({ filters: true, hashAlgorithm: true });

/** Reads what a configuration says of processing rules, whatever else it has or has not. */
export function parseRules(config: Readonly<Record<string, unknown>>): Parsed<Present<z.output<typeof rulesSchema>>> {
  const { filters, hashAlgorithm } = config;
  const given = { filters, hashAlgorithm };
  const result = rulesSchema.safeParse(given);
  const secrets = secretsIn(config);
  const unknown: typeof unknownKey = (path, key, value) => unknownKey(['source', 'config', ...path], key, value);
  const mistakes = [
    ...(result.success ? [] : schemaMistakes(result.error, given, unknown)),
    ...ruleMistakes(filters, secrets),
  ];
  return parsedOf(result.data, mistakes, secrets);
}

function parsedOf<T extends object>(
  config: T | undefined,
  mistakes: readonly Mistake[],
  secrets: Secrets,
): Parsed<Present<T>> {
  return config === undefined || mistakes.length > 0
    ? { ok: false, mistakes: sentencesOf(mistakes, secrets) }
    : { ok: true, value: present(config) };
}
