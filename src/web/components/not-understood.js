/** Entries of a list that are not indicators, and why. */

import { html } from 'htm/preact';
import { count, counted } from '../lib/format.js';
import { Foreign } from './foreign.js';

/**
 * @typedef {object} Strange
 * @property {number} line
 * @property {string} text
 * @property {string} reason
 */

/** @param {{ entries: readonly Strange[], total: number }} props */
export function NotUnderstood({ entries, total }) {
  if (total === 0) return null;
  return html`
    <details class="note" open=${total <= 5}>
      <summary>Not understood: ${counted(total, 'entry', 'entries')}</summary>
      <div class="scroll" tabindex="0" role="region" aria-label="Entries that were not understood">
        <table>
          <thead>
            <tr><th class="number">Line</th><th>Entry</th><th>Why</th></tr>
          </thead>
          <tbody>
            ${entries.map(
              ({ line, text, reason }, at) => html`
                <tr key=${at}>
                  <td class="number">${line}</td>
                  <td class="code"><${Foreign} text=${text} /></td>
                  <td><${Foreign} text=${reason} /></td>
                </tr>
              `,
            )}
          </tbody>
        </table>
      </div>
      ${entries.length < total ? html`<p class="hint">The first ${count(entries.length)} are shown.</p>` : null}
    </details>
  `;
}
