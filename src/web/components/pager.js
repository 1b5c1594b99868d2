/** Moves through a long list page by page, newest first; where it is stands in the address. */

import { html } from 'htm/preact';
import { address, setQuery } from '../lib/router.js';

/** @param {string} name of the list in the address @returns {string | undefined} token of the page that is shown */
export function pageToken(name) {
  return address.value.query.get(name) ?? undefined;
}

/**
 * Its buttons stay where they are, so that the focus does, too.
 *
 * @param {object} props
 * @param {string} props.name of the list in the address
 * @param {string} props.label what the list is of
 * @param {string | undefined} props.next token of the page behind this one
 */
export function Pager({ name, label, next }) {
  const current = pageToken(name);
  if (current === undefined && next === undefined) return null;
  return html`
    <nav class="row" aria-label=${`Pages of ${label}`}>
      <button
        type="button"
        aria-disabled=${current === undefined}
        onClick=${() => current !== undefined && setQuery({ [name]: undefined }, { push: true })}
      >
        Newest
      </button>
      <button
        type="button"
        aria-disabled=${next === undefined}
        onClick=${() => next !== undefined && setQuery({ [name]: next }, { push: true })}
      >
        Older
      </button>
    </nav>
  `;
}
