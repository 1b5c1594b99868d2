/** A chart of counts over time with its legend: each series can be hidden, which the address keeps. */

import { html } from 'htm/preact';
import { useMemo } from 'preact/hooks';
import { count } from '../lib/format.js';
import { address, setQuery } from '../lib/router.js';
import { Chart, colorClass } from './chart.js';
import { ChartZoom } from './chart-zoom.js';

/**
 * @param {object} props
 * @param {string} props.label what is counted
 * @param {readonly number[]} props.times beginning of each bar, epoch milliseconds
 * @param {number} props.widthMs length of each bar in time
 * @param {readonly { label: string, values: readonly number[], color?: number }[]} props.series those without counts are left out; each keeps its color, by default that of its place
 * @param {number} [props.height] pixels
 * @param {(from: number, to: number) => void} props.onSelect a range was selected; epoch milliseconds
 */
export function CountsChart({ label, times, widthMs, series, height, onSelect }) {
  const hidden = address.value.query.getAll('hidden');
  const filled = useMemo(
    () =>
      series.flatMap(({ label, values, color }, place) => {
        const total = values.reduce((sum, value) => sum + value, 0);
        return total > 0 ? [{ label, color: color ?? place, values, total }] : [];
      }),
    [series],
  );
  const hiddenText = JSON.stringify(hidden);
  const drawn = useMemo(() => filled.filter(({ label }) => !hidden.includes(label)), [filled, hiddenText]);
  const toggle = (/** @type {string} */ name) =>
    setQuery({ hidden: hidden.includes(name) ? hidden.filter((one) => one !== name) : [...hidden, name] });
  return html`
    <figure class="counts">
      <figcaption>${label}</figcaption>
      <ul class="row legend" aria-label="Shown in the chart">
        ${filled.map(
          ({ label: name, color, total }) => html`
            <li key=${name}>
              <button type="button" aria-pressed=${!hidden.includes(name)} onClick=${() => toggle(name)}>
                <span class=${`swatch ${colorClass(color)}`}></span>
                ${name} <span class="muted">${count(total)}</span>
              </button>
            </li>
          `,
        )}
      </ul>
      <${Chart} label=${label} times=${times} widthMs=${widthMs} series=${drawn} height=${height} onSelect=${onSelect} />
      <p class="hint">Drag over the chart to zoom.</p>
      <${ChartZoom} times=${times} widthMs=${widthMs} onSelect=${onSelect} />
    </figure>
  `;
}
