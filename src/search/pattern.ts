/** Words with wildcards: `*` for any characters, `?` for one, a backslash before what stands for itself. */

import type { PatternPart } from '../domain/search/condition.js';
import { MAX_WILDCARDS } from './limits.js';
import { QueryError } from './query-error.js';
import type { ValueToken } from './tokens.js';

/** The parts of a value; one literal part when it has no wildcard. @throws QueryError */
export function patternOf({ form, text, at }: ValueToken): PatternPart[] {
  if (form === 'phrase' || form === 'literal') return [{ literal: text }];
  const pattern = form === 'url' ? /\*+|[^*]+/gs : /\*+|\?|(?:\\.|[^*?\\])+/gs;
  const parts = (text.match(pattern) ?? []).map((part): PatternPart => {
    if (part.startsWith('*')) return 'any';
    if (part === '?' && form === 'word') return 'one';
    return { literal: form === 'url' ? part : part.replace(/\\(.)/gs, '$1') };
  });
  if (parts.filter((part) => typeof part === 'string').length > MAX_WILDCARDS)
    throw new QueryError(`a term has at most ${MAX_WILDCARDS} wildcards`, at);
  return parts;
}

/** The text of a value without wildcards. */
export function plainTextOf(parts: readonly PatternPart[]): string | undefined {
  const [only] = parts;
  return parts.length === 1 && typeof only === 'object' ? only.literal : undefined;
}
