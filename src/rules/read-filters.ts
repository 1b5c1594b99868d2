/** Reads the processing rules of a configuration as they came from outside, naming every mistake with its path. */

import {
  DEFAULT_HASH_ALGORITHM,
  FILTER_TYPES,
  type Filter,
  HASH_ALGORITHMS,
  type HashAlgorithm,
  MAX_RULE_NAME,
  MAX_RULES,
} from './filter.js';

/** The algorithm of all Hash rules; adds to `mistakes`. */
export function readAlgorithm(value: unknown, mistakes: string[]): HashAlgorithm {
  if (isAbsent(value)) return DEFAULT_HASH_ALGORITHM;
  const algorithm = HASH_ALGORITHMS.find((name) => name === value);
  if (algorithm === undefined) mistakes.push(`hashAlgorithm: must be one of: ${HASH_ALGORITHMS.join(', ')}`);
  return algorithm ?? DEFAULT_HASH_ALGORITHM;
}

/** Each rule of the list, undefined where it has no type or pattern that could be compiled; adds to `mistakes`. */
export function readFilters(value: unknown, mistakes: string[]): (Filter | undefined)[] {
  const names = new Set<string>();
  return listOf(value, mistakes).map((filter, index) => readFilter(filter, `filters[${index}]`, names, mistakes));
}

function listOf(value: unknown, mistakes: string[]): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) {
    mistakes.push('filters: must be a list of processing rules');
    return [];
  }
  if (value.length <= MAX_RULES) return value;
  mistakes.push(`filters: at most ${MAX_RULES} rules are allowed for a source (found ${value.length})`);
  return value.slice(0, MAX_RULES);
}

const KEYS: readonly string[] = ['filterType', 'name', 'regexp', 'mask'];

function readFilter(value: unknown, at: string, names: Set<string>, mistakes: string[]): Filter | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    mistakes.push(`${at}: must be an object with filterType, name and regexp`);
    return undefined;
  }
  const { filterType, name, regexp, mask } = value as Readonly<Record<string, unknown>>;
  if (filterType === 'Forward') {
    mistakes.push(`${at}.filterType: Forward rules are only for installed collectors, which have sinks to forward to`);
    return undefined;
  }
  const type = FILTER_TYPES.find((known) => known === filterType);
  if (type === undefined) mistakes.push(`${at}.filterType: ${wanted(filterType, `must be one of: ${TYPES}`)}`);
  for (const key of Object.keys(value)) if (!KEYS.includes(key)) mistakes.push(`${at}.${key}: unknown key`);
  const nameMistake = mistakeOfName(name, names);
  if (nameMistake !== undefined) mistakes.push(`${at}.name: ${nameMistake}`);
  if (!isFilled(regexp)) mistakes.push(`${at}.regexp: ${wanted(regexp, 'must be a regular expression')}`);
  const maskMistake = type === 'Mask' ? mistakeOfMask(mask) : undefined;
  if (maskMistake !== undefined) mistakes.push(`${at}.mask: ${maskMistake}`);
  if (type === undefined || !isFilled(regexp)) return undefined;
  return { filterType: type, name: String(name), regexp, ...(isFilled(mask) ? { mask } : {}) };
}

const TYPES = FILTER_TYPES.join(', ');

function mistakeOfName(name: unknown, names: Set<string>): string | undefined {
  if (!isFilled(name)) return wanted(name, 'must be a text');
  if ([...name].length > MAX_RULE_NAME) return `must have at most ${MAX_RULE_NAME} characters`;
  if (names.has(name)) return `"${name}" is the name of another rule too`;
  names.add(name);
  return undefined;
}

function mistakeOfMask(mask: unknown): string | undefined {
  if (isAbsent(mask)) return undefined;
  if (typeof mask !== 'string') return 'must be a text';
  return mask.includes(':') ? 'must not hold a colon' : undefined;
}

function wanted(found: unknown, sentence: string): string {
  return isAbsent(found) ? `missing; ${sentence}` : sentence;
}

function isAbsent(value: unknown): value is undefined | null | '' {
  return value === undefined || value === null || value === '';
}

function isFilled(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
