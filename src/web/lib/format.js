/** Numbers, times and durations as people read them. Times are local; titles give them in UTC. */

const NUMBER = new Intl.NumberFormat('en-US');
const TIME = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'medium' });

/** @param {number} value */
export function count(value) {
  return NUMBER.format(value);
}

/** @param {number} value @param {string} one @param {string} [many] @returns such as `1 record`, `2,000 records` */
export function counted(value, one, many = `${one}s`) {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** @param {string | number | Date} time @returns such as `2026-11-29 14:03:05`, in the zone of the browser */
export function localTime(time) {
  return TIME.format(new Date(time));
}

const UNITS = /** @type {const} */ ([
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
]);

/** @param {number} ms @returns its two largest units, such as `3 min 20 s` */
export function duration(ms) {
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))} ms`;
  const first = UNITS.findIndex(([, size]) => ms >= size);
  let rest = ms;
  const parts = UNITS.slice(first, first + 2).map(([unit, size]) => {
    const whole = Math.floor(rest / size);
    rest -= whole * size;
    return whole === 0 ? '' : `${whole} ${unit}`;
  });
  return parts.filter((part) => part !== '').join(' ');
}

/** @param {string | number | Date} time @param {number} now epoch milliseconds */
export function ago(time, now) {
  const ms = now - new Date(time).getTime();
  return ms >= 0 ? `${duration(Math.max(ms, 1_000))} ago` : `in ${duration(-ms)}`;
}
