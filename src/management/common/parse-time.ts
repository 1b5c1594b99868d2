/** How people say a time: by itself, or by its age. */

import { isCalendarDay, isTime } from '../../domain/calendar.js';
import { parseDuration } from '../../domain/duration.js';

const ISO = /^(\d{4}-\d\d-\d\d)(?:T[\d:.]+(?:Z|[+-]\d\d:?\d\d)?)?$/;

/** Epoch milliseconds of an ISO time, or of an age; `undefined` for a time that does not exist. */
export function parseTime(text: string, now: number): number | undefined {
  const age = parseDuration(text);
  const [, day] = ISO.exec(text) ?? [];
  const time = age !== undefined ? now - age : day !== undefined && isCalendarDay(day) ? Date.parse(zoned(text)) : NaN;
  return isTime(time) ? time : undefined;
}

/** A time of day without a zone means UTC, as everywhere here. */
function zoned(text: string): string {
  return /T[\d:.]+$/.test(text) ? `${text}Z` : text;
}
