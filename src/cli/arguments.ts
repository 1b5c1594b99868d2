/** Arguments of options, as people write them. */

import { InvalidArgumentError } from 'commander';
import { parseDuration } from '../domain/duration.js';
import { parseTime } from '../management/common/parse-time.js';

export function timeOf(text: string): Date {
  const time = new Date(parseTime(text, Date.now()) ?? Number.NaN);
  if (Number.isNaN(time.getTime())) throw new InvalidArgumentError('It must be an ISO time, or an age such as 7d.');
  return time;
}

/** Any number above zero. */
export function positiveNumber(text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (!(value > 0 && Number.isFinite(value))) throw new InvalidArgumentError('It must be a number above 0.');
  return value;
}

/** How many: 1 to 999,999,999. */
export function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 1.');
  return Number(text);
}

/** `90s`, `15m`: in milliseconds. */
export function durationOf(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined) throw new InvalidArgumentError('It must be a duration such as 15m.');
  return ms;
}
