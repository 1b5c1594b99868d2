/** Which stream a record belongs to, where records of several lie together. Pure. */

import type { JsonObject } from '../json.js';
import { definitionOf, isSiemStream, STREAMS, type StreamName } from './streams.js';

/** `type` in batch files, `eventType` in the samples of tables, `Logtype` in what Mimecast pushes. */
const TYPE_KEYS = ['type', 'eventType', 'Logtype', 'logType'] as const;

/** Share of a stream's fields that a record without a known type has to have. */
const ENOUGH = 0.5;

/** By the type that a record names; nothing for a type that is not known. */
export function namedStream(record: JsonObject): StreamName | undefined {
  for (const key of TYPE_KEYS) {
    const type = record[key];
    const stream = typeof type === 'string' ? STREAM_OF_TYPE.get(plain(type)) : undefined;
    if (stream !== undefined) return stream;
  }
  return undefined;
}

/** By its type, or else by its keys, as audit events, DLP logs, held messages and clicks name no type. */
export function streamOfRecord(record: JsonObject): StreamName | undefined {
  const named = namedStream(record);
  if (named !== undefined) return named;
  const shares = SHAPES.map(({ stream, fields }) => {
    const met = fields.filter((field) => record[field] !== undefined).length;
    return { stream, share: met / fields.length };
  }).toSorted((a, b) => b.share - a.share);
  const [best, next] = shares;
  if (best === undefined || best.share < ENOUGH || best.share === next?.share) return undefined;
  return best.stream;
}

/** The name of its type, if it has one, for people. */
export function typeText(record: JsonObject): string {
  const type = TYPE_KEYS.map((key) => record[key]).find((value) => typeof value === 'string');
  return type === undefined ? 'without a type' : `of the type ${JSON.stringify(type.slice(0, 60))}`;
}

const SHAPES = STREAMS.flatMap((stream) => {
  const definition = definitionOf(stream);
  return definition.kind === 'windows' ? [{ stream, fields: definition.fields }] : [];
});

const STREAM_OF_TYPE = new Map<string, StreamName>(
  STREAMS.flatMap((name): [string, StreamName][] => {
    const own: [string, StreamName] = [plain(name), name];
    return isSiemStream(name) ? [own, [`email${plain(name)}`, name]] : [own];
  }),
);

/** The same for `url protect`, `URL_Protect` and `urlProtect`. */
function plain(name: string): string {
  return name.toLowerCase().replace(/[\s_-]+/g, '');
}
