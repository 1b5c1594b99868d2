/** Stores records so that one that is there already is skipped, not repeated. */

import { BSON, type Collection, MongoBulkWriteError } from 'mongodb';
import type { RecordDocument, RecordId } from '../domain/records/record.js';
import type { StreamDefinition } from '../domain/streams/definitions/definition.js';
import { DEFINITIONS } from '../domain/streams/definitions/list.js';
import { definitionOf, STREAMS, type StreamName } from '../domain/streams/streams.js';
import { absentOf, collection, type Indexes, type Store, type TimeLimit } from './driver.js';
import { absentUnlessErased, keepErased } from './erased-records.js';
import { ORDERED_INDEXES } from './record-indexes.js';
import { CheckpointMovedError, written } from './writer.js';

/** For the files of this folder: the collection of a stream. */
export function records(store: Store, stream: StreamName): Collection<RecordDocument> {
  return collection<RecordDocument>(definitionOf(stream).collection)(store);
}

/** The same the other way round. */
export function streamIn(name: string): StreamName {
  const stream = STREAMS.find((one) => definitionOf(one).collection === name);
  if (stream === undefined) throw new Error(`${name} holds no records`);
  return stream;
}

export const RECORD_INDEXES: Indexes = Object.fromEntries(
  DEFINITIONS.map((definition) => [definition.collection, indexesOf(definition)]),
);

function indexesOf(definition: StreamDefinition): Indexes[string] {
  const stillHeld = { key: { _sourceId: 1, '_queue.leftAt': 1 }, partialFilterExpression: { '_queue.leftAt': null } };
  return definition.kind === 'windows' && definition.isQueue ? [...ORDERED_INDEXES, stillHeld] : ORDERED_INDEXES;
}

export interface Inserted {
  readonly stored: number;
  readonly duplicates: number;
  /** Of these, their indexes in the batch. */
  readonly known: ReadonlySet<number>;
  /** Documents that the server will never take, with its reason, by their index in the batch. */
  readonly refused: readonly { readonly index: number; readonly reason: string }[];
}

const DUPLICATE_KEY = 11_000;
/** Codes that speak of the document itself: BadValue, DollarPrefixedFieldName, DocumentValidationFailure, too large. */
const REFUSED_CODES: ReadonlySet<number> = new Set([2, 52, 121, 10_334, 17_280]);

/**
 * Inserts a batch. Unordered, so that one duplicate does not hold up the rest.
 *
 * @throws CheckpointMovedError when the attempt was fenced off.
 * @throws MongoError for everything that concerns the server and not a document; then any part may be stored, and the
 * same batch can be inserted again.
 */
export async function insertRecords(
  store: Store,
  stream: StreamName,
  documents: readonly RecordDocument[],
): Promise<Inserted> {
  if (documents.length === 0) return { stored: 0, duplicates: 0, known: new Set(), refused: [] };
  try {
    const { insertedCount } = await written(store, 'records', (options) =>
      records(store, stream).insertMany(documents, { ordered: false, ...options }),
    );
    return { stored: insertedCount, duplicates: 0, known: new Set(), refused: [] };
  } catch (error) {
    if (error instanceof CheckpointMovedError) throw error;
    if (!(error instanceof MongoBulkWriteError)) return insertFit(store, stream, documents, error);
    if (error.result.getWriteConcernError() !== undefined) throw error;
    return explained(error, documents.length);
  }
}

/**
 * The same for a batch of which most is likely to be stored: asks which, and inserts the rest. Inserting what is there takes
 * MongoDB much longer than telling that it is.
 */
export async function insertAbsent(
  store: Store,
  stream: StreamName,
  documents: readonly RecordDocument[],
): Promise<Inserted> {
  const ids = documents.map(({ _id }) => _id);
  const absent = await absentOf(records(store, stream), ids);
  const known = new Set<number>();
  const others: number[] = [];
  for (const [index, id] of ids.entries()) {
    if (absent.has(id.toString('hex'))) others.push(index);
    else known.add(index);
  }
  const inserted = await insertSome(store, stream, documents, others);
  return {
    ...inserted,
    duplicates: inserted.duplicates + known.size,
    known: new Set([...known, ...inserted.known]),
  };
}

