/** A list of indicators as people paste or upload it: lines, CSV, STIX, or a list of texts. */

import { type ParsedList, Parsing } from './parsing.js';
import { addText } from './text-list.js';

/**
 * Lets others have their turn again and again: a list may be as long as a body.
 *
 * @param list one text, or a text for each indicator.
 * @throws ListTooLong
 */
export async function parseList(list: string | readonly string[]): Promise<ParsedList> {
  const parsing = new Parsing();
  if (typeof list === 'string') await addText(parsing, list);
  else
    for (const [at, text] of list.entries()) {
      await parsing.pause();
      parsing.add(at + 1, text);
    }
  return parsing.result();
}
