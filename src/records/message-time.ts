/** The time of a record by its own clock. */

import type { VendorRecord } from './decode.js';

/** Keys that hold it, in order: SIEM types, audit and DLP, held messages. */
const TIME_KEYS = ['timestamp', 'eventTime', 'dateReceived'] as const;

/** Times before 2000 or more than a day ahead of the receipt are taken for nonsense. */
const EARLIEST_MS = Date.UTC(2000, 0, 1);
const MAX_AHEAD_MS = 86_400_000;

/**
 * The record's time; when it has none, or one that cannot be meant, the time of its receipt.
 *
 * Read are epoch milliseconds and seconds (numbers or digits in a string) and ISO 8601 with `Z`, `+00:00` or `+0000`.
 */
export function messageTime(record: VendorRecord, receiptTime: Date): Date {
  for (const key of TIME_KEYS) {
    const ms = toMs(record[key]);
    if (ms !== undefined && ms >= EARLIEST_MS && ms <= receiptTime.getTime() + MAX_AHEAD_MS) return new Date(ms);
  }
  return receiptTime;
}

function toMs(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? fromEpoch(value) : undefined;
  if (typeof value !== 'string' || value === '') return undefined;
  if (/^\d+(\.\d+)?$/.test(value)) return fromEpoch(Number(value));
  const [, day, time = '00:00', sign, hours = '00', minutes = '00'] = ISO.exec(value) ?? [];
  if (day === undefined) return undefined;
  const ms = Date.parse(`${day}T${time}${sign === undefined ? 'Z' : `${sign}${hours}:${minutes}`}`);
  return Number.isNaN(ms) ? undefined : ms;
}

/** Asked for piece by piece: the engine finds a date in any text with a number, and takes one without a zone for local. */
const ISO = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?) ?(?:Z|([+-])(\d\d):?(\d\d))?)?$/;

/** Eleven digits in milliseconds would be before March 1973, in seconds they reach beyond the year 5000. */
function fromEpoch(value: number): number {
  return value < 1e11 ? value * 1000 : value;
}
