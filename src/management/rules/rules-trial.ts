/** What processing rules would do to records, before they are saved: the same code that a worker runs on what it reads. */

import { parseRules } from '../../config/source-config.js';
import { decodeText, textOf } from '../../records/decode.js';
import { linesOf } from '../../records/lines.js';
import { ruledRecord } from '../../records/ruled-record.js';
import { compileChecked, type Rule, type Rules } from '../../rules/compile.js';
import type { FilterType } from '../../rules/filter.js';
import { invalid } from '../refusals.js';

export interface RuleEffect {
  readonly name: string;
  readonly filterType: FilterType;
  /** Records that it matches; of a Mask or Hash, records in which it replaces something. */
  readonly records: number;
  /** Texts that a Mask or Hash replaces. */
  readonly occurrences: number;
}

export interface RuleExample {
  /** Of the records, counted from 1. */
  readonly line: number;
  readonly before: string;
  /** Absent when the record is excluded. */
  readonly after?: string;
  /** Names of the rules that did it; of none when no Include matches. */
  readonly by: readonly string[];
}

export interface RulesTrial {
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

export interface RulesText {
  readonly filters?: unknown;
  readonly hashAlgorithm?: unknown;
}

/** @throws CodedRefusal with every mistake of the rules; its sentence begins with `refusal`. */
export function checkedRules({ filters, hashAlgorithm }: RulesText, refusal = 'The rules are invalid:'): Rules {
  const parsed = parseRules({ filters, hashAlgorithm });
  if (!parsed.ok) throw invalid(refusal, parsed.mistakes);
  return compileChecked(parsed.value.filters, parsed.value.hashAlgorithm);
}

/** @param bytes NDJSON. */
export async function tryRules(rules: Rules, bytes: AsyncIterable<Uint8Array>): Promise<RulesTrial> {
  const tally = new Tally(rules);
  for await (const lines of linesOf(bytes)) {
    for (const { bytes: line, number } of lines) tally.add(textOf(line).text, number);
  }
  return tally.result();
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

  result(): RulesTrial {
    const rules = [...this.effects].map(([{ name, filterType }, effect]) => ({ name, filterType, ...effect }));
    const examples = [...this.firsts, ...this.others].slice(0, MAX_EXAMPLES);
    return { ...this.counts, rules, examples: examples.toSorted((a, b) => a.line - b.line) };
  }
}
