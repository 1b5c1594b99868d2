/** From an entry of an object to what is stored of it. */

import { isObject, type JsonObject, parseJson } from '../../domain/json.js';
import type { RecordId } from '../../domain/records/record.js';
import { namedStream, streamOfRecord, typeText } from '../../domain/streams/record-routing.js';
import { notARecord } from '../../domain/streams/record-shape.js';
import { definitionOf, type StreamName } from '../../domain/streams/streams.js';
import { JsonPart } from '../../mimecast/json-part.js';
import { type Decoded, decodeParsed, decodeText, textOf } from '../../records/decode.js';
import { contentDigest, identityOf, identityOfId, identityOfStableId } from '../../records/identity.js';
import type { LineOrigin, LineRecord } from '../../records/line-record.js';
import type { Line } from '../../records/lines.js';
import { ownTime } from '../../records/message-time.js';
import { recordOfText } from '../../records/record-of-text.js';
import { stableIdOf } from '../../records/sealed-id.js';

/** What a stream keeps of an object: everything below a prefix of its own; else its own records, and one stream the rest. */
export type Share = 'everything' | 'ownAndUnknown' | 'own';

export interface EntryOrigin extends LineOrigin {
  readonly share: Share;
}

/** @returns `undefined` for what is for another stream to keep. */
export function recordOfEntry(entry: Line, origin: EntryOrigin): LineRecord | undefined {
  const { stream, path, share } = origin;
  const { number, tooLong, isOpen = false } = entry;
  const { text, content, decoded, isUtf8 } = tooLong === undefined ? unwrapped(entry.bytes) : beginning(entry);
  const value = decoded.ok ? decoded.record : decoded.value;
  const stranger = strangerReason(stream, share, value);
  if (stranger === OTHER) return undefined;
  const digest = tooLong?.digest ?? contentDigest(content);
  const made = recordOfText(origin, {
    id: identityOfEntry(origin, isObject(value) ? value : {}, digest),
    text,
    decoded: stranger !== undefined && decoded.ok ? { ok: false, reason: stranger, value } : decoded,
    ...(isUtf8 ? {} : { bytes: content }),
    place: `${path} line ${number}`,
    size: tooLong?.bytes ?? content.length,
    isPiece: tooLong !== undefined || isOpen,
  });
  if (stranger === undefined || tooLong !== undefined) return made;
  // The words of the JSON parser quote the text; those of `made` hide what a rule hides.
  return { ...made, stranger: made.kind === 'unreadable' ? made.unreadable.reason : stranger };
}

const OTHER = Symbol('for another stream');

/** Why a value is no record of the stream; a value that is no JSON object is nobody's. */
function strangerReason(stream: StreamName, share: Share, value: unknown): string | typeof OTHER | undefined {
  if (share === 'everything') {
    const named = isObject(value) ? namedStream(value) : undefined;
    const isOther = named !== undefined && named !== stream;
    return isOther ? `it is a record of ${named} below the prefix of ${stream}` : notARecord(stream, value);
  }
  const own = isObject(value) ? streamOfRecord(value) : undefined;
  if (own === stream) return notARecord(stream, value);
  if (own !== undefined || share === 'own') return OTHER;
  return isObject(value) ? `no stream is known for a record ${typeText(value)}` : 'it is not a JSON object';
}

interface Entry {
  readonly text: string;
  readonly content: Uint8Array;
  readonly decoded: Decoded;
  readonly isUtf8: boolean;
}

function beginning({ bytes, tooLong }: Line): Entry {
  const reason = `an entry of ${tooLong?.bytes} bytes is longer than a document can be`;
  return { text: textOf(bytes).text, content: bytes, decoded: { ok: false, reason }, isUtf8: true };
}

/** What may stand beside an `event`, as collectors of events know it. */
const WRAPPER_KEYS: ReadonlySet<string> = new Set(['event', 'time', 'host', 'source', 'sourcetype', 'index', 'fields']);

/** The record itself, whether it stands there by itself or as `{"event": …}`: it is the same record. */
function unwrapped(bytes: Uint8Array): Entry {
  const { text, isUtf8 } = textOf(bytes);
  const value = parseJson(text);
  if (!isWrapper(value)) {
    const decoded = value === undefined ? decodeText(text) : decodeParsed(value, text);
    return { text, content: bytes, decoded, isUtf8 };
  }
  const part = JsonPart.of(value, text, 1, isUtf8 ? undefined : Buffer.from(bytes)).member('event');
  const inner = part?.text ?? text;
  const innerBytes = part?.bytes;
  const content = innerBytes ?? Buffer.from(inner);
  return { text: inner, content, decoded: decodeText(inner), isUtf8: innerBytes === undefined };
}

function isWrapper(value: unknown): value is JsonObject {
  return isObject(value) && isObject(value.event) && Object.keys(value).every((key) => WRAPPER_KEYS.has(key));
}

/** As the API's records have it: by the id where the stream has one, so that the same record is one from wherever it comes. */
function identityOfEntry({ stream, metadata, occurrences }: EntryOrigin, record: JsonObject, digest: string): RecordId {
  const { sourceId } = metadata;
  const definition = definitionOf(stream);
  if (definition.kind === 'files') return identityOf(sourceId, stream, digest, occurrences.next(digest));
  const { identity } = definition;
  const { id } = record;
  if (identity.by === 'id' && typeof id === 'string' && id !== '') {
    const stableId = stableIdOf(identity, id, ownTime(stream, record));
    return stableId === undefined ? identityOfId(sourceId, stream, id) : identityOfStableId(sourceId, stream, stableId);
  }
  const content = Object.keys(record).length === 0 ? digest : contentDigest(JSON.stringify(record));
  return identityOf(sourceId, stream, content, occurrences.next(content));
}
