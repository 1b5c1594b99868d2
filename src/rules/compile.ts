/** From the processing rules of a source's configuration to what is applied to its records. */

import { hash } from 'node:crypto';
import type { RE2JS } from 're2js';
import { type Core, coreOf, ownCore } from './core.js';
import { DEFAULT_MASK, type Filter, type FilterType, type HashAlgorithm } from './filter.js';
import { compilePattern } from './pattern.js';
import { readAlgorithm, readFilters } from './read-filters.js';
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

export type CompiledRules =
  | { readonly ok: true; readonly rules: Rules }
  /** Every mistake, each with its path, such as `filters[2].regexp: …`. */
  | { readonly ok: false; readonly mistakes: readonly string[] };

/** Leaves every text as it is. */
export const NO_RULES: Rules = {
  includes: [],
  excludes: [],
  changes: [],
  screen: new Screen([]),
  isEmpty: true,
};

/**
 * Compiles `config.filters` and `config.hashAlgorithm`, as they came from outside.
 *
 * @param filters a list of `Filter`; none when undefined or null.
 * @param hashAlgorithm of all Hash rules; `MD5` when undefined, null or empty.
 */
export function compileRules(filters: unknown, hashAlgorithm?: unknown): CompiledRules {
  const mistakes: string[] = [];
  const algorithm = readAlgorithm(hashAlgorithm, mistakes);
  const read = readFilters(filters, mistakes);
  const compiled = read.map((filter, index) => filter && compileFilter(filter, index, algorithm, mistakes));
  if (mistakes.length > 0) return { ok: false, mistakes };
  return { ok: true, rules: rulesOf(compiled.filter((rule) => rule !== undefined)) };
}

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
  mistakes: string[],
): Compiled | undefined {
  const at = `filters[${index}].regexp`;
  const pattern = compilePattern(text);
  if (!pattern.ok) {
    mistakes.push(`${at}: ${pattern.mistake}`);
    return undefined;
  }
  const { regexp } = pattern;
  const rule = { index, name, filterType, regexp };
  if (filterType === 'Include' || filterType === 'Exclude') {
    const core = coreOf(text);
    return { rule: { ...rule, isExact: core.isExact }, core };
  }
  if (regexp.groupCount() === 0) {
    mistakes.push(`${at}: has no capture group; put what a ${filterType} rule is to replace in parentheses`);
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
