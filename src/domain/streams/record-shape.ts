/**
 * What tells a record of a stream from whatever else can come in its place with status 200: an error of a gateway, a page
 * of a proxy, the records of another type. Pure.
 *
 * It asks for no more than every public sample has, since a record that is refused is lost, and for no particular values:
 * samples have times such as 0, and empty IDs.
 */

import type { FileDefinition } from './definitions/definition.js';
import { definitionOf, SIEM_STREAMS, type SiemStream, type StreamName } from './streams.js';

/** `type` in batch files, `eventType` in the form of the stream endpoint. */
const TYPE_KEYS = ['type', 'eventType'] as const;

/**
 * Why a value is not a record of the stream, for people; it quotes nothing but a type's name. `undefined` for a record.
 *
 * @param value parsed JSON.
 */
export function notARecord(stream: StreamName, value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'it is not a JSON object';
  const record = value as Readonly<Record<string, unknown>>;
  const definition = definitionOf(stream);
  if (definition.kind === 'files') return notASiemRecord(definition, record);
  return definition.fields.some((key) => isGiven(record[key])) ? undefined : `it has no field of ${stream} records`;
}

function notASiemRecord(
  { name, timeFields, idFields }: FileDefinition,
  record: Readonly<Record<string, unknown>>,
): string | undefined {
  if (!timeFields.some((key) => isGiven(record[key]) && record[key] !== '')) return 'it has no time';
  if (!idFields.some((key) => isGiven(record[key]))) return `it has none of ${idFields.join(', ')}`;
  const types: readonly string[] = TYPE_KEYS.flatMap((key) => namedStream(record[key]) ?? []);
  return types.length === 0 || types.includes(name) ? undefined : `its type is ${types[0]}`;
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && typeof value !== 'boolean';
}

const STREAM_OF_NAME = new Map<unknown, SiemStream>(
  SIEM_STREAMS.flatMap((name) => [
    [name, name],
    [plain(name), name],
  ]),
);

/** Nothing for a type that is not known: it may be a new name of the one that was asked for. */
function namedStream(type: unknown): SiemStream | undefined {
  return STREAM_OF_NAME.get(type) ?? (typeof type === 'string' ? STREAM_OF_NAME.get(plain(type)) : undefined);
}

/** The same for `url protect`, `URL_Protect` and `urlProtect`. */
function plain(name: string): string {
  return name.toLowerCase().replace(/[\s_-]+/g, '');
}

/** Most that a gzip of nothing has: its frame of 18 bytes, an empty block, and perhaps the name of a file. */
const EMPTY_GZIP_BYTES = 64;

/**
 * Whether a file without any line is a failed download.
 *
 * @param size of the file as its listing tells it, in bytes, if it does.
 * @param isProven whether a checksum proves that nothing is what the store holds: it does for a gzip of nothing.
 */
export function isBlankForeign(size: number | undefined, isProven: boolean): boolean {
  if (size === undefined || size < 0) return !isProven;
  // Nobody says of what the size is: it may be that of the gzip, and one of nothing has some bytes as well.
  return isProven ? size > EMPTY_GZIP_BYTES : size > 0;
}
