/**
 * The parts of a query. What people paste has characters that Lucene's syntax gives a meaning to, so IPv6 addresses, URLs,
 * e-mail addresses and `<message-id>`s are recognized here and taken as they are.
 */

import ipaddr from 'ipaddr.js';
import { MAX_DEPTH, MAX_QUERY_LENGTH, MAX_TERMS } from './limits.js';
import { QueryError } from './query-error.js';

export type Token = { readonly at: number } & (
  | { readonly kind: 'open' | 'close' | 'AND' | 'OR' | 'NOT' }
  /** The name of a field; a value or an opening bracket follows. With a backslash before it, it stands for itself only. */
  | { readonly kind: 'field'; readonly name: string; readonly isLiteral: boolean }
  | ValueToken
);

/** `at` counts from 1. Escapes are still in words and ranges; a URL has none, and its `?` is no wildcard. */
export interface ValueToken {
  readonly at: number;
  readonly kind: 'value';
  readonly form: 'word' | 'phrase' | 'regex' | 'range' | 'url' | 'literal';
  readonly text: string;
}

/** @throws QueryError */
export function tokensOf(query: string): Token[] {
  if (query.length > MAX_QUERY_LENGTH)
    throw new QueryError(`a query has at most ${MAX_QUERY_LENGTH} characters, and this one ${query.length}`, 1);
  const tokens: Token[] = [];
  let depth = 0;
  let terms = 0;
  for (let at = 0; ; ) {
    at += lengthOf(/\s*/y, query, at);
    if (at >= query.length) break;
    const { token, length } = tokenAt(query, at, tokens.at(-1)?.kind === 'field');
    if (token.kind === 'open') depth += 1;
    if (token.kind === 'close') depth -= 1;
    if (token.kind === 'value') terms += 1;
    if (depth < 0) throw new QueryError('this bracket closes nothing', token.at);
    if (depth > MAX_DEPTH) throw new QueryError(`brackets are nested more than ${MAX_DEPTH} deep`, token.at);
    if (terms > MAX_TERMS) throw new QueryError(`a query has at most ${MAX_TERMS} terms`, token.at);
    tokens.push(token);
    at += length;
  }
  if (depth > 0) throw new QueryError('a bracket is not closed', query.length);
  return tokens;
}

interface Found {
  readonly token: Token;
  readonly length: number;
}

const OPERATORS: Readonly<Record<string, 'AND' | 'OR' | 'NOT'>> = {
  ...{ AND: 'AND', OR: 'OR', NOT: 'NOT' },
  ...{ '&&': 'AND', '||': 'OR', '!': 'NOT', '-': 'NOT' },
};
const OPERATOR = /(?:AND|OR|NOT)(?=[\s()]|$)|&&|\|\||!|-(?=[^\s-])/y;
/** Everything is required as it is. */
const PLUS = /\+(?=[^\s+])/y;
/** Up to the first colon that is not escaped. */
const FIELD = /((?:\\.|[^\s:()"<>[\]{}\\/])+):\s*/y;
const URL = /[a-z][a-z0-9+.-]*:\/\/[^\s"<>]+/iy;
const MESSAGE_ID = /<[^\s<>]+>/y;
const ADDRESS = /[0-9a-f:.]*:[0-9a-f:.]*(?:\/\d{1,3})?(?=[\s)]|$)/iy;
const PHRASE = /"((?:\\.|[^"\\])*)"/sy;
const REGEX = /\/((?:\\.|[^/\\])+)\/(?=[\s)]|$)/y;
const RANGE = /[[{](?:"(?:\\.|[^"\\])*"|[^"[\]{}])*[\]}]/y;
const WORD = /(?:\\.|[^\s()"\\])+/sy;
const MODIFIER = /[~^][\d.]*/y;

function tokenAt(query: string, at: number, isValue: boolean): Found {
  const character = query[at];
  if (character === '(') return { token: { kind: 'open', at: at + 1 }, length: 1 };
  if (character === ')') return { token: { kind: 'close', at: at + 1 }, length: 1 };
  return isValue ? valueAt(query, at) : termAt(query, at);
}

function termAt(query: string, at: number): Found {
  const operator = matchOf(OPERATOR, query, at)?.[0];
  const kind = OPERATORS[operator ?? ''];
  if (operator !== undefined && kind !== undefined) return { token: { kind, at: at + 1 }, length: operator.length };
  const plus = lengthOf(PLUS, query, at);
  if (plus > 0) {
    const { token, length } = tokenAt(query, at + plus, false);
    return { token, length: length + plus };
  }
  const isText = isAddress(query, at) || lengthOf(URL, query, at) > 0;
  const field = isText ? undefined : matchOf(FIELD, query, at);
  if (field?.[1] === undefined) return valueAt(query, at);
  const name = { name: unescaped(field[1]), isLiteral: field[1].startsWith('\\') };
  return { token: { kind: 'field', at: at + 1, ...name }, length: field[0].length };
}

function valueAt(query: string, at: number): Found {
  const value = (form: ValueToken['form'], text: string, length: number): Found => ({
    token: { kind: 'value', form, text, at: at + 1 },
    length,
  });
  const phrase = matchOf(PHRASE, query, at);
  if (phrase?.[1] !== undefined) {
    refuseModifier(query, at + phrase[0].length);
    return value('phrase', unescaped(phrase[1]), phrase[0].length);
  }
  if (query[at] === '"') throw new QueryError('this quote is not closed', at + 1);
  const messageId = matchOf(MESSAGE_ID, query, at)?.[0];
  if (messageId !== undefined) return value('literal', messageId, messageId.length);
  if (isAddress(query, at)) {
    const address = matchOf(ADDRESS, query, at)?.[0] ?? '';
    return value('literal', address, address.length);
  }
  const url = matchOf(URL, query, at)?.[0];
  if (url !== undefined) {
    const whole = withoutBracketsBehind(url);
    return value('url', whole, whole.length);
  }
  const regex = matchOf(REGEX, query, at);
  if (regex?.[1] !== undefined) return value('regex', regex[1], regex[0].length);
  const range = matchOf(RANGE, query, at)?.[0];
  if (range !== undefined && / TO /.test(range)) return value('range', range, range.length);
  const word = matchOf(WORD, query, at)?.[0];
  if (word === undefined) throw new QueryError('this backslash stands before nothing', at + 1);
  const modifier = /(?<=[^\\])[~^][\d.]*$/.exec(word);
  if (modifier !== null) refuseModifier(query, at + modifier.index);
  return value('word', word, word.length);
}

function refuseModifier(query: string, at: number): void {
  if (lengthOf(MODIFIER, query, at) === 0) return;
  const what = query[at] === '~' ? 'fuzzy and proximity searches (~)' : 'boosts (^)';
  throw new QueryError(`${what} are not supported; put a text that holds the sign in quotes`, at + 1);
}

function isAddress(query: string, at: number): boolean {
  const [address] = matchOf(ADDRESS, query, at)?.[0].split('/') ?? [];
  return address !== undefined && ipaddr.IPv6.isValid(address);
}

/** `(url:https://a/b)`: the last bracket is not of the URL, unless it was opened there. */
export function withoutBracketsBehind(url: string): string {
  const unopened = url.split(')').length - url.split('(').length;
  let end = url.length;
  while (url[end - 1] === ')' && url.length - end < unopened) end -= 1;
  return url.slice(0, end);
}

export function unescaped(text: string): string {
  return text.replace(/\\(.)/gs, '$1');
}

function matchOf(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

function lengthOf(pattern: RegExp, text: string, at: number): number {
  return matchOf(pattern, text, at)?.[0].length ?? 0;
}
