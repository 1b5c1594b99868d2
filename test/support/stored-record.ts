import type { StreamName } from '../../src/domain/streams/streams.js';
import type { Collections } from '../../src/store/collections.js';
import { insertRecords } from '../../src/store/records.js';
import { storedDocument } from './search-records.js';

/** Stores a record as the collector would. @returns its id in hexadecimal. */
export async function storeRecord(
  collections: Collections,
  stream: StreamName,
  record: Readonly<Record<string, unknown>>,
  time: Date,
  sourceId = 1,
): Promise<string> {
  const document = storedDocument(stream, record, sourceId, time);
  const { refused } = await insertRecords(collections, stream, [document]);
  if (refused.length > 0) throw new Error(refused[0]?.reason);
  return document._id.toString('hex');
}
