/** What an error says, independent of its thrower and freed from every library's types. */

import { type ErrorFacts, RawError } from '../../domain/failures/failure.js';
import { storeErrorFactsOf } from '../../store/mongo-error.js';

export function errorFactsOf(error: unknown): ErrorFacts {
  if (error instanceof RawError) return error.facts;
  const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) };
  return storeErrorFactsOf(error) ?? { origin: 'internal', code: name, message };
}
