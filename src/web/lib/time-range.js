/** Ranges of time as the address keeps them: `range=24h`, or `from` and `to` as ISO times. */

/**
 * @typedef {object} TimeRange an end that is absent has no limit
 * @property {string} quick name of a quick range; empty for an absolute one
 * @property {string} [from] ISO time
 * @property {string} [to] ISO time
 */

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** @type {readonly { name: string, label: string, ms: number }[]} */
export const QUICK_RANGES = [
  { name: '15m', label: 'Last 15 minutes', ms: HOUR / 4 },
  { name: '1h', label: 'Last hour', ms: HOUR },
  { name: '4h', label: 'Last 4 hours', ms: 4 * HOUR },
  { name: '24h', label: 'Last 24 hours', ms: DAY },
  { name: '7d', label: 'Last 7 days', ms: 7 * DAY },
  { name: '30d', label: 'Last 30 days', ms: 30 * DAY },
  { name: '90d', label: 'Last 90 days', ms: 90 * DAY },
  { name: '365d', label: 'Last 365 days', ms: 365 * DAY },
  { name: 'all', label: 'All time', ms: Number.POSITIVE_INFINITY },
];

/**
 * @param {URLSearchParams} query
 * @param {string} byDefault name of a quick range
 * @returns {TimeRange}
 */
export function rangeIn(query, byDefault) {
  const from = isoIn(query.get('from'));
  const to = isoIn(query.get('to'));
  if (from !== undefined || to !== undefined) return { quick: '', ...(from && { from }), ...(to && { to }) };
  const name = query.get('range') ?? '';
  return { quick: QUICK_RANGES.some((quick) => quick.name === name) ? name : byDefault };
}

/** What `setQuery` takes. @param {TimeRange} range */
export function rangeQuery({ quick, from, to }) {
  return quick === '' ? { range: undefined, from, to } : { range: quick, from: undefined, to: undefined };
}

/**
 * @param {TimeRange} range
 * @param {number} now epoch milliseconds
 * @returns {{ from?: string, to?: string }} for the API
 */
export function limitsOf({ quick, from, to }, now) {
  if (quick === '') return { ...(from && { from }), ...(to && { to }) };
  const ms = QUICK_RANGES.find(({ name }) => name === quick)?.ms ?? DAY;
  return Number.isFinite(ms) ? { from: isoOf(now - ms), to: isoOf(now) } : {};
}

/** @param {number} ms epoch milliseconds */
export function isoOf(ms) {
  return new Date(ms).toISOString();
}

/** As an input takes it: local time without a zone. @param {string | undefined} iso */
export function localInput(iso) {
  if (iso === undefined || iso === '') return '';
  const date = new Date(iso);
  return isoOf(date.getTime() - date.getTimezoneOffset() * 60_000).slice(0, 19);
}

/** @param {string | null} text */
function isoIn(text) {
  const ms = text === null ? Number.NaN : Date.parse(text);
  return Number.isNaN(ms) ? undefined : isoOf(ms);
}
