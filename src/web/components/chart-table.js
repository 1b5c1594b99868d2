/** What a chart shows, as numbers. It is made when it is opened. */

import { html } from 'htm/preact';
import { useState } from 'preact/hooks';
import { count } from '../lib/format.js';
import { Time } from './time.js';

/**
 * @param {object} props
 * @param {string} props.label
 * @param {readonly number[]} props.times epoch milliseconds
 * @param {readonly import('./chart.js').Series[]} props.series
 */
export function ChartTable({ label, times, series }) {
  const [isOpen, setOpen] = useState(false);
  const rows = times.flatMap((time, index) => {
    const values = series.map(({ values }) => values[index] ?? 0);
    return values.some((value) => value > 0) ? [{ time, values }] : [];
  });
  return html`
    <details
      onToggle=${(/** @type {Event} */ { currentTarget }) =>
        setOpen(currentTarget instanceof HTMLDetailsElement && currentTarget.open)}
    >
      <summary>As a table</summary>
      ${
        !isOpen
          ? null
          : rows.length === 0
            ? html`<p class="muted">Nothing in this time.</p>`
            : html`
                <div class="scroll tall" role="region" tabindex="0" aria-label=${`${label}, as a table`}>
                  <table>
                    <thead>
                      <tr>
                        <th scope="col">From</th>
                        ${series.map(({ label }) => html`<th scope="col" class="number" key=${label}>${label}</th>`)}
                      </tr>
                    </thead>
                    <tbody>
                      ${rows.map(
                        ({ time, values }) => html`
                          <tr key=${time}>
                            <th scope="row"><${Time} at=${time} /></th>
                            ${values.map((value, index) => html`<td class="number" key=${index}>${count(value)}</td>`)}
                          </tr>
                        `,
                      )}
                    </tbody>
                  </table>
                </div>
              `
      }
    </details>
  `;
}
