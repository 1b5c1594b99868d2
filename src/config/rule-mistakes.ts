/** What is wrong with processing rules beyond the types of their keys: patterns, capture groups, names, numbers. */

import { compileRules } from '../rules/compile.js';
import { foundText } from './found.js';
import { holdsSecret } from './given-secret.js';
import { isObject } from './is-object.js';
import type { Mistake } from './mistakes.js';
import { ruleSchema, rulesSchema } from './rule-schema.js';
import { valueAt } from './value-at.js';

/**
 * @param secret the client secret, which no mistake may show.
 * @returns what the schema of a rule does not tell, each with its path inside of `config`.
 */
export function ruleMistakes(
  filters: readonly unknown[],
  hashAlgorithm: unknown,
  secret: string | undefined,
): Mistake[] {
  // The algorithm and unknown keys are judged by the schema.
  const compiled = compileRules(filters.map(judgeable), hashAlgorithm === 'SHA-256' ? hashAlgorithm : undefined);
  if (compiled.ok) return [];
  const told = new Set(rulesSchema.safeParse(filters).error?.issues.map(({ path }) => path.join('.')));
  return compiled.mistakes.flatMap((sentence) => {
    const { path, message } = placed(sentence);
    if (told.has(path.join('.'))) return [];
    const value = valueAt(filters, path);
    if (typeof value !== 'string') return [{ path: ['filters', ...path], message }];
    // Quoted is a piece of what was found.
    const harmless = holdsSecret(value, secret) ? message.replace(/".*"/s, '"…"') : message;
    return [{ path: ['filters', ...path], message: harmless, found: foundText(value, secret) }];
  });
}

/** With known keys only; one of no known type as an Include, so that its name and pattern are judged all the same. */
function judgeable(filter: unknown): unknown {
  if (!isObject(filter)) return filter;
  const known = Object.entries(filter).filter(([key]) => Object.hasOwn(ruleSchema.shape, key));
  const { success } = ruleSchema.shape.filterType.safeParse(filter.filterType);
  return { ...Object.fromEntries(known), ...(success ? {} : { filterType: 'Include' }) };
}

/** The path, inside of `filters`, that a sentence of the compiler begins with. */
function placed(sentence: string): { readonly path: readonly PropertyKey[]; readonly message: string } {
  const [, index, key, message = sentence] = /^filters(?:\[(\d+)\])?(?:\.(\w+))?: (.*)$/s.exec(sentence) ?? [];
  return { path: [...(index === undefined ? [] : [Number(index)]), ...(key === undefined ? [] : [key])], message };
}
