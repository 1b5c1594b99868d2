/** Narrows a search to records with a value, or to those without it. */

import { html } from 'htm/preact';

/**
 * @param {object} props
 * @param {string | undefined} props.term nothing is shown without
 * @param {(term: string, negated: boolean) => void} props.onTerm
 */
export function FilterButtons({ term, onTerm }) {
  if (term === undefined) return null;
  const label = term.length > 80 ? `${term.slice(0, 80)}…` : term;
  return html`
    <span class="filter-buttons">
      <button type="button" class="quiet" title="Filter for this value" aria-label=${`Only ${label}`} onClick=${() => onTerm(term, false)}>
        +
      </button>
      <button type="button" class="quiet" title="Filter out this value" aria-label=${`Not ${label}`} onClick=${() => onTerm(term, true)}>
        −
      </button>
    </span>
  `;
}
