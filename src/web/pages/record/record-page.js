/** A record: the story of its message, and what its source collected around it. */

import { html } from 'htm/preact';
import { address } from '../../lib/router.js';
import { Around } from './around.js';
import { Story } from './story.js';

/** @param {{ collection: string, id: string }} props */
export function RecordPage({ collection, id }) {
  const { path, query } = address.value;
  const around = query.get('around');
  const link = (/** @type {string} */ href, /** @type {boolean} */ isCurrent, /** @type {string} */ label) =>
    html`<li><a href=${href} aria-current=${isCurrent ? 'page' : undefined}>${label}</a></li>`;
  const record = { collection, id };
  return html`
    <nav class="views" aria-label="Views of the record">
      <ul>
        ${link(path, around === null, 'Story of the message')}
        ${link(`${path}?around=5`, around !== null, 'Around this record')}
      </ul>
    </nav>
    ${
      around === null
        ? html`<${Story} ...${record} />`
        : html`<${Around} ...${record} minutes=${Math.min(1_440, Math.max(1, Number.parseInt(around, 10) || 5))} />`
    }
  `;
}
