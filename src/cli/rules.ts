/** `rules test` on the command line: what a source's processing rules would do to records, before they are saved. */

import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { isObject } from '../domain/json.js';
import { RefusedError } from '../management/common/errors.js';
import { checkedRules, type RuleExample, type RulesTrial, tryRules } from '../management/rules/rules-trial.js';
import { readSourceFile } from './source-file.js';
import { count, table } from './table.js';

/**
 * @param file JSON of a source, a download of one, an object with no more than `filters` and `hashAlgorithm`, or the list of
 * rules alone.
 * @param recordsFile NDJSON, gzipped when its name ends in `.gz`.
 * @throws RefusedError with every mistake of the rules, or saying what is wrong with a file.
 */
export async function testRules(file: string, recordsFile: string): Promise<RulesTrial> {
  const rules = checkedRules(rulesIn(await readSourceFile(file), file), `The rules in ${file} are invalid:`);
  try {
    return await tryRules(rules, bytesOf(recordsFile));
  } catch (error) {
    throw new RefusedError(`${recordsFile} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

type RulesInJson = Readonly<Record<string, unknown>>;

const FORMS = 'a source, {"filters": […]}, or the list of rules alone';

/** @throws RefusedError for JSON that is none of the forms: else a typing error would look like having no rules. */
function rulesIn(json: unknown, file: string): RulesInJson {
  if (Array.isArray(json)) return { filters: json };
  if (!isObject(json)) throw new RefusedError(`${file} must hold ${FORMS}`);
  if ('source' in json) return configIn(json.source, `source in ${file}`);
  if ('sources' in json) return onlyConfigIn(json.sources, file);
  const keys = Object.keys(json);
  const unknown = keys.find((key) => key !== 'filters' && key !== 'hashAlgorithm');
  if (unknown !== undefined) throw new RefusedError(`${file}: unknown key "${unknown}"; it must hold ${FORMS}`);
  if (keys.length === 0) throw new RefusedError(`${file} must hold ${FORMS}`);
  return json;
}

function onlyConfigIn(sources: unknown, file: string): RulesInJson {
  if (!Array.isArray(sources)) throw new RefusedError(`sources in ${file} must be a list`);
  if (sources.length === 1) return configIn(sources[0], `sources[0] in ${file}`);
  const mistake = `sources in ${file} must hold exactly one (found ${sources.length}); use a separate file for each`;
  throw new RefusedError(mistake);
}

function configIn(source: unknown, place: string): RulesInJson {
  const config = isObject(source) ? source.config : undefined;
  if (!isObject(config)) throw new RefusedError(`${place} has no config`);
  return config;
}

function bytesOf(file: string): AsyncIterable<Uint8Array> {
  const bytes = createReadStream(file);
  if (!file.endsWith('.gz')) return bytes;
  const plain = createGunzip();
  bytes.once('error', (error) => plain.destroy(error));
  return bytes.pipe(plain);
}

/** For people: the counts, a row for each rule, and the examples around the place where they differ. */
export function rulesText(result: RulesTrial): string {
  const { records, excluded, unchanged, changed, brokenByMask, unreadable, rules, examples } = result;
  const rows = rules.map(({ name, filterType, records: matched, occurrences }) => [
    name,
    filterType,
    matched,
    filterType === 'Mask' || filterType === 'Hash' ? occurrences : undefined,
  ]);
  return [
    `${count(records)} records: ${count(excluded)} excluded, ${count(changed)} masked or hashed, ${count(unchanged)} unchanged`,
    ...(rules.length === 0 ? ['There are no rules.'] : [table(['rule', 'type', 'records', 'texts replaced'], rows)]),
    ...(brokenByMask > 0
      ? [`! ${count(brokenByMask)} records are not valid JSON after masking; each would be stored as masked text`]
      : []),
    ...(unreadable > 0 ? [`! ${count(unreadable)} lines are not records and would go to quarantine, masked`] : []),
    ...examples.flatMap(exampleLines),
  ].join('\n');
}

function exampleLines({ line, before, after, by }: RuleExample): string[] {
  if (after === undefined) {
    const why = by.length === 0 ? 'no Include matches' : by.join(', ');
    return ['', `line ${line}: excluded (${why})`, `  ${excerpt(before, 0)}`];
  }
  const at = differenceAt(before, after);
  return ['', `line ${line}: ${by.join(', ')}`, `  - ${excerpt(before, at)}`, `  + ${excerpt(after, at)}`];
}

function differenceAt(a: string, b: string): number {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at += 1;
  return at;
}

/** Characters that are shown of a record, and of these, before what differs. */
const SHOWN = 160;
const SHOWN_BEFORE = 40;

function excerpt(text: string, at: number): string {
  const from = text.length <= SHOWN ? 0 : Math.max(0, at - SHOWN_BEFORE);
  const to = from + SHOWN;
  return `${from > 0 ? '…' : ''}${text.slice(from, to)}${to < text.length ? '…' : ''}`;
}
