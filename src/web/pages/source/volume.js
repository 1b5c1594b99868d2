/** Stored records over time, by stream. Range and streams stand in the address. */

import { html } from 'htm/preact';
import { useMemo } from 'preact/hooks';
import { Chart, colorClass } from '../../components/chart.js';
import { Problem } from '../../components/problem.js';
import { get } from '../../lib/api.js';
import { count, duration } from '../../lib/format.js';
import { useLoaded } from '../../lib/load.js';
import { address, setQuery } from '../../lib/router.js';
import { Section } from './section.js';
import { VolumeRange } from './volume-range.js';

const RELOAD_MS = 30_000;
const BUCKETS = 96;

/** @typedef {{ from: string, to: string, widthMs: number, streams: { stream: string, counts?: number[] }[] }} VolumeAnswer */

/** @param {{ path: string }} props */
export function Volume({ path }) {
  const { query } = address.value;
  const [since, until] = [query.get('since') ?? '24h', query.get('until') ?? ''];
  const hidden = query.get('hidden')?.split(',') ?? [];
  const asked = new URLSearchParams({ since, ...(until === '' ? {} : { until }), buckets: String(BUCKETS) });
  /** @type {import('../../lib/load.js').Loaded<VolumeAnswer>} */
  const { data, error, reload } = useLoaded(
    (signal) => get(`${path}/volume?${asked}`, { signal }),
    [path, since, until],
    {
      everyMs: until === '' ? RELOAD_MS : 10 * RELOAD_MS,
    },
  );
  const all = useMemo(() => seriesOf(data), [data]);
  const hiddenText = hidden.join(',');
  const series = useMemo(() => all.filter(({ label }) => !hiddenText.split(',').includes(label)), [all, hiddenText]);
  const times = useMemo(() => timesOf(data), [data]);
  const uncounted = data?.streams.filter(({ counts }) => counts === undefined).map(({ stream }) => stream) ?? [];
  const toggle = (/** @type {string} */ label) => {
    const rest = hidden.includes(label) ? hidden.filter((name) => name !== label) : [...hidden, label];
    setQuery({ hidden: rest.join(',') });
  };
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
              <ul class="row legend" aria-label="Streams in the chart">
                ${all.map(
                  ({ label, color, values }) => html`
                    <li key=${label}>
                      <button type="button" aria-pressed=${!hidden.includes(label)} onClick=${() => toggle(label)}>
                        <span class=${`swatch ${colorClass(color)}`}></span>
                        ${label} <span class="muted">${count(values.reduce((a, b) => a + b, 0))}</span>
                      </button>
                    </li>
                  `,
                )}
              </ul>
              ${all.length === 0 ? html`<p class="muted">No records in this time.</p>` : null}
              <${Chart}
                label=${`Records per ${duration(data.widthMs)}`}
                times=${times}
                widthMs=${data.widthMs}
                series=${series}
                onSelect=${(/** @type {number} */ from, /** @type {number} */ to) =>
                  setQuery({ since: new Date(from).toISOString(), until: new Date(to).toISOString() }, { push: true })}
              />
              <p class="hint">By the time of the records, one bar for ${duration(data.widthMs)}. Drag to zoom.</p>
            `
      }
    <//>
  `;
}

/** Those without records are left out; each keeps its color. @param {VolumeAnswer | undefined} data */
function seriesOf(data) {
  return (data?.streams ?? []).flatMap(({ stream, counts }, color) =>
    counts?.some((value) => value > 0) ? [{ label: stream, color, values: counts }] : [],
  );
}

/** @param {VolumeAnswer | undefined} data */
function timesOf(data) {
  if (data === undefined) return [];
  const { from, to, widthMs } = data;
  const size = Math.ceil((Date.parse(to) - Date.parse(from)) / widthMs);
  return Array.from({ length: size }, (_, index) => Date.parse(from) + index * widthMs);
}
