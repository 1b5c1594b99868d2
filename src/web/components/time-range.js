/** Choosing a range of time: a quick one, or one between two times. */

import { html } from 'htm/preact';
import { useEffect, useState } from 'preact/hooks';
import { isoOf, limitsOf, localInput, QUICK_RANGES } from '../lib/time-range.js';

/** @typedef {import('../lib/time-range.js').TimeRange} TimeRange */

/**
 * @param {object} props
 * @param {TimeRange} props.range
 * @param {(range: TimeRange) => void} props.onChange
 */
export function TimeRangePicker({ range, onChange }) {
  const [isAbsolute, setAbsolute] = useState(range.quick === '');
  useEffect(() => setAbsolute(range.quick === ''), [range.quick, range.from, range.to]);
  const choose = (/** @type {Event} */ { currentTarget }) => {
    if (!(currentTarget instanceof HTMLSelectElement)) return;
    if (currentTarget.value === '') setAbsolute(true);
    else onChange({ quick: currentTarget.value });
  };
  return html`
    <label class="inline">
      Time
      <select value=${isAbsolute ? '' : range.quick} onChange=${choose}>
        ${QUICK_RANGES.map(({ name, label }) => html`<option key=${name} value=${name}>${label}</option>`)}
        <option value="">From … to …</option>
      </select>
    </label>
    ${isAbsolute ? html`<${Absolute} range=${range} onChange=${onChange} />` : null}
  `;
}

/** @param {Parameters<typeof TimeRangePicker>[0]} props */
function Absolute({ range, onChange }) {
  const given = limitsOf(range, Date.now());
  const [from, setFrom] = useState(localInput(given.from));
  const [to, setTo] = useState(localInput(given.to));
  useEffect(() => {
    if (range.quick !== '') return;
    setFrom(localInput(range.from));
    setTo(localInput(range.to));
  }, [range.from, range.to]);
  const isWrong = from !== '' && to !== '' && from >= to;
  const apply = () => {
    const limits = { ...(from && { from: isoOfLocal(from) }), ...(to && { to: isoOfLocal(to) }) };
    onChange(from === '' && to === '' ? { quick: 'all' } : { quick: '', ...limits });
  };
  const input =
    (/** @type {(text: string) => void} */ set) =>
    (/** @type {Event} */ { currentTarget }) =>
      currentTarget instanceof HTMLInputElement && set(currentTarget.value);
  return html`
    <label class="inline">
      From <input type="datetime-local" step="1" value=${from} onInput=${input(setFrom)} />
    </label>
    <label class="inline">
      To <input type="datetime-local" step="1" value=${to} aria-invalid=${isWrong} onInput=${input(setTo)} />
    </label>
    <button type="button" disabled=${isWrong} onClick=${apply}>Apply</button>
  `;
}

/** @param {string} local */
function isoOfLocal(local) {
  return isoOf(new Date(local).getTime());
}
