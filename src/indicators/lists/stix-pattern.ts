/** STIX 2.1 patterns that say nothing but that a value is equal to one of some. */

import type { IndicatorType } from '../../domain/indicators/indicator.js';
import { addressBytes } from '../values/hosts.js';
import { NotUnderstood } from './wanted.js';

export interface PatternValue {
  /** A host is a domain or an address. */
  readonly type: IndicatorType | 'host';
  readonly value: string;
}

/** As a line of a list says it. */
export function textOf({ type, value }: PatternValue): string {
  if (type !== 'host') return `${type}:${value}`;
  return `${addressBytes(value.replace(/\/\d+$/, '')) === undefined ? 'domain' : 'ip4'}:${value}`;
}

const ADDRESSES = ['from_ref', 'sender_ref', 'to_refs[*]', 'cc_refs[*]', 'bcc_refs[*]'];
const HASHES: Readonly<Record<string, IndicatorType>> = {
  ...{ md5: 'md5', 'sha-1': 'sha1', sha1: 'sha1', 'sha-256': 'sha256', sha256: 'sha256' },
};
const FILES = ['file', 'artifact', 'file:content_ref', 'email-message:body_multipart[*].body_raw_ref'];

const TYPE_OF: ReadonlyMap<string, PatternValue['type']> = new Map<string, PatternValue['type']>([
  ['ipv4-addr:value', 'ip4'],
  ['ipv6-addr:value', 'ip6'],
  ['domain-name:value', 'domain'],
  ['url:value', 'url'],
  ['artifact:url', 'url'],
  ['email-addr:value', 'email'],
  ...ADDRESSES.map((path) => [`email-message:${path}.value`, 'email'] as const),
  ['email-message:message_id', 'message'],
  ['file:name', 'file'],
  ['email-message:body_multipart[*].body_raw_ref.name', 'file'],
  ...FILES.flatMap((path) =>
    Object.entries(HASHES).map(
      ([kind, type]) => [`${path}${path.includes(':') ? '.' : ':'}hashes.${kind}`, type] as const,
    ),
  ),
  ['network-traffic:src_ref.value', 'host'],
  ['network-traffic:dst_ref.value', 'host'],
  ['domain-name:resolves_to_refs[*].value', 'host'],
]);

/** What stands at a path, whichever entry of a list it names; `undefined` for what records do not have. */
export function pathType(path: string): PatternValue['type'] | undefined {
  return TYPE_OF.get(
    path
      .toLowerCase()
      .replaceAll("'", '')
      .replaceAll(/\[\d+\]/g, '[*]'),
  );
}

const TOKEN =
  /\s*(?:('(?:[^'\\]|\\.)*')|([[\](),])(?![*\d])|(!=|<>|[<>]=?|==?)|([a-zA-Z][\w-]*(?::[\w.'[\]*-]*[\w\]'])?))/y;
/** Brackets within brackets. */
const MAX_DEPTH = 20;

interface Reader {
  readonly next: () => string;
  readonly take: () => string;
  readonly expect: (token: string) => void;
}

/** @throws NotUnderstood for every other pattern. */
export function valuesInPattern(pattern: string): PatternValue[] {
  const tokens = tokensOf(pattern);
  let at = 0;
  const next = () => tokens[at] ?? '';
  const take = () => tokens[at++] ?? '';
  const expect = (token: string) => {
    const taken = take();
    if (taken !== token) throw unsupported(taken);
  };
  const values = alternatives({ next, take, expect }, observation, 0);
  if (at < tokens.length) throw unsupported(next());
  return values;
}

type Part = (reader: Reader, depth: number) => PatternValue[];

/** What is joined by OR, each by itself or in round brackets. */
function alternatives(reader: Reader, part: Part, depth: number): PatternValue[] {
  if (depth > MAX_DEPTH)
    throw new NotUnderstood(`the pattern has brackets that are nested more than ${MAX_DEPTH} deep`);
  const values: PatternValue[] = [];
  do {
    if (reader.next() === '(') {
      reader.take();
      values.push(...alternatives(reader, part, depth + 1));
      reader.expect(')');
    } else values.push(...part(reader, depth));
  } while (reader.next().toUpperCase() === 'OR' && reader.take());
  return values;
}

function observation(reader: Reader, depth: number): PatternValue[] {
  reader.expect('[');
  const values = alternatives(reader, comparison, depth);
  reader.expect(']');
  return values;
}

function comparison({ take, expect }: Reader): PatternValue[] {
  const path = take();
  const type = pathType(path);
  if (type === undefined)
    throw new NotUnderstood(`${path === '' ? 'the pattern' : path} is not something that records have`);
  return comparedWith(take, expect).map((value) => ({ type, value }));
}

function comparedWith(take: () => string, expect: (token: string) => void): string[] {
  const operator = take().toUpperCase();
  if (operator === '=' || operator === '==' || operator === 'ISSUBSET') return [stringOf(take())];
  if (operator !== 'IN') throw unsupported(operator);
  expect('(');
  const values = [stringOf(take())];
  for (let next = take(); next !== ')'; next = take()) {
    if (next !== ',') throw unsupported(next);
    values.push(stringOf(take()));
  }
  return values;
}

function stringOf(token: string): string {
  if (!token.startsWith("'")) throw unsupported(token);
  return token.slice(1, -1).replace(/\\(.)/gs, '$1');
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
