/** What is wrong with processing rules beyond the types of their keys: patterns, capture groups, names, numbers. */

import { isObject, valueAt } from '../domain/json.js';
import { compileRules } from '../rules/compile.js';
import { FILTER_TYPES, type Filter, MAX_RULES } from '../rules/filter.js';
import { foundText } from './found.js';
import { holdsSecret, type Secrets } from './given-secret.js';
import type { Mistake } from './mistakes.js';
import { rulesSchema } from './rule-schema.js';

/**
 * @param secrets which no mistake may show.
 * @returns what the schema of a rule does not tell, each with its path inside of `config`.
 */
export function ruleMistakes(filters: unknown, secrets: Secrets): Mistake[] {
  if (!Array.isArray(filters)) return [];
  const tooMany = `at most ${MAX_RULES} rules are allowed for a source (found ${filters.length})`;
  const compiled = compileRules(filters.slice(0, MAX_RULES).map(judgeable));
  const issues = rulesSchema.safeParse(filters).error?.issues ?? [];
  const reported = new Set(issues.filter(({ code }) => code !== 'unrecognized_keys').map(({ path }) => path.join('.')));
  return [
    ...(filters.length > MAX_RULES ? [{ path: ['filters'], message: tooMany }] : []),
    ...(compiled.ok ? [] : compiled.mistakes).flatMap(({ index, key, message }) => {
      if (reported.has(`${index}`) || reported.has(`${index}.${key}`)) return [];
      const value = String(valueAt(filters, [index, key]));
      // Quoted is a piece of what was found.
      const harmless = holdsSecret(value, secrets) ? message.replace(/".*"/s, '"…"') : message;
      return [{ path: ['filters', index, key], message: harmless, found: foundText(value, secrets) }];
    }),
  ];
}

/** With texts where the schema refuses what is there; one of no known type is an Include, so that the rest is judged. */
function judgeable(filter: unknown): Filter {
  const { filterType, ...keys } = isObject(filter) ? filter : {};
  const [name = '', regexp = '', mask = ''] = [keys.name, keys.regexp, keys.mask].map((value) =>
    typeof value === 'string' ? value : '',
  );
  return { filterType: FILTER_TYPES.find((type) => type === filterType) ?? 'Include', name, regexp, mask };
}
