import { isObject, parseJson } from '../domain/json.js';
import { explainErrorBody, NO_REASON } from './error-body.js';

/** An error is shorter, in characters. */
const LONGEST_ERROR = 16_384;

/**
 * What came with status 200 in place of a log file, for people; `undefined` when its content does not say.
 *
 * @param text of it, as much as may be told.
 */
export function explainForeignContent(text: string): string | undefined {
  const content = text.trim();
  if (content.startsWith('<')) return 'it is a page, not a file';
  if (content.length > LONGEST_ERROR || !isObject(parseJson(content))) return undefined;
  const { message } = explainErrorBody(content);
  return message === NO_REASON ? undefined : `it is an error: ${message}`;
}