/** Inserts the documents at some indexes of a batch. @returns with indexes of the whole batch */
export async function insertSome(
  store: Store,
  stream: StreamName,
  documents: readonly RecordDocument[],
  indexes: readonly number[],
): Promise<Inserted> {
  const some = indexes.flatMap((index) => documents[index] ?? []);
  return ofWhole(await insertRecords(store, stream, some), indexes);
}

/** What was inserted of a batch at some indexes, with the indexes of the whole batch. */
export function ofWhole(inserted: Inserted, indexes: readonly number[]): Inserted {
  const inWhole = (at: number) => indexes[at] ?? at;
  return {
    ...inserted,
    known: new Set([...inserted.known].map(inWhole)),
    refused: inserted.refused.map(({ index, reason }) => ({ index: inWhole(index), reason })),
  };
}

/** See `keepErased`. @returns which of the records were erased, in hexadecimal */
export function keepRecordsErased(
  store: Store,
  stream: StreamName,
  documents: readonly RecordDocument[],
): Promise<ReadonlySet<string>> {
  const ids = documents.map(({ _id }) => _id);
  return keepErased(store, definitionOf(stream).collection, 'records', ids);
}

/** The driver refuses a whole batch, before it sends any of it, for one document that cannot be sent. */
async function insertFit(
  store: Store,
  stream: StreamName,
  documents: readonly RecordDocument[],
  error: unknown,
): Promise<Inserted> {
  const reasons = documents.map(unfitness);
  const fit = [...documents.keys()].filter((index) => reasons[index] === undefined);
  if (fit.length === documents.length) throw error;
  const inserted = await insertSome(store, stream, documents, fit);
  const unfit = reasons.flatMap((reason, index) => (reason === undefined ? [] : [{ index, reason }]));
  return { ...inserted, refused: [...inserted.refused, ...unfit] };
}

/** MongoDB's limit for a document, in bytes of BSON, which can be a multiple of its bytes as JSON. */
const MAX_DOCUMENT_BYTES = 16 * 1024 * 1024;

/** Why the driver cannot send a document; `undefined` when it can. */
function unfitness(document: RecordDocument): string | undefined {
  try {
    const size = BSON.calculateObjectSize(document);
    return size < MAX_DOCUMENT_BYTES ? undefined : `too large: ${size} bytes as a document of MongoDB`;
  } catch (error) {
    return `MongoDB's driver refuses it: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function explained(error: MongoBulkWriteError, total: number): Inserted {
  const failures = [error.writeErrors].flat();
  const other = failures.find(({ code }) => code !== DUPLICATE_KEY && !REFUSED_CODES.has(code));
  if (other !== undefined || failures.length === 0) throw error;
  const refused = failures
    .filter(({ code }) => code !== DUPLICATE_KEY)
    .map(({ index, errmsg, code }) => ({ index, reason: `MongoDB refuses it: ${errmsg ?? code}` }));
  const known = new Set(failures.filter(({ code }) => code === DUPLICATE_KEY).map(({ index }) => index));
  return { stored: total - failures.length, duplicates: known.size, known, refused };
}

/** What a record is known by. */
export interface NamedRecord extends Pick<RecordDocument, '_id' | '_messageTime'> {
  /** Its own, unless a rule hides it. */
  readonly id?: unknown;
}

/** Records of a source that have one of the identities, or one of the times; the first stored first. */
export function recordsNamed(
  store: Store,
  stream: StreamName,
  sourceId: number,
  { ids, times }: { readonly ids: readonly RecordId[]; readonly times: readonly Date[] },
): Promise<NamedRecord[]> {
  const filter = { $or: [{ _id: { $in: [...ids] } }, { _sourceId: sourceId, _messageTime: { $in: [...times] } }] };
  return records(store, stream)
    .find(filter, { projection: { _id: 1, _messageTime: 1, id: 1 } })
    .sort({ _receiptTime: 1, _id: 1 })
    .toArray();
}

/** Of these ids, in hexadecimal, those of no record that is stored, or was erased. */
export function absentRecords(
  store: Store,
  stream: StreamName,
  ids: readonly RecordId[],
): Promise<ReadonlySet<string>> {
  return absentUnlessErased(store, definitionOf(stream).collection, ids);
}

export function countRecords(store: Store, stream: StreamName, sourceId: number, limit?: TimeLimit): Promise<number> {
  return records(store, stream).countDocuments({ _sourceId: sourceId }, limit);
}
