/** What an export may not be. All of it is told at once. */

import { isObject, type JsonObject } from '../domain/json.js';
import { DatedPrefix, datedPrefixMistake } from '../domain/streams/dated-prefix.js';
import { STREAMS } from '../domain/streams/streams.js';
import { isAbsent, keyMistakes } from './bucket-mistakes.js';
import type { Mistake } from './mistakes.js';
import { prefixesOf, WHOLE_BUCKET } from './prefixes.js';

/**
 * @param keepSecret whether a secret is stored that the mask stands for.
 * @returns each with its path inside of `config`.
 */
export function exportMistakes(config: JsonObject, keepSecret: boolean): Mistake[] {
  const { export: given } = config;
  if (!isObject(given)) return [];
  return [...keyMistakes('export', given, keepSecret), ...circleMistakes(config, given)];
}

/** A source that reads what it writes would never come to an end. */
function circleMistakes({ collectionMethod, s3 }: JsonObject, { bucket, endpoint, prefix }: JsonObject): Mistake[] {
  if (collectionMethod !== 's3' || !isObject(s3) || s3.bucket !== bucket) return [];
  if (plain(s3.endpoint) !== plain(endpoint)) return [];
  const written = [...prefixesOf(STREAMS).values()].map((each) => `${plain(prefix)}${each}`);
  const given = isObject(s3.prefixes) ? s3.prefixes : {};
  const read = isAbsent(s3.prefix) ? [...prefixesOf(STREAMS, given).values()] : [plain(s3.prefix)];
  const dated = read.filter((each) => datedPrefixMistake(each) === undefined).map((each) => new DatedPrefix(each));
  if (!dated.some((each) => written.some((own) => each.mayBegin(own)))) return [];
  return [{ path: ['export', 'prefix'], message: 'is where the source reads: it would collect what it exports' }];
}

function plain(value: unknown): string {
  return isAbsent(value) || value === WHOLE_BUCKET ? '' : String(value);
}
