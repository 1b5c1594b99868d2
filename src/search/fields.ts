/** What the fields that a query names mean. */

import type { IndicatorField } from '../domain/indicators/indicator-field.js';
import { DEFINITIONS } from '../domain/streams/definitions/list.js';
import { QueryError } from './query-error.js';

/** Names that stand for every field of a kind, whatever its name in a stream. */
export const KIND_NAMES = ['ip', 'domain', 'url', 'email', 'hash', 'message', 'file'] as const;
export type KindName = (typeof KIND_NAMES)[number];

const KINDS_OF: Readonly<Record<KindName, readonly IndicatorField[]>> = {
  ip: ['ip', 'host'],
  domain: ['host', 'addresses', 'url'],
  url: ['url'],
  email: ['addresses'],
  hash: ['md5', 'sha1', 'sha256'],
  message: ['message'],
  file: ['file', 'files'],
};

/** What each field holds; it means the same in every stream that has it. */
const KIND_OF_FIELD: ReadonlyMap<string, IndicatorField> = new Map(
  DEFINITIONS.flatMap(({ indicators }) => Object.entries<IndicatorField>(indicators)),
);

export function kindOfField(path: string): IndicatorField | undefined {
  return KIND_OF_FIELD.get(path);
}

export function isKindName(name: string): name is KindName {
  return KIND_NAMES.some((each) => each === name);
}

/** The fields that a name stands for. */
export function fieldsOfKind(name: KindName): string[] {
  return [...KIND_OF_FIELD].filter(([, kind]) => KINDS_OF[name].includes(kind)).map(([path]) => path);
}

/** Fields of a document that are times, and not what Mimecast wrote. */
export const TIME_PATHS: ReadonlySet<string> = new Set(['_messageTime', '_receiptTime']);

const VENDOR_TIMES: ReadonlySet<string> = new Set(DEFINITIONS.flatMap(({ timeFields }) => [...timeFields]));

/** Whether Mimecast writes times into this field, in one of several forms. */
export function isVendorTime(path: string): boolean {
  return VENDOR_TIMES.has(path);
}

const MAX_PATH_LENGTH = 300;
const MAX_PATH_STEPS = 20;

/** @returns the same name, fit for a filter. @throws QueryError for one that MongoDB could take for anything else. */
export function searchablePath(name: string, at: number): string {
  const steps = name.split('.');
  if (name.length > MAX_PATH_LENGTH || steps.length > MAX_PATH_STEPS)
    throw new QueryError('the name of this field is too long', at);
  if (steps.some((step) => step === '' || step.startsWith('$') || step.includes('\0')))
    throw new QueryError(`“${name}” cannot be the name of a field; to search for it as a text, put it in quotes`, at);
  if (name === '_received' || steps[0] === '_id')
    throw new QueryError(`${name} cannot be searched; a record is asked for by its address`, at);
  if (steps[0] === '_messageTime' && steps.length > 1)
    throw new QueryError('_messageTime is a time and has no fields', at);
  return name;
}
