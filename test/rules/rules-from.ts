import { rulesSchema } from '../../src/config/rule-schema.js';
import { compileChecked, type Rules } from '../../src/rules/compile.js';
import type { HashAlgorithm } from '../../src/rules/filter.js';

/** Rules that have to be right; names are made up where they do not matter. */
export function rulesFrom(filters: readonly object[], hashAlgorithm?: HashAlgorithm): Rules {
  const named = filters.map((filter, index) => ({ name: `rule ${index}`, ...filter }));
  return compileChecked(rulesSchema.parse(named), hashAlgorithm);
}
