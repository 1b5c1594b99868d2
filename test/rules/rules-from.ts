import { rulesSchema } from '../../src/config/rule-schema.js';
import { applyRules, type Kept } from '../../src/rules/apply.js';
import { compileChecked, type Rules } from '../../src/rules/compile.js';
import type { HashAlgorithm } from '../../src/rules/filter.js';

/** Rules that have to be right; names are made up where they do not matter. */
export function rulesFrom(filters: readonly object[], hashAlgorithm?: HashAlgorithm): Rules {
  const named = filters.map((filter, index) => ({ name: `rule ${index}`, ...filter }));
  return compileChecked(rulesSchema.parse(named), hashAlgorithm);
}

/** What rules make of a text that they keep. */
export function kept(filters: readonly object[], text: string, algorithm?: HashAlgorithm): Kept {
  const applied = applyRules(rulesFrom(filters, algorithm), text);
  if (!applied.isKept) throw new Error('excluded');
  return applied;
}

export const mask = (regexp: string, text?: string) => ({
  filterType: 'Mask',
  regexp,
  ...(text === undefined ? {} : { mask: text }),
});
