/**
 * How the terms of a query belong together. Lucene's grammar decides, on a query in which fields and values are only
 * numbered: the library loses operators that it does not expect, and values cannot be mistaken for operators.
 */

import lucene from '@hyperdx/lucene';
import { QueryError } from './query-error.js';
import type { Token, ValueToken } from './tokens.js';

export interface Term {
  /** `undefined` when none is named. */
  readonly field?: { readonly name: string; readonly isLiteral: boolean; readonly at: number };
  readonly value: ValueToken;
}

export type Structure =
  | { readonly kind: 'all' | 'any'; readonly of: readonly Structure[] }
  | { readonly kind: 'not'; readonly of: Structure }
  | { readonly kind: 'term'; readonly term: Term };

/** AND binds closer than OR, and stands between terms that nothing stands between. @throws QueryError */
export function structureOf(tokens: readonly Token[]): Structure {
  checkOrder(tokens);
  let used = 0;
  const leafOf = (index: string, field: Term['field']): Structure => {
    const value = tokens[Number(index)];
    if (value?.kind !== 'value') throw unreadable();
    used += 1;
    return { kind: 'term', term: { value, ...(field === undefined ? {} : { field }) } };
  };
  const fieldOf = (name: string | undefined): Term['field'] => {
    if (name === undefined || name === NO_FIELD) return undefined;
    const token = tokens[Number(name.slice(1))];
    return token?.kind === 'field' ? token : undefined;
  };
  const operandOf = (node: Node, outer: Term['field']): Structure => {
    const field = fieldOf(node.field) ?? outer;
    return 'term' in node ? leafOf(node.term, field) : chainOf(node, field);
  };
  const chainOf = (first: Chain, field: Term['field']): Structure => {
    const alternatives: Structure[][] = [[negatedIf(first.start === 'NOT', operandOf(first.left, field))]];
    for (let chain = first; chain.operator !== undefined && chain.right !== undefined; ) {
      const { operator, right } = chain;
      const next = isContinuation(right) ? right : { left: right };
      const operand = negatedIf(operator.endsWith('NOT'), operandOf(next.left, field));
      if (operator.startsWith('OR')) alternatives.push([operand]);
      else alternatives.at(-1)?.push(operand);
      chain = next;
    }
    return joined(
      'any',
      alternatives.map((of) => joined('all', of)),
    );
  };
  const whole = chainOf(parsed(numbered(tokens)), undefined);
  if (used !== tokens.filter(({ kind }) => kind === 'value').length) throw unreadable();
  return whole;
}

/** The library's nodes, as far as a numbered query leads to them. */
interface Leaf {
  readonly field: string;
  readonly term: string;
}
interface Chain {
  readonly start?: string;
  readonly left: Node;
  readonly operator?: string;
  readonly right?: Node;
  readonly parenthesized?: boolean;
  readonly field?: string;
}
type Node = Leaf | Chain;

const NO_FIELD = '<implicit>';

/** The rest of a list of operands, and not one operand in brackets. */
function isContinuation(node: Node): node is Chain {
  return !('term' in node) && node.parenthesized !== true;
}

function parsed(text: string): Chain {
  const parse = lucene.parse as (text: string) => Chain;
  return parse(text);
}

function numbered(tokens: readonly Token[]): string {
  const words = tokens.map((token, index) => {
    if (token.kind === 'value') return `"${index}"`;
    if (token.kind === 'field') return `f${index}:`;
    return { open: '(', close: ')', AND: 'AND', OR: 'OR', NOT: 'NOT' }[token.kind];
  });
  return words.join(' ').replaceAll(': ', ':');
}

function negatedIf(isNegated: boolean, of: Structure): Structure {
  return isNegated ? { kind: 'not', of } : of;
}

function joined(kind: 'all' | 'any', of: readonly Structure[]): Structure {
  const [only] = of;
  return only !== undefined && of.length === 1 ? only : { kind, of };
}

const BEFORE_OPERAND: ReadonlySet<string> = new Set(['open', 'AND', 'OR', 'NOT', 'field', 'start']);

/** Refuses what the grammar would read in part. */
function checkOrder(tokens: readonly Token[]): void {
  let before: Token['kind'] | 'start' = 'start';
  for (const { kind, at } of tokens) {
    const needsOperand = BEFORE_OPERAND.has(before);
    if ((kind === 'AND' || kind === 'OR') && needsOperand)
      throw new QueryError(`there is nothing before ${kind} that it could combine`, at);
    if (kind === 'NOT' && (before === 'NOT' || before === 'field'))
      throw new QueryError(
        before === 'NOT' ? 'NOT stands here twice' : 'a value has to follow the name of a field',
        at,
      );
    if (kind === 'close' && needsOperand) throw new QueryError('something is missing before this bracket', at);
    before = kind;
  }
  const last = tokens.at(-1);
  if (last !== undefined && BEFORE_OPERAND.has(last.kind)) throw new QueryError('something has to follow', last.at);
}

function unreadable(): QueryError {
  return new QueryError('the query cannot be read; brackets around its parts may help', 1);
}
