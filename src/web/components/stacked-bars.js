/** Counts over time as stacked bars; dragging over some of them chooses their time. */

import { html } from 'htm/preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { count, localTime } from '../lib/format.js';
import { drawBars } from './stacked-bars-canvas.js';

/**
 * @typedef {object} Series
 * @property {string} name
 * @property {string} label
 * @property {readonly number[]} counts one for each bucket
 *
 * @typedef {object} Bars
 * @property {string} label what is counted
 * @property {readonly number[]} starts of the buckets, epoch milliseconds
 * @property {number} widthMs of each
 * @property {readonly Series[]} series
 */

/** Colors that can be told apart; what is left over shares the last one. */
const MOST_SERIES = 7;
const HEIGHT = 150;

/** @param {Bars & { onZoom?: (from: number, to: number) => void }} props */
export function StackedBars({ label, starts, widthMs, series, onZoom }) {
  const box = useRef(/** @type {HTMLDivElement | null} */ (null));
  const legend = useRef(/** @type {HTMLUListElement | null} */ (null));
  const [hovered, setHovered] = useState(/** @type {number | undefined} */ (undefined));
  const zoom = useRef(onZoom);
  zoom.current = onZoom;
  const shown = grouped(series);
  const colorsOf = () =>
    [...(legend.current?.querySelectorAll('.bars-swatch') ?? [])].map(
      (swatch) => getComputedStyle(swatch).backgroundColor,
    );
  useEffect(() => {
    if (box.current === null) return undefined;
    return drawBars(box.current, {
      height: HEIGHT,
      starts,
      widthMs,
      counts: shown.map(({ counts }) => counts),
      colorsOf,
      onHover: setHovered,
      onZoom: (from, to) => zoom.current?.(from, to),
    });
  }, [starts, widthMs, series]);
  return html`
    <figure class="bars">
      <figcaption class="row spread">
        <span>${hovered === undefined ? label : bucketText(starts[hovered] ?? 0, widthMs, shown, hovered)}</span>
      </figcaption>
      <div class="bars-canvas" ref=${box} aria-hidden="true"></div>
      <ul class="bars-legend" ref=${legend}>
        ${shown.map(
          (one, at) => html`
            <li key=${one.name}><span class="bars-swatch bars-${at}"></span>${one.label} <b>${count(sum(one.counts))}</b></li>
          `,
        )}
      </ul>
      <${AsTable} label=${label} starts=${starts} series=${shown} />
    </figure>
  `;
}

/** @param {{ label: string, starts: readonly number[], series: readonly Series[] }} props */
function AsTable({ label, starts, series }) {
  const [isOpen, setOpen] = useState(false);
  const filled = starts.map((start, at) => ({ start, at })).filter(({ at }) => series.some(({ counts }) => counts[at]));
  return html`
    <details onToggle=${(/** @type {Event} */ { target }) => setOpen(target instanceof HTMLDetailsElement && target.open)}>
      <summary>As a table</summary>
      ${
        isOpen
          ? html`
              <div class="scroll" tabindex="0" role="region" aria-label=${label}>
                <table>
                  <thead>
                    <tr><th>From</th>${series.map((one) => html`<th class="number" key=${one.name}>${one.label}</th>`)}</tr>
                  </thead>
                  <tbody>
                    ${filled.map(
                      ({ start, at }) => html`
                        <tr key=${start}>
                          <td>${localTime(start)}</td>
                          ${series.map((one) => html`<td class="number" key=${one.name}>${count(one.counts[at] ?? 0)}</td>`)}
                        </tr>
                      `,
                    )}
                  </tbody>
                </table>
              </div>
            `
          : null
      }
    </details>
  `;
}

/** The largest ones, and the others together. @param {readonly Series[]} series @returns {readonly Series[]} */
function grouped(series) {
  const filled = series.filter(({ counts }) => counts.some((one) => one > 0));
  if (filled.length <= MOST_SERIES) return filled;
  const bySize = [...filled].sort((a, b) => sum(b.counts) - sum(a.counts));
  const largest = new Set(bySize.slice(0, MOST_SERIES - 1));
  const others = filled.filter((one) => !largest.has(one));
  const counts = (others[0]?.counts ?? []).map((_, at) => sum(others.map((one) => one.counts[at] ?? 0)));
  return [...filled.filter((one) => largest.has(one)), { name: '', label: `${others.length} others`, counts }];
}

/** @param {number} start @param {number} widthMs @param {readonly Series[]} series @param {number} at */
function bucketText(start, widthMs, series, at) {
  const parts = series
    .filter(({ counts }) => counts[at])
    .map(({ label, counts }) => `${label} ${count(counts[at] ?? 0)}`);
  return `${localTime(start)} to ${localTime(start + widthMs)}: ${parts.join(', ') || 'none'}`;
}

/** @param {readonly number[]} numbers */
function sum(numbers) {
  return numbers.reduce((all, one) => all + one, 0);
}
