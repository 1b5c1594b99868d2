/** What an error of the store says, freed from the driver's types. */

import { MongoError, MongoServerError, MongoTopologyClosedError } from 'mongodb';
import type { ErrorFacts } from '../domain/failures/failure.js';
import { CheckpointMovedError } from './writer.js';

/** @returns `undefined` when the error is none of the store's. */
export function storeErrorFactsOf(error: unknown): ErrorFacts | undefined {
  if (error instanceof CheckpointMovedError) {
    return { origin: 'internal', code: 'CheckpointMoved', message: error.message };
  }
  if (!(error instanceof MongoError)) return undefined;
  // What the driver says while its first connection is still to come.
  if (error instanceof MongoTopologyClosedError) {
    return { origin: 'mongodb', code: error.name, message: 'MongoDB: not connected yet' };
  }
  const code = error instanceof MongoServerError ? (error.codeName ?? String(error.code)) : error.name;
  return { origin: 'mongodb', code, message: `MongoDB: ${error.message}` };
}
