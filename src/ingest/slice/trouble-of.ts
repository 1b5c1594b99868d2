/** What an error says, whoever threw it, freed from every library's types. */

import { type Trouble, TroubleError } from '../../domain/failures/failure.js';
import { storeTroubleOf } from '../../store/mongo-trouble.js';

export function troubleOf(error: unknown): Trouble {
  if (error instanceof TroubleError) return error.trouble;
  const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) };
  return storeTroubleOf(error) ?? { origin: 'internal', code: name, message };
}
