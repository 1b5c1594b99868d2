/** The time of a record by its own clock. */

import { Decimal128, Long } from 'mongodb';
import { isCalendarDay, isTime } from '../domain/calendar.js';
import { DEFINITIONS } from '../domain/streams/definitions/list.js';
import { definitionOf, type StreamName } from '../domain/streams/streams.js';
import type { VendorRecord } from './decode.js';

/** Times before 2000 or more than a day ahead of the receipt are taken for nonsense. */
const EARLIEST_MS = Date.UTC(2000, 0, 1);
const MAX_AHEAD_MS = 86_400_000;

/**
 * The record's time; when it has none, or one that cannot be meant, the time of its receipt.
 *
 * Read are ISO 8601 with `Z`, `+00:00`, `+0000` or `+00` (UTC without any), and epoch seconds, milliseconds,
 * microseconds and nanoseconds, as numbers or as digits in a text.
 */
export function messageTime(stream: StreamName, record: VendorRecord, receiptTime: Date): Date {
  return meantTime(stream, record, receiptTime) ?? receiptTime;
}

/** The same; `undefined` when the record has none, or one that cannot be meant. */
export function meantTime(stream: StreamName, record: VendorRecord, receiptTime: Date): Date | undefined {
  const latest = receiptTime.getTime() + MAX_AHEAD_MS;
  return timeOf(stream, record, (ms) => ms >= EARLIEST_MS && ms <= latest);
}

const TIME_FIELDS = new Set<string>(DEFINITIONS.flatMap(({ timeFields }) => timeFields));
const TIME_IN_TEXT = new RegExp(
  String.raw`"(?:${[...TIME_FIELDS].join('|')})"\s*:\s*(?:"([^"\\]*)"|(-?\d[\d.]*))`,
  'g',
);

/** Whether a text that is no JSON any more still shows a time under a key of some stream's time. */
export function isTimeShown(text: string, time: Date): boolean {
  for (const [, string, number] of text.matchAll(TIME_IN_TEXT)) {
    if (toMs(string ?? Number(number)) === time.getTime()) return true;
  }
  return false;
}

/** The time that the record itself tells, however strange; `undefined` when it tells none. The same at every reading. */
export function ownTime(stream: StreamName, record: VendorRecord): Date | undefined {
  return timeOf(stream, record, () => true);
}

function timeOf(stream: StreamName, record: VendorRecord, isMeant: (ms: number) => boolean): Date | undefined {
  for (const key of definitionOf(stream).timeFields) {
    const ms = toMs(record[key]);
    if (ms !== undefined && isMeant(ms)) return new Date(ms);
  }
  return undefined;
}

function toMs(value: unknown): number | undefined {
  if (typeof value === 'number') return fromEpoch(value);
  if (value instanceof Long || value instanceof Decimal128) return fromEpoch(Number(value.toString()));
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  return /^\d+(\.\d+)?$/.test(text) ? fromEpoch(Number(text)) : fromIso(text);
}

/** Asked for piece by piece: the engine finds a date in any text with a number, and takes one without a zone for local. */
const ISO = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d)?([.,]\d+)? ?(?:Z|([+-])(\d\d):?(\d\d)?)?)?$/i;

function fromIso(text: string): number | undefined {
  const [, day, time = '00:00', seconds = ':00', fraction = '', sign, hours = '00', minutes = '00'] =
    ISO.exec(text) ?? [];
  if (day === undefined || !isCalendarDay(day)) return undefined;
  // A leap second is counted with the one before.
  const second = seconds === ':60' ? ':59' : seconds;
  const zone = sign === undefined ? 'Z' : `${sign}${hours}:${minutes}`;
  const ms = Date.parse(`${day}T${time}${second}${fraction.replace(',', '.')}${zone}`);
  return Number.isNaN(ms) ? undefined : ms;
}

/**
 * Eleven digits in milliseconds would be before March 1973, in seconds they reach beyond the year 5000; and so on by
 * factors of a thousand.
 */
function fromEpoch(value: number): number | undefined {
  if (!Number.isFinite(value)) return undefined;
  const ms = value < 1e11 ? value * 1e3 : value < 1e14 ? value : value < 1e17 ? value / 1e3 : value / 1e6;
  return isTime(ms) ? Math.floor(ms) : undefined;
}
