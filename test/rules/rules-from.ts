import { compileRules, type Rules } from '../../src/rules/compile.js';

/** Rules that have to be right; names are made up where they do not matter. */
export function rulesFrom(filters: readonly object[], hashAlgorithm?: string): Rules {
  const compiled = compileRules(
    filters.map((filter, index) => ({ name: `rule ${index}`, ...filter })),
    hashAlgorithm,
  );
  if (!compiled.ok) throw new Error(compiled.mistakes.join('\n'));
  return compiled.rules;
}
