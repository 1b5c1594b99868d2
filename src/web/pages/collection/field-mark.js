/** The green check or the orange exclamation mark of a field. */

import { html } from 'htm/preact';
import { Icon } from '../../components/icon.js';

const MEANING = /** @type {const} */ ({
  exists: 'This field exists in the Fields table schema.',
  missing: 'This field does not exist in the Fields table schema: its values are dropped.',
  disabled: 'This field is disabled in the Fields table schema: its values are dropped.',
});

/** @param {{ state: import('./field-schema.js').FieldState | undefined }} props nothing is shown before the schema is known */
export function FieldMark({ state }) {
  if (state === undefined) return null;
  return html`<${Icon} name=${state === 'exists' ? 'check' : 'warning'} label=${MEANING[state]} />`;
}
