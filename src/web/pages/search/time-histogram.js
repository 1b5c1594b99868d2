/** How the records of a search spread over time. */

import { html } from 'htm/preact';
import { useMemo, useRef } from 'preact/hooks';
import { CountsChart } from '../../components/counts-chart.js';
import { Problem } from '../../components/problem.js';
import { send } from '../../lib/api.js';
import { counted, localTime } from '../../lib/format.js';
import { useLoaded } from '../../lib/load.js';
import { STREAMS } from '../../lib/streams.js';
import { isoOf } from '../../lib/time-range.js';

const BUCKETS = 80;

/**
 * @param {object} props
 * @param {import('./use-search.js').SearchBody & { from: string, to: string }} props.body
 * @param {boolean} props.isStopped
 * @param {(range: import('../../lib/time-range.js').TimeRange) => void} props.onZoom
 */
export function TimeHistogram({ body, isStopped, onZoom }) {
  const counted = useRef({ body, histogram: undefined });
  const { data, error, isLoading } = useLoaded(
    async (signal) => {
      const known = counted.current.body === body ? counted.current.histogram : undefined;
      if (isStopped || known !== undefined) return known;
      const histogram = await send('POST', '/search/histogram', { ...body, buckets: BUCKETS }, { signal });
      counted.current = { body, histogram };
      return histogram;
    },
    [body, isStopped],
  );
  const bars = useMemo(() => data && barsOf(data), [data]);
  const zoomOut = () => {
    const [from, to] = [Date.parse(body.from), Date.parse(body.to)];
    const half = (to - from) / 2;
    onZoom({ quick: '', from: isoOf(from - half), to: isoOf(to + half) });
  };
  return html`
    <${Problem} error=${error} />
    ${
      bars === undefined
        ? html`<p class="hint histogram-place">${isLoading ? 'Counting …' : isStopped ? 'Counting was stopped.' : ''}</p>`
        : html`
            <div class="histogram">
              <${CountsChart}
                ...${bars}
                height=${150}
      label=${labelOf(data)}
                onSelect=${(/** @type {number} */ from, /** @type {number} */ to) =>
                  onZoom({ quick: '', from: isoOf(from), to: isoOf(to) })}
              />
              <button type="button" onClick=${zoomOut}>Zoom out</button>
            </div>
          `
    }
  `;
}

/** @param {{ total: number, complete: boolean, searchedTo?: string }} histogram */
function labelOf({ total, complete, searchedTo }) {
  const records = counted(total, 'record');
  if (complete) return records;
  return searchedTo === undefined
    ? 'Counting timed out.'
    : `At least ${records}: counted back to ${localTime(searchedTo)}`;
}

/** @param {{ widthMs: number, buckets: readonly { from: string, counts: Record<string, number> }[] }} histogram */
function barsOf({ widthMs, buckets }) {
  return {
    widthMs,
    times: buckets.map(({ from }) => Date.parse(from)),
    series: STREAMS.map(({ collection, label }) => ({
      label,
      values: buckets.map(({ counts }) => counts[collection] ?? 0),
    })),
  };
}
