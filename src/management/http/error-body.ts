/** The two forms of an error's body: the flat one of collectors and sources, and that of the newer APIs. */

import { randomInt } from 'node:crypto';
import type { ErrorAnswer } from './error-answer.js';

export interface FlatError {
  readonly status: number;
  readonly id: string;
  readonly code: string;
  readonly message: string;
}

export interface ListedErrors {
  readonly id: string;
  readonly errors: readonly { readonly code: string; readonly message: string }[];
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/** Three groups of five letters and digits, such as `LC484-MA4EZ-OZ730`; stands in the log, too. */
export function newErrorId(): string {
  const group = () => Array.from({ length: 5 }, () => LETTERS[randomInt(LETTERS.length)]).join('');
  return [group(), group(), group()].join('-');
}

const NEWER = /^\/api\/v1\/(fields|healthEvents)(\/|\?|$)/;

/** @param url as it was asked for: it decides the form. */
export function errorBodyOf({ status, code, message }: ErrorAnswer, url: string, id: string): FlatError | ListedErrors {
  return NEWER.test(url) ? { id, errors: [{ code, message }] } : { status, id, code, message };
}
