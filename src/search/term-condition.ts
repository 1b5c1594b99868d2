/** What one term of a query asks of a record. */

import {
  allOf,
  anyOf,
  type Boundary,
  type Condition,
  EVERYTHING,
  type FieldTest,
  type PatternPart,
  type PatternTest,
  type WordsTest,
} from '../domain/search/condition.js';
import { fieldsOfKind, isKindName, type KindName, kindOfField, searchablePath, TIME_PATHS } from './fields.js';
import { type Lookup, lookupInField, lookupOf, lookupsOfList, recognized } from './indicator-lookup.js';
import { patternOf, plainTextOf } from './pattern.js';
import { QueryError } from './query-error.js';
import { rangeOf } from './range.js';
import type { Term } from './structure.js';
import type { ValueToken } from './tokens.js';

/** @throws QueryError */
export function conditionOfTerm({ field, value }: Term): Condition {
  if (value.form === 'regex')
    throw new QueryError('regular expressions are not supported; use the wildcards * and ?', value.at);
  if (field === undefined) return anywhere(value);
  if (field.name === '_exists_' && !field.isLiteral) return exists(searchablePath(plainText(value), value.at));
  if (isKindName(field.name) && !field.isLiteral) return ofKind(field.name, value);
  return inField(searchablePath(field.name, field.at), value);
}

/** Without the name of a field. */
function anywhere(value: ValueToken): Condition {
  if (value.form === 'range') throw new QueryError('a range needs the name of a field before it', value.at);
  const parts = patternOf(value);
  if (parts.length === 1 && parts[0] === 'any') return EVERYTHING;
  const text = plainTextOf(parts);
  const kind = text === undefined || value.form === 'phrase' ? undefined : recognized(text);
  const otherwise: Condition = { kind: 'text', test: textTest(parts, 'word', value) };
  const lookup = kind && lookupOf(kind, text ?? '');
  if (lookup === undefined) return otherwise;
  // Of a range, hardly any record has the text.
  return indicated(lookup, kind === 'ip' ? anyOf([otherwise, ...shownIn(fieldsOfKind(kind), lookup)]) : otherwise);
}

/** Any field that holds what the name says. */
function ofKind(name: KindName, value: ValueToken): Condition {
  const parts = patternOf(value);
  const fields = fieldsOfKind(name);
  if (parts.length === 1 && parts[0] === 'any') return anyOf(fields.map(exists));
  const text = plainTextOf(parts) ?? subdomainsOf(name, parts);
  if (text === undefined) return anyOf(fields.map((path) => at(path, textTest(parts, 'part', value))));
  const lookup = lookupOf(name, text);
  if (lookup === undefined) {
    // Records have such a field, and whatever a sender wrote into it.
    if (kindOfField(name) !== undefined) return at(name, textTest(parts, 'part', value));
    throw new QueryError(`“${text}” is not ${WHAT[name]}`, value.at);
  }
  if (name === 'ip') return indicated(lookup, anyOf(shownIn(fields, lookup)));
  const shown = textTest([{ literal: text }], name === 'domain' ? 'word' : 'part', value);
  return indicated(lookup, anyOf(fields.map((path) => at(path, shown))));
}

function shownIn(fields: readonly string[], { tests }: Lookup): Condition[] {
  return fields.flatMap((path) => tests.map((test) => at(path, test)));
}

const WHAT: Readonly<Record<KindName, string>> = {
  ip: 'an IP address, or a range such as 192.0.2.0/24',
  domain: 'a domain',
  url: 'a URL',
  email: 'an e-mail address',
  hash: 'an MD5, SHA-1 or SHA-256 hash',
  message: 'a message ID',
  file: 'a file name',
};

/** `*.example.com` asks for what `example.com` finds anyway. */
function subdomainsOf(name: KindName, parts: readonly PatternPart[]): string | undefined {
  const [first, second] = parts;
  const isBelow = name === 'domain' && parts.length === 2 && first === 'any' && typeof second === 'object';
  return isBelow && second.literal.startsWith('.') ? second.literal.slice(1) : undefined;
}

/** Indicators of a list in one field that are looked up; those that are left out are told by the text. */
const MOST_OF_LIST = 3;

function inField(path: string, value: ValueToken): Condition {
  const kind = kindOfField(path);
  const range = rangeOf(value, path);
  if (range !== undefined && kind === 'ip')
    throw new QueryError(
      `${path} takes ranges such as ${path}:192.0.2.0/24; as texts, addresses have no order`,
      value.at,
    );
  if (range !== undefined) return at(path, range);
  if (TIME_PATHS.has(path) && value.text !== '*')
    throw new QueryError(`${path} takes a range, such as ${path}:[2026-01-31 TO 2026-02-01T12:00:00Z]`, value.at);
  const parts = patternOf(value);
  if (parts.length === 1 && parts[0] === 'any') return exists(path);
  const text = plainTextOf(parts);
  if (kind === undefined) return at(path, textTest(parts, 'word', value));
  if (text === undefined) return allOf([sameDomain(parts), at(path, textTest(parts, 'part', value))]);
  const given = at(path, textTest(parts, 'part', value));
  const list = lookupsOfList(kind, text);
  if (list !== undefined) return allOf([...list.slice(0, MOST_OF_LIST).map(carried), given]);
  const lookup = lookupInField(kind, text);
  if (lookup === undefined) {
    if (kind === 'ip' && LIKE_RANGE.test(text)) throw new QueryError(`“${text}” is not ${WHAT.ip}`, value.at);
    return kind === 'addresses' ? at(path, textTest(parts, 'word', value)) : given;
  }
  // Where an equal value may be spelled in another way, the indicator alone decides.
  if (lookup.tests.length === 0) return indicated(lookup, given);
  return allOf([carried(lookup), anyOf(shownIn([path], lookup))]);
}

const LIKE_RANGE = /^[\da-f.:]+\/\d+$/i;

/** Asks nothing when only the field can tell. */
function carried(lookup: Lookup): Condition {
  return indicated(lookup, EVERYTHING);
}

/** `*@example.com` is found by its domain. */
function sameDomain([first, second, ...more]: readonly PatternPart[]): Condition {
  if (first !== 'any' || typeof second !== 'object' || more.length > 0 || !second.literal.startsWith('@'))
    return EVERYTHING;
  const lookup = lookupOf('domain', second.literal.slice(1));
  return lookup === undefined ? EVERYTHING : carried(lookup);
}

function indicated({ keys, between }: Lookup, otherwise: Condition): Condition {
  return keys.length === 0 ? otherwise : { kind: 'indicator', keys, otherwise, ...(between && { between }) };
}

function textTest(
  parts: readonly PatternPart[],
  boundary: Boundary,
  { at: position }: ValueToken,
): WordsTest | PatternTest {
  const text = plainTextOf(parts);
  const isEmpty = parts.every((part) => typeof part === 'string' || part.literal.trim() === '');
  if (isEmpty) throw new QueryError('there is nothing to search for', position);
  return text === undefined ? { by: 'pattern', parts, boundary } : { by: 'words', text: text.trim(), boundary };
}

function plainText(value: ValueToken): string {
  const text = plainTextOf(patternOf(value));
  if (text === undefined) throw new QueryError('wildcards cannot stand here', value.at);
  return text;
}

const exists = (path: string): Condition => at(path, { by: 'exists' });
const at = (path: string, test: FieldTest): Condition => ({ kind: 'field', path, test });
