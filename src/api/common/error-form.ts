/** The two forms of an error's body: the flat one of collectors and sources, and that of the newer APIs. */

import { randomInt } from 'node:crypto';
import { present } from '../../domain/present.js';
import { FIELDS_INVALID, FIELDS_MISSING } from '../../management/refusals.js';
import type { ErrorAnswer } from './error-answer.js';

export interface FlatError {
  readonly status: number;
  readonly id: string;
  readonly code: string;
  readonly message: string;
  readonly mistakes?: readonly string[];
}

export interface ListedErrors {
  readonly id: string;
  readonly errors: readonly Pick<ErrorAnswer, 'code' | 'message' | 'meta'>[];
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/** Three groups of five letters and digits, such as `LC484-MA4EZ-OZ730`; stands in the log, too. */
export function newErrorId(): string {
  const group = () => Array.from({ length: 5 }, () => LETTERS[randomInt(LETTERS.length)]).join('');
  return [group(), group(), group()].join('-');
}

/** The newer APIs, each with its own code for a request that is invalid; Sumo Logic publishes none of them. */
const INVALID_OF: Readonly<Record<string, string>> = {
  fields: 'field:invalid',
  healthEvents: 'healthevent.invalid',
  accessKeys: 'accesskey.invalid',
};

/** @param url as it was asked for: it decides the form. */
export function errorBodyOf(answer: ErrorAnswer, url: string, id: string): FlatError | ListedErrors {
  const { status, code, message, mistakes, meta } = answer;
  const [, api = ''] = /^\/api\/v1\/(\w+)/.exec(url) ?? [];
  const invalid = INVALID_OF[api];
  if (invalid === undefined) return { status, id, code, message, ...present({ mistakes }) };
  const own = code === FIELDS_INVALID || code === FIELDS_MISSING ? invalid : code;
  return { id, errors: [{ code: own, message, ...present({ meta }) }] };
}
