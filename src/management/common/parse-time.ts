/** How people say a time: by itself, or by its age. */

import { parseDuration } from '../../domain/duration.js';

/** Epoch milliseconds of an ISO time, or of an age. */
export function parseTime(text: string, now: number): number | undefined {
  const age = parseDuration(text);
  if (age !== undefined) return now - age;
  const time = /^\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:?\d\d)?)?$/.test(text) ? Date.parse(zoned(text)) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}

/** A time of day without a zone means UTC, as everywhere here. */
function zoned(text: string): string {
  return /T[\d:.]+$/.test(text) ? `${text}Z` : text;
}
