/** `rules test` on the command line: what a source's processing rules would do to records, before they are saved. */

import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { parseRules } from '../config/source-config.js';
import { isObject } from '../domain/json.js';
import { RefusedError } from '../management/common/errors.js';
import { decodeText, textOf } from '../records/decode.js';
import { linesOf } from '../records/lines.js';
import { ruledRecord } from '../records/ruled-record.js';
import { compileChecked, type Rule, type Rules } from '../rules/compile.js';
import type { FilterType } from '../rules/filter.js';
import { readSourceFile } from './source-file.js';
import { count, table } from './table.js';

export interface RuleEffect {
  readonly name: string;
  readonly filterType: FilterType;
  /** Records that it matches; of a Mask or Hash, records in which it replaces something. */
  readonly records: number;
  /** Texts that a Mask or Hash replaces. */
  readonly occurrences: number;
}

export interface RuleExample {
  /** Of the file of records, counted from 1. */
  readonly line: number;
  readonly before: string;
  /** Absent when the record is excluded. */
  readonly after?: string;
  /** Names of the rules that did it; of none when no Include matches. */
  readonly by: readonly string[];
}

export interface RulesTest {
  /** Lines that are records. */
  readonly records: number;
  readonly excluded: number;
  readonly unchanged: number;
  /** Records with something masked or hashed in them. */
  readonly changed: number;
  /** Of these, how many are no JSON any more and would be stored as masked text. */
  readonly brokenByMask: number;
  /** Lines that are no records: they would go to quarantine, masked. */
  readonly unreadable: number;
  readonly rules: readonly RuleEffect[];
  /** Up to ten: the first for each rule, and then the first of the others. */
  readonly examples: readonly RuleExample[];
}

const MAX_EXAMPLES = 10;

/**
 * @param file JSON of a source, a download of one, an object with no more than `filters` and `hashAlgorithm`, or the list of
 * rules alone.
 * @param recordsFile NDJSON, gzipped when its name ends in `.gz`.
 * @throws RefusedError with every mistake of the rules, or saying what is wrong with a file.
 */
export async function testRules(file: string, recordsFile: string): Promise<RulesTest> {
  const parsed = parseRules(rulesIn(await readSourceFile(file), file));
  if (!parsed.ok) throw new RefusedError(`The rules in ${file} are invalid:`, parsed.mistakes);
  const tally = new Tally(compileChecked(parsed.value.filters, parsed.value.hashAlgorithm));
  try {
    for await (const lines of linesOf(bytesOf(recordsFile))) {
      for (const { bytes, number } of lines) tally.add(textOf(bytes).text, number);
    }
  } catch (error) {
    throw new RefusedError(`${recordsFile} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  return tally.result();
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

/** Counts what the rules do, record by record. */
class Tally {
  private readonly counts = { records: 0, excluded: 0, unchanged: 0, changed: 0, brokenByMask: 0, unreadable: 0 };
  private readonly effects: Map<Rule, { records: number; occurrences: number }>;
  private readonly shown = new Set<Rule>();
  private readonly firsts: RuleExample[] = [];
  private readonly others: RuleExample[] = [];

  constructor(private readonly rules: Rules) {
    const all: Rule[] = [...rules.includes, ...rules.excludes, ...rules.changes];
    all.sort((a, b) => a.index - b.index);
    this.effects = new Map(all.map((rule) => [rule, { records: 0, occurrences: 0 }]));
  }

  add(text: string, line: number): void {
    const decoded = decodeText(text);
    if (!decoded.ok) {
      this.counts.unreadable += 1;
      return;
    }
    this.counts.records += 1;
    const ruled = ruledRecord(this.rules, text, decoded, { isAskedFor: () => true });
    if (ruled.outcome === 'unreadable') return;
    const changes = ruled.outcome === 'kept' ? ruled.changes : [];
    for (const rule of ruled.matched) {
      this.count(rule, changes.find((change) => change.rule === rule)?.occurrences ?? 0);
    }
    if (ruled.outcome === 'excluded') {
      this.counts.excluded += 1;
      const by = ruled.by === undefined ? [] : [ruled.by];
      this.show(by, { line, before: text, by: by.map(({ name }) => name) });
      return;
    }
    if (changes.length === 0) {
      this.counts.unchanged += 1;
      return;
    }
    this.counts.changed += 1;
    if (ruled.maskedText !== undefined) this.counts.brokenByMask += 1;
    const by = changes.map(({ rule }) => rule);
    this.show(by, { line, before: text, after: ruled.text, by: by.map(({ name }) => name) });
  }

  private show(by: readonly Rule[], example: RuleExample): void {
    const list = by.some((rule) => !this.shown.has(rule)) ? this.firsts : this.others;
    if (list.length < MAX_EXAMPLES) list.push(example);
    for (const rule of by) this.shown.add(rule);
  }

  private count(rule: Rule, occurrences: number): void {
    const effect = this.effects.get(rule);
    if (effect === undefined) return;
    effect.records += 1;
    effect.occurrences += occurrences;
  }

  result(): RulesTest {
    const rules = [...this.effects].map(([{ name, filterType }, effect]) => ({ name, filterType, ...effect }));
    const examples = [...this.firsts, ...this.others].slice(0, MAX_EXAMPLES);
    return { ...this.counts, rules, examples: examples.toSorted((a, b) => a.line - b.line) };
  }
}

/** For people: the counts, a row for each rule, and the examples around the place where they differ. */
export function rulesText(result: RulesTest): string {
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
