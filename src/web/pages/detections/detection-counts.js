/** How many detections there were over time. */

import { html } from 'htm/preact';
import { useMemo } from 'preact/hooks';
import { CountsChart } from '../../components/counts-chart.js';
import { Problem } from '../../components/problem.js';
import { get } from '../../lib/api.js';
import { counted } from '../../lib/format.js';
import { useLoaded } from '../../lib/load.js';
import { setQuery } from '../../lib/router.js';
import { streamLabel } from '../../lib/streams.js';
import { isoOf } from '../../lib/time-range.js';
import { KINDS, SEVERITIES } from './detections-state.js';

/**
 * @typedef {object} Counts
 * @property {string} since
 * @property {string} until
 * @property {number} widthMs
 * @property {readonly { time: string, kind: string, severity: string, count: number }[]} counts
 * @property {readonly string[]} uncounted
 */

/**
 * @param {object} props
 * @param {Record<string, string>} props.query
 * @param {'severity' | 'kind'} props.by
 * @param {boolean} props.isNarrower whether the list has filters that counts cannot have
 */
export function DetectionCounts({ query, by, isNarrower }) {
  const isBounded = query.since !== undefined;
  const { data, error, isLoading } = useLoaded(
    async (signal) => (isBounded ? get(`/detections/counts?${new URLSearchParams(query)}`, { signal }) : undefined),
    [query],
  );
  const bars = useMemo(() => data && barsOf(data, by), [data, by]);
  if (!isBounded) return html`<p class="hint">Choose a start time to see counts over time.</p>`;
  if (bars === undefined)
    return html`<${Problem} error=${error} />${isLoading ? html`<p class="hint histogram-place">Counting …</p>` : null}`;
  return html`
    <${Problem} error=${error} />
    <${CountsChart}
      ...${bars}
      height=${150}
      label=${labelOf(data, isNarrower)}
      onSelect=${(/** @type {number} */ from, /** @type {number} */ to) =>
        setQuery({ range: undefined, from: isoOf(from), to: isoOf(to) }, { push: true })}
    />
  `;
}

/** @param {Counts} counts @param {boolean} isNarrower */
function labelOf({ counts, uncounted }, isNarrower) {
  const total = counts.reduce((sum, one) => sum + one.count, 0);
  const missing =
    uncounted.length === 0 ? '' : `, without ${uncounted.map(streamLabel).join(', ')}: counting timed out`;
  const wider = isNarrower ? ' (action and text filters not applied)' : '';
  return `${counted(total, 'detection')}${wider}${missing}`;
}

/**
 * Red for the worst, then orange, yellow, blue and gray: numbers of the chart's colors.
 *
 * @type {Readonly<Record<string, number>>}
 */
const SEVERITY_COLORS = { critical: 3, high: 1, medium: 8, low: 0, informational: 7 };

/** @param {Counts} counts @param {'severity' | 'kind'} by */
function barsOf({ since, until, widthMs, counts }, by) {
  const [first] = counts;
  const offset = first === undefined ? 0 : Date.parse(first.time) % widthMs;
  const begin = Math.floor((Date.parse(since) - offset) / widthMs) * widthMs + offset;
  const length = Math.max(1, Math.ceil((Date.parse(until) - begin) / widthMs));
  const times = Array.from({ length }, (_, at) => begin + at * widthMs);
  const series = (by === 'kind' ? KINDS : SEVERITIES).map(({ name, label }) => {
    const values = times.map(() => 0);
    for (const one of counts) {
      const at = Math.round((Date.parse(one.time) - begin) / widthMs);
      if (one[by] === name) values[at] = (values[at] ?? 0) + one.count;
    }
    return { label, values, ...(by === 'kind' ? {} : { color: SEVERITY_COLORS[name] }) };
  });
  return { widthMs, times, series };
}
