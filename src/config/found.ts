/** What was found in a configuration, as far as a message may show it: nothing that may be a secret in a wrong place. */

import { kindOf } from '../domain/json.js';
import { holdsSecret, type Secrets } from './given-secret.js';

/** A short text, a number, true or false as they are written; of anything else only what it is. */
export function foundText(value: unknown, secrets: Secrets): string {
  if (typeof value === 'object') return kindOf(value);
  const isHidden = holdsSecret(String(value), secrets);
  if (typeof value !== 'string') return isHidden ? kindOf(value) : String(value);
  if (isHidden || isOpaque(value)) return `a text of ${value.length} characters`;
  const shown = JSON.stringify(withoutCredentials(value));
  return shown.length > 60 ? `${shown.slice(0, 57)}…` : shown;
}

const ADDRESS = /^[a-z][a-z+.-]*:\/\//i;

/** Long, without spaces, of letters and digits, and no address: it may be a key or a secret. */
function isOpaque(text: string): boolean {
  return /^\S{21,}$/.test(text.trim()) && /\p{L}/u.test(text) && /\d/.test(text) && !ADDRESS.test(text);
}

/** An address without user, password and query, however badly it is written. */
function withoutCredentials(text: string): string {
  const named = text.replace(/^([a-z][a-z+.-]*:\/\/)?.*@/is, '$1…@');
  return /:\/|@/.test(text) ? named.replace(/[?#].*/s, (query) => `${query.slice(0, 1)}…`) : named;
}
