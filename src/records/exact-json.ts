/** Reads JSON without losing a digit of its numbers. */

import { randomBytes } from 'node:crypto';
import { Decimal128, Long } from 'mongodb';
import { endOfString } from './key-count.js';

/**
 * What may be a number that a double cannot hold: one of 16 characters, or with an exponent of three digits, where a number may
 * stand, within a string too.
 */
const QUICK = /[:[,]\s*-?(?:[\d.]{16}|[\d.]+[eE][+-]?\d{3})/;
/** The same, as a whole. */
const SUSPECT = /[:[,]\s*(-?(?:[\d.]{16,}(?:[eE][+-]?\d+)?|[\d.]+[eE][+-]?\d{3,}))/g;
const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
/** Stands before the digits of a number while the text is read; nobody who writes a record can know it. */
const MARK = randomBytes(16).toString('hex');

/** Whether `JSON.parse` may change a number of this text. Fast: nearly all records end here. */
export function mayLoseDigits(text: string): boolean {
  if (!QUICK.test(text)) return false;
  for (const [, digits = ''] of text.matchAll(SUSPECT)) if (!isExact(digits)) return true;
  return false;
}

/**
 * As `JSON.parse`, but numbers whose digits a double would change become what MongoDB keeps them in: a whole number of 64
 * bits a `Long`, any other of up to 34 digits a `Decimal128`, and what is beyond that the text of the number.
 *
 * @param text valid JSON.
 * @param parsed what `JSON.parse` makes of it; returned when nothing is lost.
 */
export function parseExactly<T>(text: string, parsed: T): T {
  let isLossy = false;
  const mark = (digits: string) => {
    if (isExact(digits)) return digits;
    isLossy = true;
    return `"${MARK}${digits}"`;
  };
  const marked = outsideStrings(text, (part) => part.replace(NUMBER, mark));
  if (!isLossy) return parsed;
  return JSON.parse(marked, (_, value: unknown) =>
    typeof value === 'string' && value.startsWith(MARK) ? exactly(value.slice(MARK.length)) : value,
  ) as T;
}

function exactly(digits: string): Long | Decimal128 | string {
  if (/^-?\d+$/.test(digits)) {
    const long = Long.fromString(digits);
    if (long.toString() === digits) return long;
  }
  try {
    const decimal = Decimal128.fromString(digits);
    // An exponent that is out of reach is brought within it, without an error.
    return normal(decimal.toString()) === normal(digits) ? decimal : digits;
  } catch {
    return digits;
  }
}

/** Whether the double that is nearest to a number is written with the same digits. */
function isExact(digits: string): boolean {
  return digits.length < 16 && !/[eE]/.test(digits) ? true : normal(digits) === normal(String(Number(digits)));
}

/** A number's significant digits and the power of ten of the first: the same for 1e3, 1000 and 1000.0. */
function normal(number: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(number) ?? [];
  const all = whole + fraction;
  const digits = all.replace(/^0+/, '');
  if (digits === '') return whole === '' ? 'none' : '0';
  const power = whole.length - (all.length - digits.length) + Number(exponent);
  return `${sign}${digits.replace(/0+$/, '')}e${power}`;
}

/** Changes the parts of a JSON text that are not within quotes. */
function outsideStrings(text: string, change: (part: string) => string): string {
  const parts: string[] = [];
  for (let at = 0; at < text.length; ) {
    const quote = text.indexOf('"', at);
    const begin = quote < 0 ? text.length : quote;
    parts.push(change(text.slice(at, begin)));
    const end = quote < 0 ? -1 : endOfString(text, quote);
    at = end < 0 ? text.length : end + 1;
    parts.push(text.slice(begin, at));
  }
  return parts.join('');
}
