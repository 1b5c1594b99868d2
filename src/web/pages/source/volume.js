/** Stored records over time, by stream. Range and streams stand in the address. */

import { html } from 'htm/preact';
import { useMemo } from 'preact/hooks';
import { CountsChart } from '../../components/counts-chart.js';
import { Problem } from '../../components/problem.js';
import { get } from '../../lib/api.js';
import { duration } from '../../lib/format.js';
import { useLoaded } from '../../lib/load.js';
import { address, setQuery } from '../../lib/router.js';
import { isoOf } from '../../lib/time-range.js';
import { Section } from './section.js';
import { VolumeRange } from './volume-range.js';

const RELOAD_MS = 30_000;
const BUCKETS = 96;

/** @typedef {{ from: string, to: string, widthMs: number, streams: { stream: string, counts?: number[] }[] }} VolumeAnswer */

/** @param {{ path: string }} props */
export function Volume({ path }) {
  const { query } = address.value;
  const [since, until] = [query.get('since') ?? '24h', query.get('until') ?? ''];
  const asked = new URLSearchParams({ since, ...(until === '' ? {} : { until }), buckets: String(BUCKETS) });
  /** @type {import('../../lib/load.js').Loaded<VolumeAnswer>} */
  const { data, error, reload } = useLoaded(
    (signal) => get(`${path}/volume?${asked}`, { signal }),
    [path, since, until],
    {
      everyMs: until === '' ? RELOAD_MS : 10 * RELOAD_MS,
    },
  );
  const series = useMemo(() => seriesOf(data), [data]);
  const isEmpty = series.every(({ values }) => values.every((value) => value === 0));
  const times = useMemo(() => timesOf(data), [data]);
  const uncounted = data?.streams.filter(({ counts }) => counts === undefined).map(({ stream }) => stream) ?? [];
  return html`
    <${Section} id="volume" title="Volume" actions=${html`<${VolumeRange} since=${since} until=${until} />`}>
      <${Problem} error=${error} onRetry=${reload} />
      ${
        uncounted.length === 0
          ? null
          : html`<p class="warn">
              Counting took too long, and these streams are not shown: ${uncounted.join(', ')}. Choose a shorter time.
            </p>`
      }
      ${
        data === undefined
          ? error === undefined && html`<p role="status">Loading…</p>`
          : html`
              ${isEmpty ? html`<p class="muted">No records in this time.</p>` : null}
              <${CountsChart}
                label=${`Records per ${duration(data.widthMs)}, by their own time`}
                times=${times}
                widthMs=${data.widthMs}
                series=${series}
                onSelect=${(/** @type {number} */ from, /** @type {number} */ to) =>
                  setQuery({ since: isoOf(from), until: isoOf(to) }, { push: true })}
              />
            `
      }
    <//>
  `;
}

/** @param {VolumeAnswer | undefined} data */
function seriesOf(data) {
  return (data?.streams ?? []).map(({ stream, counts = [] }) => ({ label: stream, values: counts }));
}

/** @param {VolumeAnswer | undefined} data */
function timesOf(data) {
  if (data === undefined) return [];
  const { from, to, widthMs } = data;
  const size = Math.ceil((Date.parse(to) - Date.parse(from)) / widthMs);
  return Array.from({ length: size }, (_, index) => Date.parse(from) + index * widthMs);
}
