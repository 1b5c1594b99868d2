/** The built-in fields as the API shows them. */

import { BUILTIN_FIELDS, SIEM_FORWARD } from '../../domain/fields/field-names.js';
import type { FieldDocument } from '../../store/fields.js';

/** As the API shows it. */
export type Field = Pick<FieldDocument, 'fieldName' | 'dataType' | 'state'> & { readonly fieldId: string };

/** Their ids are their places in the list, so that they never change; those of other fields are random. */
export const BUILTIN: readonly Field[] = BUILTIN_FIELDS.map((fieldName, at) => ({
  fieldName,
  fieldId: (at + 1).toString(16).toUpperCase().padStart(16, '0'),
  dataType: fieldName === SIEM_FORWARD ? 'Boolean' : 'String',
  state: 'Enabled',
}));

export function builtinOf(fieldId: string): Field | undefined {
  return BUILTIN.find((field) => field.fieldId === fieldId.toUpperCase());
}
