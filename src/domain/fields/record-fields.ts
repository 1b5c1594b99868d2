/** The fields of a source as they come onto its records: with those of its collector, as far as the schema knows them. */

import { fieldKey, needsNoSchema, SIEM_FORWARD } from './field-names.js';

/** As they are configured, of a source or a collector. */
export type GivenFields = Readonly<Record<string, unknown>> | null | undefined;

/** The enabled fields of the schema: their spelling by their key. */
export type FieldSpelling = ReadonlyMap<string, string>;

export interface RecordFields {
  /** Spelt as in the schema. */
  readonly fields: Readonly<Record<string, string>>;
  readonly siemForward: boolean;
  /** Names whose values are not kept, as they were written. */
  readonly dropped: readonly string[];
}

/** A value of the source outranks that of its collector, also when their names differ in case. */
export function recordFieldsOf(source: GivenFields, collector: GivenFields, schema: FieldSpelling): RecordFields {
  const { [SIEM_FORWARD]: siemForward, ...given } = merged(source, collector);
  const kept = new Map<string, string>();
  const dropped: string[] = [];
  for (const [name, value] of Object.entries(given)) {
    const spelling = needsNoSchema(name) ? name : schema.get(fieldKey(name));
    if (spelling === undefined) dropped.push(name);
    else kept.set(spelling, String(value));
  }
  return { fields: Object.fromEntries(kept), siemForward: String(siemForward) === 'true', dropped };
}

function merged(source: GivenFields, collector: GivenFields): Record<string, unknown> {
  const own = Object.entries(source ?? {});
  const ownKeys = new Set(own.map(([name]) => fieldKey(name)));
  const inherited = Object.entries(collector ?? {}).filter(([name]) => !ownKeys.has(fieldKey(name)));
  return Object.fromEntries([...own, ...inherited]);
}
