/** Everything of one record, below its row. */

import { html } from 'htm/preact';
import { useState } from 'preact/hooks';
import { RecordFields } from '../../components/record/record-fields.js';
import { RecordJson } from '../../components/record/record-json.js';
import { termOf } from '../../lib/query-text.js';
import { recordHref } from '../../lib/record.js';
import { FilterButtons } from './filter-buttons.js';

/**
 * @param {object} props
 * @param {import('../../lib/record.js').FoundRecord} props.record
 * @param {readonly string[]} props.columns
 * @param {(columns: readonly string[]) => void} props.onColumns
 * @param {(term: string, negated: boolean) => void} props.onTerm
 */
export function ResultDetails({ record, columns, onColumns, onTerm }) {
  const [isJson, setJson] = useState(false);
  const actions = (/** @type {import('../../lib/record.js').Field} */ { path, value, isSearchable }) =>
    isSearchable
      ? html`
          <${FilterButtons} term=${isSearchable ? termOf(path, value) : undefined} onTerm=${onTerm} />
          ${
            columns.includes(path)
              ? null
              : html`
                  <button
                    type="button"
                    class="quiet"
                    title="Show as a column"
                    aria-label=${`Add the column ${path}`}
                    onClick=${() => onColumns([...columns, path])}
                  >
                    ▥
                  </button>
                `
          }
        `
      : null;
  return html`
    <div class="stack">
      <div class="row">
        <a class="button" href=${recordHref(record)}>Story of the message</a>
        <a class="button" href=${`${recordHref(record)}?around=5`}>Around this record ± 5 minutes</a>
        <button type="button" aria-pressed=${isJson} onClick=${() => setJson(!isJson)}>JSON</button>
      </div>
      ${
        isJson
          ? html`<${RecordJson} record=${record} />`
          : html`<${RecordFields} record=${record.record} actions=${actions} />`
      }
    </div>
  `;
}
