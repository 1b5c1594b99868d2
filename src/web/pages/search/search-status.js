/** How far a search has come. */

import { html } from 'htm/preact';
import { counted, localTime } from '../../lib/format.js';
import { MOST_SHOWN } from './use-search.js';

/** @param {{ results: import('./use-search.js').Results, onGoOn: () => void }} props */
export function SearchStatus({ results, onGoOn }) {
  const { phase } = results;
  return html`
    <div class="row">
      <p class=${`search-status ${phase === 'late' ? 'warn' : ''}`} role="status">${textOf(results)}</p>
      ${
        (phase === 'late' || phase === 'stopped') && results.records.length < MOST_SHOWN
          ? html`<button type="button" onClick=${onGoOn}>Continue</button>`
          : null
      }
    </div>
  `;
}

/** @param {import('./use-search.js').Results} results */
function textOf({ phase, records, searchedTo }) {
  const found = counted(records.length, 'record');
  const reach = searchedTo === undefined ? '' : ` Searched back to ${localTime(searchedTo)}.`;
  switch (phase) {
    case 'running':
      return `Searching … ${found} so far.${reach}`;
    case 'all':
      return records.length === 0 ? 'No record matches.' : `${found}: all that match.`;
    case 'more':
      return `The newest ${found}.`;
    case 'late':
      return `Time is up: ${found} so far.${reach || ' No part of the range was fully searched.'}`;
    case 'stopped':
      return `Stopped: ${found} so far.${reach}`;
    case 'failed':
      return `${found} before the error.${reach}`;
  }
}
