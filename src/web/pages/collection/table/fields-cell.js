/** The fields of a source or collector, each with whether it comes onto records. */

import { html } from 'htm/preact';
import { FieldMark } from '../field-mark.js';
import { SIEM_FORWARD } from '../field-schema.js';

/**
 * @param {object} props
 * @param {Record<string, unknown>} props.fields
 * @param {import('../field-schema.js').FieldStates | undefined} props.schema
 */
export function FieldsCell({ fields, schema }) {
  const { [SIEM_FORWARD]: forward, ...own } = fields;
  const isForwarded = forward === true || forward === 'true';
  const all = Object.entries(own);
  if (all.length === 0 && !isForwarded) return html`<span class="none">–</span>`;
  return html`
    <ul class="fields">
      ${isForwarded ? html`<li key="siem"><span class="badge">Forward to SIEM</span></li>` : null}
      ${all.map(
        ([name, value]) => html`
          <li key=${name}>
            <${FieldMark} state=${schema?.(name)} />
            <span class="foreign">${name}=${String(value)}</span>
          </li>
        `,
      )}
    </ul>
  `;
}
