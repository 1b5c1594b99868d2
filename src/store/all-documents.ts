/** All that the database holds, as it is stored: for whoever has to be sure of having seen everything. */

import { BSON, type Document } from 'mongodb';
import { collection, DB, type Store } from './driver.js';

/** A document as its bytes, and what they say. */
export interface StoredDocument {
  /** Its `_id` in canonical Extended JSON: they are of different types. */
  readonly id: string;
  readonly bytes: Uint8Array;
  readonly content: Document;
}

/** Names of all collections, in their order. */
export async function collectionNames({ [DB]: db }: Store): Promise<string[]> {
  const listed = await db.listCollections({ type: 'collection' }, { nameOnly: true }).toArray();
  return listed
    .map(({ name }) => name)
    .filter((name) => !name.startsWith('system.'))
    .sort();
}

/** Bytes of a batch, more or less: looking through them holds up everything else that the program does. */
const BATCH_BYTES = 1024 * 1024;

/** Documents of a collection by their `_id`, in batches. @param after the last `_id` that is known already */
export async function* documentsFrom(
  store: Store,
  name: string,
  after: string | undefined,
  batch: number,
): AsyncGenerator<StoredDocument[], void, undefined> {
  const filter = after === undefined ? {} : { _id: { $gt: idOf(after) } };
  const options = { raw: true, sort: { _id: 1 }, batchSize: batch } as const;
  // As bytes, a document is a buffer, which the driver's types do not tell.
  const found: AsyncIterable<unknown> = collection<Document>(name)(store).find(filter as Document, options);
  let documents: StoredDocument[] = [];
  let size = 0;
  for await (const bytes of found) {
    if (!(bytes instanceof Uint8Array)) throw new Error(`The driver hands out documents of ${name} that are no bytes`);
    const content = BSON.deserialize(bytes);
    documents.push({ id: BSON.EJSON.stringify(content._id, { relaxed: false }), bytes, content });
    size += bytes.length;
    if (documents.length < batch && size < BATCH_BYTES) continue;
    yield documents;
    documents = [];
    size = 0;
  }
  if (documents.length > 0) yield documents;
}

function idOf(id: string): unknown {
  return BSON.EJSON.parse(id, { relaxed: false });
}

export async function deleteDocuments(store: Store, name: string, documents: readonly StoredDocument[]): Promise<void> {
  const ids = documents.map(({ content }) => content._id);
  await collection<Document>(name)(store).deleteMany({ _id: { $in: ids } });
}
