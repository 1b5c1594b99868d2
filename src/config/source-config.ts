/** Reads a source's JSON configuration: all of its mistakes at once, each with what was found and what is wanted. */

import type { z } from 'zod';
import { fileSchema } from './file-schema.js';
import { furtherMistakes, isObject, type Permit } from './further-mistakes.js';
import { mistakesOf } from './mistakes.js';
import { configSchema, type SourceConfig } from './source-schema.js';
import { unknownKey } from './unknown-keys.js';

export type { Permit } from './further-mistakes.js';
export { SECRET_MASK, type SourceConfig } from './source-schema.js';

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
      mistakes: [`sources: must hold exactly one source (found ${sources.length}); give each a file of its own`],
    };
  }
  const { sources: _sources, ...rest } = json;
  const parsed = parseFile({ ...rest, source: sources[0] }, permit);
  if (parsed.ok) return parsed;
  return { ok: false, mistakes: parsed.mistakes.map((mistake) => mistake.replace(/^source(?=[.:])/, 'sources.0')) };
}

function parseFile(json: unknown, permit: Permit): Parsed<SourceConfig> {
  const result = fileSchema.safeParse(json);
  const config = isObject(json) && isObject(json.source) ? json.source.config : undefined;
  const further = furtherMistakes(config, permit).map((mistake) => `source.config.${mistake}`);
  return parsedOf(
    result,
    (error) => mistakesOf(error, json, unknownKey),
    further,
    ({ source }) => source.config,
  );
}

/** Reads a configuration by itself, as every start and restart does with the stored one. */
export function parseSourceConfig(json: unknown, permit: Permit = {}): Parsed<SourceConfig> {
  const result = configSchema.safeParse(json);
  const unknown: typeof unknownKey = (path, key, value) => unknownKey(['source', 'config', ...path], key, value);
  return parsedOf(
    result,
    (error) => mistakesOf(error, json, unknown),
    furtherMistakes(json, permit),
    (value) => value,
  );
}

function parsedOf<T>(
  result: z.ZodSafeParseResult<T>,
  mistakesIn: (error: z.ZodError) => readonly string[],
  further: readonly string[],
  configIn: (value: T) => SourceConfig,
): Parsed<SourceConfig> {
  const mistakes = [...(result.success ? [] : mistakesIn(result.error)), ...further];
  return result.success && mistakes.length === 0 ? { ok: true, value: configIn(result.data) } : { ok: false, mistakes };
}
