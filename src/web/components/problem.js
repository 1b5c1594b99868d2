/** What keeps a page from showing (all of) what it should. */

import { html } from 'htm/preact';

/**
 * @param {object} props
 * @param {string | undefined} props.error nothing is shown without
 * @param {() => void} [props.onRetry]
 */
export function Problem({ error, onRetry }) {
  if (error === undefined || error === '') return null;
  return html`
    <div class="problem" role="alert">
      <p>${error}</p>
      ${onRetry === undefined ? null : html`<button type="button" onClick=${onRetry}>Try again</button>`}
    </div>
  `;
}
