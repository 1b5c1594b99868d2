/** From the processing rules of a source's configuration to what is applied to its records. */

import { hash } from 'node:crypto';
import type { RE2JS } from 're2js';
import { type Core, coreOf, ownCore } from './core.js';
import { DEFAULT_HASH_ALGORITHM, DEFAULT_MASK, type Filter, type FilterType, type HashAlgorithm } from './filter.js';
import { compilePattern } from './pattern.js';
import { Screen } from './screen.js';

/** What all compiled rules have. */
export interface Rule {
  /** Place in the list of the configuration, counted from 0; the same in the screen. */
  readonly index: number;
  readonly name: string;
  readonly filterType: FilterType;
  readonly regexp: RE2JS;
}

/** An Include or Exclude. */
export interface SelectionRule extends Rule {
  readonly isExact: Core['isExact'];
}

/** A Mask or Hash. */
export interface ChangeRule extends Rule {
  readonly replacement: (captured: string) => string;
}

/** The rules of a source, ready to be applied to any number of texts. */
export interface Rules {
  readonly includes: readonly SelectionRule[];
  readonly excludes: readonly SelectionRule[];
  /** Masks and hashes, in the order of the configuration. */
  readonly changes: readonly ChangeRule[];
  readonly screen: Screen;
  /** Whether there are no rules at all. */
  readonly isEmpty: boolean;
}

/** What is wrong with one rule. */
export interface RuleMistake {
  /** Place in the list, counted from 0. */
  readonly index: number;
  readonly key: keyof Filter;
  readonly message: string;
}

export type CompiledRules =
  | { readonly ok: true; readonly rules: Rules }
  | { readonly ok: false; readonly mistakes: readonly RuleMistake[] };

/** Leaves every text as it is. */
export const NO_RULES: Rules = {
  includes: [],
  excludes: [],
  changes: [],
  screen: new Screen([]),
  isEmpty: true,
};

/** Compiles `config.filters`, or finds every mistake that the types of its keys leave possible. */
export function compileRules(
  filters: readonly Filter[] = [],
  algorithm: HashAlgorithm = DEFAULT_HASH_ALGORITHM,
): CompiledRules {
  const mistakes: RuleMistake[] = [];
  const names = new Set<string>();
  const compiled = filters.flatMap((filter, index) => {
    const refuse: Refuse = (key, message) => void mistakes.push({ index, key, message });
    const { filterType, name, mask } = filter;
    if (names.has(name)) refuse('name', `"${name}" is the name of another rule too`);
    names.add(name);
    if (filterType === 'Mask' && mask?.includes(':')) refuse('mask', 'must not contain a colon');
    return compileFilter(filter, index, algorithm, refuse) ?? [];
  });
  return mistakes.length > 0 ? { ok: false, mistakes } : { ok: true, rules: rulesOf(compiled) };
}

/** Compiles rules that were checked before. */
export function compileChecked(filters?: readonly Filter[], algorithm?: HashAlgorithm): Rules {
  const compiled = compileRules(filters, algorithm);
  if (!compiled.ok) throw new Error(`rules with mistakes: ${JSON.stringify(compiled.mistakes)}`);
  return compiled.rules;
}

type Refuse = (key: keyof Filter, message: string) => void;

interface Compiled {
  readonly rule: SelectionRule | ChangeRule;
  readonly core: Core;
}

function rulesOf(compiled: readonly Compiled[]): Rules {
  if (compiled.length === 0) return NO_RULES;
  const rules = compiled.map(({ rule }) => rule);
  const selections = rules.filter((rule) => 'isExact' in rule);
  return {
    includes: selections.filter(({ filterType }) => filterType === 'Include'),
    excludes: selections.filter(({ filterType }) => filterType === 'Exclude'),
    changes: rules.filter((rule) => 'replacement' in rule),
    screen: new Screen(compiled.map(({ core }) => core)),
    isEmpty: false,
  };
}

function compileFilter(
  { filterType, name, regexp: text, mask }: Filter,
  index: number,
  algorithm: HashAlgorithm,
  refuse: Refuse,
): Compiled | undefined {
  const pattern = compilePattern(text);
  if (!pattern.ok) {
    refuse('regexp', pattern.mistake);
    return undefined;
  }
  const { regexp } = pattern;
  const rule = { index, name, filterType, regexp };
  if (filterType === 'Include' || filterType === 'Exclude') {
    const core = coreOf(text);
    return { rule: { ...rule, isExact: core.isExact }, core };
  }
  if (regexp.groupCount() === 0) {
    refuse('regexp', `has no capture group; put what a ${filterType} rule is to replace in parentheses`);
    return undefined;
  }
  const replacement = filterType === 'Mask' ? () => mask ?? DEFAULT_MASK : hasher(algorithm);
  return { rule: { ...rule, replacement }, core: ownCore(text) };
}

/** Lower-case hexadecimal of the plain digest of the captured text in UTF-8, without a salt. */
function hasher(algorithm: HashAlgorithm): (captured: string) => string {
  const name = algorithm === 'MD5' ? 'md5' : 'sha256';
  return (captured) => hash(name, captured, 'hex');
}
