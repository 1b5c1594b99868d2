/** A record in a line: the fields that tell it apart. */

import { html } from 'htm/preact';
import { tellingFields, valueText } from '../../lib/record.js';
import { Foreign } from '../foreign.js';

/** @param {{ record: Record<string, unknown> }} props */
export function RecordLine({ record }) {
  return html`
    <span class="record-line">
      ${tellingFields(record).map(
        ({ path, value }, at) => html`
          <span key=${at}><span class="muted"><${Foreign} text=${path} />: </span><${Foreign} text=${valueText(value)} most=${120} /></span>
        `,
      )}
    </span>
  `;
}
