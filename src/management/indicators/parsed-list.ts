/** A list of indicators that somebody sent. */

import { parseList } from '../../indicators/lists/parse-list.js';
import type { ParsedList } from '../../indicators/lists/parsing.js';
import { ListTooLong } from '../../indicators/lists/wanted.js';
import { RefusedError } from '../common/errors.js';

/** @throws RefusedError for a list that is too long. */
export async function parsedList(indicators: string | readonly string[]): Promise<ParsedList> {
  try {
    return await parseList(indicators);
  } catch (error) {
    if (error instanceof ListTooLong) throw new RefusedError(`indicators: ${error.message}`);
    throw error;
  }
}
