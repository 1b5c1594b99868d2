/** What people type to find records, as a tree of conditions. */

import { type Condition, EVERYTHING } from '../domain/search/condition.js';
import { type Structure, structureOf } from './structure.js';
import { conditionOfTerm } from './term-condition.js';
import { tokensOf } from './tokens.js';

/** @param query empty for all records. @throws QueryError naming the first mistake and its place. */
export function parseQuery(query: string): Condition {
  const tokens = tokensOf(query);
  return tokens.length === 0 ? EVERYTHING : conditionOf(structureOf(tokens));
}

function conditionOf(structure: Structure): Condition {
  if (structure.kind === 'term') return conditionOfTerm(structure.term);
  if (structure.kind === 'not') return { kind: 'not', of: conditionOf(structure.of) };
  return { kind: structure.kind, of: structure.of.map(conditionOf) };
}
