/**
 * Fields are key-value pairs that a source and its collector put on every record. Names and limits are those of Sumo
 * Logic's *Fields*; which characters a name may have is not published, so it is decided here.
 */

import { METADATA_KEYS } from '../records/metadata-keys.js';

export const FIELD_LIMITS = {
  /** Fields of one source, or of one collector; `_siemForward` is not counted. */
  perOwner: 10,
  /** Characters of a name. */
  name: 255,
  /** Characters of a value. */
  value: 200,
  /** Fields in the schema of the account. */
  schema: 200,
} as const;

/** Turns *Forward to SIEM* on; a switch of the source and no field of its records. */
export const SIEM_FORWARD = '_siemForward';

/** Built-in fields that a person may give a value; they need no place in the schema. */
export const SETTABLE_BUILTINS = [
  '_budget',
  '_parser',
  '_siemParser',
  '_siemDataType',
  '_convertHeadersToFields',
] as const;

/** Built-in fields with a value of their own. */
const GIVEN_BUILTINS = [
  '_collector',
  '_source',
  '_sourceCategory',
  '_sourceHost',
  '_sourceName',
  SIEM_FORWARD,
] as const;

/** Set by *Forward to SIEM*. */
const SIEM_METADATA = ['_siemVendor', '_siemProduct', '_siemFormat', '_siemEventID'] as const;

/** All built-in fields: they can be neither made, disabled nor deleted. */
export const BUILTIN_FIELDS: readonly string[] = [...GIVEN_BUILTINS, ...SETTABLE_BUILTINS, ...SIEM_METADATA];

/** Names that mean something else: keys of a stored record, and headers of Sumo Logic's HTTP sources. */
const OTHER_RESERVED = [
  // Not yet there when sources could already have a field of that name; fields are kept apart, so it does no harm.
  ...[...METADATA_KEYS].filter((key) => key !== '_received' && key !== '_indicators'),
  '__proto__',
  ...['X-Sumo-Category', 'X-Sumo-Dimensions', 'X-Sumo-Fields', 'X-Sumo-Host', 'X-Sumo-Metadata', 'X-Sumo-Name'],
  ...['Webhook-AuthID', 'Webhook-ValidationCode', 'x-amz-sns-topic-arn'],
];

/** What is the same for two spellings of one name: they differ in case alone. */
export function fieldKey(name: string): string {
  return name.toLowerCase();
}

const keysOf = (names: readonly string[]): ReadonlySet<string> => new Set(names.map(fieldKey));
const SETTABLE = keysOf(SETTABLE_BUILTINS);
const BUILTIN = keysOf(BUILTIN_FIELDS);
const SIEM = keysOf(SIEM_METADATA);
const RESERVED = keysOf(OTHER_RESERVED);

export function isBuiltinField(name: string): boolean {
  return BUILTIN.has(fieldKey(name));
}

/** Whether a value of this name is kept on records without a place in the schema. */
export function needsNoSchema(name: string): boolean {
  return SETTABLE.has(fieldKey(name));
}

/** Letters and digits of any script, spaces inside, and `_ - . / :`, as in `host.name` or `app.kubernetes.io/name`. */
const NAME = /^[\p{L}\p{M}\p{N}_\-./:]+( +[\p{L}\p{M}\p{N}_\-./:]+)*$/u;

/** What is wrong with a name as such, or `undefined`. */
export function misspeltName(name: string): string | undefined {
  if (name === '') return 'a field needs a name';
  if (name.length > FIELD_LIMITS.name) return `a name has at most ${FIELD_LIMITS.name} characters`;
  if (!NAME.test(name)) return 'a name consists of letters, digits, inner spaces, and _ - . / :';
  return undefined;
}

/** What is wrong with a name for a new field of the schema, or `undefined`. */
export function invalidSchemaFieldReason(name: string): string | undefined {
  if (isBuiltinField(name)) return 'is a built-in field and already exists';
  if (RESERVED.has(fieldKey(name))) return 'is a reserved name';
  return misspeltName(name);
}

/** What is wrong with a name among the `fields` of a source or collector, or `undefined`. */
export function invalidFieldReason(name: string): string | undefined {
  const key = fieldKey(name);
  if (key === fieldKey(SIEM_FORWARD)) {
    return name === SIEM_FORWARD ? undefined : `must be written ${SIEM_FORWARD}; this name is case-sensitive`;
  }
  if (SIEM.has(key)) return `is set by Forward to SIEM: write "${SIEM_FORWARD}": true instead`;
  if (key === '_sourcecategory') return 'is set from the key "category"';
  if (key === '_source') return 'is set from the key "name"';
  if (isBuiltinField(name) && !SETTABLE.has(key)) return 'is set by the system';
  if (RESERVED.has(key)) return 'is a reserved name';
  return misspeltName(name);
}
