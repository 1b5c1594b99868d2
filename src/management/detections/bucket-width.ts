/** How wide the steps of counts over time are. */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const WIDTHS = [MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 3 * HOUR, 12 * HOUR, DAY, 7 * DAY, 30 * DAY] as const;
const MOST_BUCKETS = 120;

/** The narrowest width that people think in, with which a range has at most 120 steps. */
export function bucketWidth(rangeMs: number): number {
  return WIDTHS.find((width) => rangeMs <= width * MOST_BUCKETS) ?? Math.ceil(rangeMs / MOST_BUCKETS / DAY) * DAY;
}
