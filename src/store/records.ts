/** Stores records so that one that is there already is skipped, not repeated. */

import { type Collection, MongoBulkWriteError } from 'mongodb';
import type { RecordDocument } from './collections.js';

export interface Inserted {
  readonly stored: number;
  readonly duplicates: number;
  /** Documents that the server will never take, with its reason, by their index in the batch. */
  readonly refused: readonly { readonly index: number; readonly reason: string }[];
}

const DUPLICATE_KEY = 11_000;
/** Codes that speak of the document itself: BadValue, DollarPrefixedFieldName, DocumentValidationFailure, too large. */
const REFUSED_CODES: ReadonlySet<number> = new Set([2, 52, 121, 10_334, 17_280]);

/**
 * Inserts a batch. Unordered, so that one duplicate does not hold up the rest.
 *
 * @throws MongoError for everything that concerns the server and not a document; then any part may be stored, and the
 * same batch can be inserted again.
 */
export async function insertRecords(
  collection: Collection<RecordDocument>,
  documents: readonly RecordDocument[],
): Promise<Inserted> {
  if (documents.length === 0) return { stored: 0, duplicates: 0, refused: [] };
  try {
    const { insertedCount } = await collection.insertMany(documents, { ordered: false });
    return { stored: insertedCount, duplicates: documents.length - insertedCount, refused: [] };
  } catch (error) {
    if (!(error instanceof MongoBulkWriteError) || error.result.getWriteConcernError() !== undefined) throw error;
    return explained(error, documents.length);
  }
}

function explained(error: MongoBulkWriteError, total: number): Inserted {
  const failures = [error.writeErrors].flat();
  const other = failures.find(({ code }) => code !== DUPLICATE_KEY && !REFUSED_CODES.has(code));
  if (other !== undefined || failures.length === 0) throw error;
  const refused = failures
    .filter(({ code }) => code !== DUPLICATE_KEY)
    .map(({ index, errmsg, code }) => ({ index, reason: `MongoDB refuses it: ${errmsg ?? code}` }));
  return { stored: total - failures.length, duplicates: failures.length - refused.length, refused };
}
