/** Days and times that exist. The engine takes a day that its month does not have for one of the next month. */

/** Largest time that exists, in milliseconds before and after 1970. */
const LATEST_MS = 8.64e15;

/** Whether a day such as `2026-02-29` is in the calendar. */
export function isCalendarDay(day: string): boolean {
  const midnight = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(midnight) && new Date(midnight).toISOString().startsWith(day);
}

/** Whether epoch milliseconds can be a time at all; `false` for what is not a number. */
export function isTime(ms: number): boolean {
  return Math.abs(ms) <= LATEST_MS;
}
