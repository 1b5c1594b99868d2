/** Which sources and collectors have a field, and which fields come onto no record: worked out from what is stored now. */

import { fieldKey } from '../../domain/fields/field-names.js';
import { type FieldSpelling, recordFieldsOf } from '../../domain/fields/record-fields.js';
import type { CollectorDocument } from '../../store/collectors.js';
import type { FieldUse } from '../../store/fields.js';
import type { SourceDocument } from '../../store/sources.js';

/** A field that comes from a source or its collector and onto no record. */
export interface DroppedField {
  /** As the first of the sources writes it. */
  readonly fieldName: string;
  /** Sources on whose records it is missing. */
  readonly sourceIds: readonly number[];
}

/** By their names. */
export function droppedFields(uses: readonly FieldUse[], schema: FieldSpelling): DroppedField[] {
  const dropped = new Map<string, { readonly fieldName: string; readonly sourceIds: number[] }>();
  for (const { sourceId, fields, collectorFields } of uses) {
    for (const fieldName of recordFieldsOf(fields, collectorFields, schema).dropped) {
      const known = dropped.get(fieldKey(fieldName));
      if (known === undefined) dropped.set(fieldKey(fieldName), { fieldName, sourceIds: [sourceId] });
      else known.sourceIds.push(sourceId);
    }
  }
  return [...dropped.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, field]) => field);
}

/** Those that have the field, in words. */
export function usersOf(
  fieldName: string,
  collectors: readonly CollectorDocument[],
  sources: readonly SourceDocument[],
): string[] {
  const has = (fields: unknown) => Object.keys(fields ?? {}).some((name) => fieldKey(name) === fieldKey(fieldName));
  return [
    ...collectors.filter(({ fields }) => has(fields)).map(({ _id, name }) => `collector "${name}" (${_id})`),
    ...sources.filter(({ config }) => has(config.fields)).map(({ _id, name }) => `source "${name}" (${_id})`),
  ];
}
