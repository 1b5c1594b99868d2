/** The fields of a record, one by one. */

import { html } from 'htm/preact';
import { counted } from '../../lib/format.js';
import { fieldsOf, valueText } from '../../lib/record.js';
import { Foreign } from '../foreign.js';

/** @typedef {import('../../lib/record.js').Field} Field */

/** Of lists that are longer, the JSON has the rest. */
const MOST_FIELDS = 500;
const MOST_CHARACTERS = 2_000;

/**
 * @param {object} props
 * @param {Record<string, unknown>} props.record
 * @param {(field: Field) => import('preact').ComponentChildren} [props.actions] what can be done with a field
 */
export function RecordFields({ record, actions }) {
  const fields = fieldsOf(record);
  const shown = fields.slice(0, MOST_FIELDS);
  return html`
    <table class="record-fields">
      <tbody>
        ${shown.map(
          (field, at) => html`
            <tr key=${at}>
              <th scope="row"><${Foreign} text=${field.path} /></th>
              ${actions === undefined ? null : html`<td class="actions">${actions(field)}</td>`}
              <td><${Value} value=${field.value} /></td>
            </tr>
          `,
        )}
      </tbody>
    </table>
    ${shown.length === fields.length ? null : html`<p class="hint">${counted(fields.length - shown.length, 'more value')}: see the JSON.</p>`}
  `;
}

/** @param {{ value: unknown }} props */
function Value({ value }) {
  if (value === null || value === '') return html`<span class="muted">${value === null ? 'null' : 'empty'}</span>`;
  return html`<${Foreign} text=${valueText(value)} most=${MOST_CHARACTERS} />`;
}
