/** Finds a person in stored documents, in two ways that share nothing: by what the fields say, and by the bytes. */

import { Binary } from 'mongodb';
import { holdsAddress } from '../domain/erasure/person.js';

/** Whether a value, or anything in it, names the person; the names of keys, too. */
export function namesPerson(value: unknown, forms: readonly string[]): boolean {
  if (typeof value === 'string') return holdsAddress(value, forms);
  if (value instanceof Binary) return holdsAddress(Buffer.from(value.value()).toString('utf8'), forms);
  if (Array.isArray(value)) return value.some((each) => namesPerson(each, forms));
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return false;
  return Object.entries(value).some(([key, each]) => holdsAddress(key, forms) || namesPerson(each, forms));
}

/** How the sign of an address may be written. */
const SIGNS = ['@', '%40', '%2540', '\\u0040'];

/** Whether the bytes of an address are in those of a document, in whatever case, field or context. */
export function hasBytes(document: Uint8Array, forms: readonly string[]): boolean {
  const bytes = Buffer.from(document.buffer, document.byteOffset, document.byteLength);
  const ascii = bytes.toString('latin1').toLowerCase();
  return forms.some((form) => {
    const isAscii = Buffer.byteLength(form) === form.length;
    const text = isAscii ? ascii : bytes.toString('utf8').toLowerCase();
    return SIGNS.some((sign) => text.includes(form.replace('@', sign)));
  });
}
