/** A record's JSON. */

import { html } from 'htm/preact';
import { useState } from 'preact/hooks';
import { messageOf } from '../../lib/api.js';
import { counted } from '../../lib/format.js';
import { tellDone, tellFailed } from '../../lib/notices.js';
import { seenJson } from '../../lib/unseen.js';

/** @typedef {import('../../lib/record.js').FoundRecord} FoundRecord */

const MOST_SHOWN = 50_000;
/** @param {{ record: FoundRecord }} props */
export function RecordJson({ record }) {
  const [isWhole, setWhole] = useState(false);
  const text = seenJson(JSON.stringify(record.record, null, 2));
  const shown = isWhole ? text : text.slice(0, MOST_SHOWN);
  const copy = () =>
    navigator.clipboard
      .writeText(text)
      .then(() => tellDone('The JSON was copied.'))
      .catch((error) => tellFailed(`The JSON could not be copied: ${messageOf(error)}`));
  return html`
    <div class="stack">
      <div class="row">
        <button type="button" onClick=${copy}>Copy JSON</button>
        <a href="/api/v1/records/${encodeURIComponent(record.collection)}/${record.id}" target="_blank">Open as JSON</a>
      </div>
      <pre class="record-json" tabindex="0" role="region" aria-label="JSON of the record">${shown}</pre>
      ${
        shown.length === text.length
          ? null
          : html`<button type="button" onClick=${() => setWhole(true)}>Show all ${counted(text.length, 'character')}</button>`
      }
    </div>
  `;
}
