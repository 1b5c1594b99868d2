/** How fast records are being stored, from what the page has seen within a minute. */

import { useMemo, useRef } from 'preact/hooks';

const WINDOW_MS = 60_000;
const LEAST_MS = 2_000;

/**
 * @param {import('./types.js').SourceView | undefined} view
 * @returns {ReadonlyMap<string, number>} records per second by stream; those that were not seen for long enough are missing
 */
export function useRates(view) {
  const samples = useRef(/** @type {{ at: number, stored: Map<string, number> }[]} */ ([]));
  return useMemo(() => {
    if (view === undefined) return new Map();
    const now = { at: performance.now(), stored: new Map(view.streams.map(({ stream, stored }) => [stream, stored])) };
    samples.current = [...samples.current.filter(({ at }) => now.at - at <= WINDOW_MS), now];
    const [first = now] = samples.current;
    const ms = now.at - first.at;
    if (ms < LEAST_MS) return new Map();
    return new Map(
      [...now.stored].flatMap(([stream, stored]) => {
        const before = first.stored.get(stream);
        return before === undefined
          ? []
          : [/** @type {const} */ ([stream, (Math.max(0, stored - before) / ms) * 1_000])];
      }),
    );
  }, [view]);
}

/** @param {number | undefined} perSecond */
export function rateText(perSecond) {
  if (perSecond === undefined) return '–';
  if (perSecond === 0) return '0/s';
  return perSecond >= 1 ? `${Math.round(perSecond * 10) / 10}/s` : `${Math.round(perSecond * 600) / 10}/min`;
}
