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
  // An ISO time without a zone is UTC; the engine would take it for local time.
  const zoned = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?$/.test(value) ? `${value.replace(' ', 'T')}Z` : value;
  const ms = Date.parse(zoned.replace(/([+-]\d\d)(\d\d)$/, '$1:$2'));
  return Number.isNaN(ms) ? undefined : ms;
}

/** Eleven digits in milliseconds would be before March 1973, in seconds they reach beyond the year 5000. */
function fromEpoch(value: number): number {
  return value < 1e11 ? value * 1000 : value;
}
