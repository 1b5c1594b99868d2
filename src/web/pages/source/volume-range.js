/** The time that the chart shows: one of some up to now, or what was zoomed into. */

import { html } from 'htm/preact';
import { setQuery } from '../../lib/router.js';

const RANGES = /** @type {const} */ ([
  ['1h', 'last hour'],
  ['6h', 'last 6 hours'],
  ['24h', 'last 24 hours'],
  ['7d', 'last 7 days'],
  ['30d', 'last 30 days'],
]);

/** @param {{ since: string, until: string }} props */
export function VolumeRange({ since, until }) {
  const known = RANGES.some(([value]) => value === since) && until === '';
  return html`
    <label class="inline">
      Time
      <select
        value=${known ? since : ''}
        onChange=${(/** @type {Event} */ { currentTarget }) =>
          currentTarget instanceof HTMLSelectElement &&
          setQuery({ since: currentTarget.value, until: undefined }, { push: true })}
      >
        ${known ? null : html`<option value="" disabled>as zoomed</option>`}
        ${RANGES.map(([value, text]) => html`<option value=${value} key=${value}>${text}</option>`)}
      </select>
    </label>
  `;
}
