/** That some records hold more values than are indexed, so that a search by an index may miss them. */

import { html } from 'htm/preact';
import { streamLabel } from '../lib/streams.js';

/** @param {{ streams: readonly string[] }} props nothing is shown without */
export function CutNotice({ streams }) {
  if (streams.length === 0) return null;
  return html`
    <div class="note" role="status">
      <p>
        Some records hold more addresses or other indicators than are indexed (${streams.map(streamLabel).join(', ')}). They
        may not be found by their last ones. To look into whole records, which takes longer, search for the value in quotes,
        without the name of a field: "example.org".
      </p>
    </div>
  `;
}
