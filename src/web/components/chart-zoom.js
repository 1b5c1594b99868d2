/** Zooms into a chart without dragging: by keyboard, or on a touch screen. */

import { html } from 'htm/preact';
import { useId, useState } from 'preact/hooks';
import { localTime } from '../lib/format.js';

/**
 * @param {object} props
 * @param {readonly number[]} props.times beginning of each bar, epoch milliseconds
 * @param {number} props.widthMs length of each bar in time
 * @param {(from: number, to: number) => void} props.onSelect epoch milliseconds
 */
export function ChartZoom({ times, widthMs, onSelect }) {
  const id = useId();
  const last = times.length - 1;
  const [first, setFirst] = useState(0);
  const [final, setFinal] = useState(Number.POSITIVE_INFINITY);
  // There may be fewer bars than when they were chosen.
  const [from, to] = [Math.min(first, last), Math.min(final, last)];
  const zoom = (/** @type {Event} */ event) => {
    event.preventDefault();
    const [begin = 0, end = 0] = [times[Math.min(from, to)], times[Math.max(from, to)]];
    setFirst(0);
    setFinal(Number.POSITIVE_INFINITY);
    onSelect(begin, end + widthMs);
  };
  if (times.length === 0) return null;
  return html`
    <details class="zoom">
      <summary>Zoom without dragging</summary>
      <form class="row" aria-describedby=${id} onSubmit=${zoom}>
        <${Bar} label="First bar" at=${from} last=${last} shown=${localTime(times[from] ?? 0)} help=${id} onMove=${setFirst} />
        <${Bar} label="Last bar" at=${to} last=${last} shown=${localTime((times[to] ?? 0) + widthMs)} help=${id} onMove=${setFinal} />
        <button type="submit">Zoom in</button>
        <p class="hint" id=${id}>Arrow keys move by a bar, Page Up and Page Down by more, Home and End to the ends; Enter zooms in.</p>
      </form>
    </details>
  `;
}

/**
 * @param {object} props
 * @param {string} props.label
 * @param {number} props.at number of the bar
 * @param {number} props.last
 * @param {string} props.shown its time
 * @param {string} props.help id of what explains the keys
 * @param {(bar: number) => void} props.onMove
 */
function Bar({ label, at, last, shown, help, onMove }) {
  const id = useId();
  return html`
    <label class="inline" for=${id}>${label}</label>
    <input
      type="range"
      id=${id}
      min="0"
      max=${last}
      value=${at}
      aria-valuetext=${shown}
      aria-describedby=${help}
      onInput=${(/** @type {Event} */ { currentTarget }) =>
        currentTarget instanceof HTMLInputElement && onMove(currentTarget.valueAsNumber)}
    />
    <output for=${id}>${shown}</output>
  `;
}
