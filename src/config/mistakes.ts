/** Mistakes as sentences for people: each with the path, what is wanted and what was found. */

import type { z } from 'zod';
import { article, kindOf, valueAt } from '../domain/json.js';
import { foundText } from './found.js';
import { type Secrets, secretsIn, withoutSecrets } from './given-secret.js';
import { nearestName } from './nearest-name.js';

type Issue = z.core.$ZodIssue;

export interface Mistake {
  readonly path: readonly PropertyKey[];
  /** What is wanted there. */
  readonly message: string;
  /** In words; absent where nothing is there, or where it may be a secret. */
  readonly found?: string;
}

/** What is said of a key that the object at `path` does not know. */
export type UnknownKey = (path: readonly PropertyKey[], key: string, value: unknown) => string;

/** Of one object or list, so many unknown keys or entries are told one by one. */
const MAX_SIMILAR = 20;
/** So many mistakes are told altogether. */
const MAX_REPORTED = 200;

/** All that a schema refused of an input, as sentences. */
export function mistakesOf(error: z.ZodError, input: unknown): string[] {
  return sentencesOf(schemaMistakes(error, input), secretsIn(input));
}

/** @param secrets are nowhere in the sentences. */
export function sentencesOf(mistakes: readonly Mistake[], secrets: Secrets): string[] {
  const isTooMuch = mistakes.length > MAX_REPORTED;
  // What is wrong with a whole, such as its size, explains many others.
  const ordered = isTooMuch ? mistakes.toSorted((a, b) => a.path.length - b.path.length) : mistakes;
  const reported = ordered.slice(0, MAX_REPORTED).map(({ path, message, found }) => {
    const wanted = `${pathText(path, secrets)}: ${withoutSecrets(message, secrets)}`;
    return found === undefined ? wanted : `${wanted} (found ${found})`;
  });
  return isTooMuch ? [...reported, `and ${mistakes.length - reported.length} more mistakes`] : reported;
}

export function schemaMistakes(
  error: z.ZodError,
  input: unknown,
  unknownKey: UnknownKey = () => 'unknown key',
): Mistake[] {
  const secrets = secretsIn(input);
  return error.issues.flatMap((issue) => {
    const { path } = issue;
    if (issue.code === 'unrecognized_keys') {
      return firstOf(issue.keys, { path, what: 'unknown keys' }, (key) => {
        const at = [...path, key];
        return { path: at, message: unknownKey(path, key, valueAt(input, at)) };
      });
    }
    const entries = issue.code === 'invalid_union' ? mistakenEntries(issue) : undefined;
    const reported = (one: Issue, at: Mistake['path']) => mistakeOf(one, at, valueAt(input, at), secrets);
    if (entries === undefined) return [reported(issue, path)];
    return firstOf(entries, { path, what: 'mistakes' }, (entry) => reported(entry, [...path, ...entry.path]));
  });
}

function firstOf<T>(
  items: readonly T[],
  { path, what }: { readonly path: readonly PropertyKey[]; readonly what: string },
  mistakeIn: (item: T) => Mistake,
): Mistake[] {
  const reported = items.slice(0, MAX_SIMILAR).map(mistakeIn);
  const rest = items.length - reported.length;
  return rest > 0 ? [...reported, { path, message: `and ${rest} more ${what}` }] : reported;
}

/** Of a value that may also be a list of such values, and is one: what is wrong inside of the list. */
function mistakenEntries({ errors }: z.core.$ZodIssueInvalidUnion): Issue[] | undefined {
  return errors.find((branch) => branch.every(({ path }) => path.length > 0));
}

const SECRET = /secret|password|key$|token$/i;

function mistakeOf(issue: Issue, path: Mistake['path'], value: unknown, secrets: Secrets): Mistake {
  if (value === undefined) return { path, message: `missing; ${wanted(issue)}` };
  const message = `${wanted(issue)}${meant(issue, value)}`;
  if (SECRET.test(path.map(String).join('.'))) return { path, message };
  return { path, message, found: isObjectWanted(issue) ? kindOf(value) : foundText(value, secrets) };
}

function wanted(issue: Issue): string {
  if (issue.message.startsWith('must')) return issue.message;
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${article(issue.expected === 'record' ? 'object' : issue.expected)}`;
    case 'invalid_value':
      return `must be one of: ${issue.values.map(String).join(', ')}`;
    default:
      return issue.message;
  }
}

/** The value that may have been meant, where only some are possible. */
function meant(issue: Issue, value: unknown): string {
  const branches = issue.code === 'invalid_union' ? issue.errors.flat() : [issue];
  const values = branches.flatMap((branch) => (branch.code === 'invalid_value' ? branch.values.map(String) : []));
  const near = typeof value === 'string' && values.length > 1 ? nearestName(value, values) : undefined;
  return near === undefined ? '' : `; did you mean "${near}"?`;
}

/** Where an object should be, whatever is there instead may hold a secret. */
function isObjectWanted(issue: Issue): boolean {
  return issue.code === 'invalid_type' && (issue.expected === 'object' || issue.expected === 'record');
}

const UNPRINTABLE = /[\p{Cc}\u2028\u2029]/gu;

/** A path as one short line, whatever its keys are, such as `filters[2].name`. */
function pathText(path: readonly PropertyKey[], secrets: Secrets): string {
  if (path.length === 0) return 'the whole';
  return path
    .map((key, index) => {
      if (typeof key === 'number') return `[${key}]`;
      const name = withoutSecrets(String(key), secrets).slice(0, 60).replace(UNPRINTABLE, '?');
      return index === 0 ? name : `.${name}`;
    })
    .join('');
}
