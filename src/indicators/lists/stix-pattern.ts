/** STIX 2.1 patterns that say nothing but that a value is equal to one of some. */

import type { IndicatorType } from '../../domain/indicators/indicator.js';
import { NotUnderstood } from './wanted.js';

export interface PatternValue {
  readonly type: IndicatorType;
  readonly value: string;
}

const TYPE_OF: Readonly<Record<string, IndicatorType>> = {
  'ipv4-addr:value': 'ip4',
  'ipv6-addr:value': 'ip6',
  'domain-name:value': 'domain',
  'url:value': 'url',
  'email-addr:value': 'email',
  'email-message:from_ref.value': 'email',
  'email-message:sender_ref.value': 'email',
  'email-message:to_refs[*].value': 'email',
  'email-message:message_id': 'message',
  'file:name': 'file',
  'file:hashes.md5': 'md5',
  'file:hashes.sha-1': 'sha1',
  'file:hashes.sha1': 'sha1',
  'file:hashes.sha-256': 'sha256',
  'file:hashes.sha256': 'sha256',
};

const TOKEN = /\s*(?:('(?:[^'\\]|\\.)*')|([[\](),])(?![*\d])|(!?=|[<>]=?)|([a-zA-Z][\w-]*(?::[\w.'[\]*-]*[\w\]'])?))/y;

/** @throws NotUnderstood for every other pattern. */
export function valuesInPattern(pattern: string): PatternValue[] {
  const tokens = tokensOf(pattern);
  const values: PatternValue[] = [];
  let at = 0;
  const take = () => tokens[at++] ?? '';
  const expect = (token: string) => {
    const next = take();
    if (next.toUpperCase() !== token) throw unsupported(next);
  };
  do {
    expect('[');
    do {
      const type = typeOfPath(take());
      values.push(...comparedWith(take, expect).map((value) => ({ type, value })));
    } while (isOr(tokens[at]) && take());
    expect(']');
  } while (isOr(tokens[at]) && take());
  if (at < tokens.length) throw unsupported(tokens[at] ?? '');
  return values;
}

function comparedWith(take: () => string, expect: (token: string) => void): string[] {
  const operator = take().toUpperCase();
  if (operator === '=' || operator === 'ISSUBSET') return [stringOf(take())];
  if (operator !== 'IN') throw unsupported(operator);
  expect('(');
  const values = [stringOf(take())];
  for (let next = take(); next !== ')'; next = take()) {
    if (next !== ',') throw unsupported(next);
    values.push(stringOf(take()));
  }
  return values;
}

function typeOfPath(path: string): IndicatorType {
  const type = TYPE_OF[path.toLowerCase().replaceAll("'", '')];
  if (type === undefined)
    throw new NotUnderstood(`${path === '' ? 'the pattern' : path} is not something that records have`);
  return type;
}

function stringOf(token: string): string {
  if (!token.startsWith("'")) throw unsupported(token);
  return token.slice(1, -1).replace(/\\(.)/gs, '$1');
}

function isOr(token: string | undefined): boolean {
  return token?.toUpperCase() === 'OR';
}

function tokensOf(pattern: string): string[] {
  const tokens: string[] = [];
  const end = pattern.trimEnd().length;
  for (let at = 0; at < end; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at;
    const [token] = TOKEN.exec(pattern) ?? [];
    if (token === undefined) throw new NotUnderstood('the pattern cannot be read');
    tokens.push(token.trim());
  }
  return tokens;
}

function unsupported(token: string): NotUnderstood {
  const what = token === '' ? 'the pattern is not complete' : `${token} is not supported`;
  return new NotUnderstood(`${what}: only patterns that say "is equal to", joined by OR`);
}
