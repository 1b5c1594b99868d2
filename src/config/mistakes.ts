/** A zod error as sentences for people: one per mistake, each with the path, what was found and what is wanted. */

import type { z } from 'zod';

type Issue = z.core.$ZodIssue;

/** What is said of a key that the object at `path` does not know. */
export type UnknownKey = (path: readonly PropertyKey[], key: string, value: unknown) => string;

export function mistakesOf(error: z.ZodError, input: unknown, unknownKey: UnknownKey = () => 'unknown key'): string[] {
  return error.issues.flatMap((issue) => sentences(issue, input, unknownKey));
}

function sentences(issue: Issue, input: unknown, unknownKey: UnknownKey): string[] {
  const at = pathText(issue.path);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const path = [...issue.path, key];
      return `${pathText(path)}: ${unknownKey(issue.path, key, valueAt(input, path))}`;
    });
  }
  const found = valueAt(input, issue.path);
  if (found === undefined) return [`${at}: missing; ${wanted(issue)}`];
  if (SECRET.test(at)) return [`${at}: ${wanted(issue)}`];
  return [`${at}: ${wanted(issue)} (found ${isObjectWanted(issue) ? kindOf(found) : show(found)})`];
}

const SECRET = /secret|password|key$/i;

function wanted(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.message.startsWith('must')
        ? issue.message
        : `must be ${article(issue.expected === 'record' ? 'object' : issue.expected)}`;
    case 'invalid_value':
      return issue.message.startsWith('must')
        ? issue.message
        : `must be one of: ${issue.values.map(String).join(', ')}`;
    default:
      return issue.message;
  }
}

function article(noun: string): string {
  return `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`;
}

/** A path as one short line, whatever its keys are. */
export function pathText(path: readonly PropertyKey[]): string {
  return path.length === 0
    ? 'the whole'
    : path.map((key) => String(key).slice(0, 60).replace(UNPRINTABLE, '?')).join('.');
}

const UNPRINTABLE = /[\p{Cc}\u2028\u2029]/gu;

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined,
    input,
  );
}

/** Where an object should be, whatever is there instead may hold a secret. */
function isObjectWanted(issue: Issue): boolean {
  return issue.code === 'invalid_type' && (issue.expected === 'object' || issue.expected === 'record');
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'string' ? 'a text' : article(typeof value);
}

function show(value: unknown): string {
  const isPlain = typeof value !== 'object' || value === null || Object.values(value).every(isText);
  if (!isPlain) return kindOf(value);
  const text = typeof value === 'string' ? JSON.stringify(withoutCredentials(value)) : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

/** An address without user, password and query, however badly it is written. */
function withoutCredentials(text: string): string {
  const named = text.replace(/^([a-z][a-z+.-]*:\/\/)?.*@/is, '$1…@');
  return named.includes('://') ? named.replace(/[?#].*/s, (query) => `${query.slice(0, 1)}…`) : named;
}
