import { explainJsonError } from './error-body.js';
import { Damage } from './file-damage.js';
import { isObject, parseJson } from './json.js';

/** An error of the API is shorter; content that is longer than this, in bytes, is passed on without a look. */
const LONGEST_ERROR = 16 * 1_024;

/** Keys that every batch record has at least one of, and that an error has not. */
const RECORD_KEYS = ['type', 'eventType', 'aggregateId', 'processingId'] as const;

/**
 * Passes content on, unless all of it is a page, or one JSON object that tells an error, in place of records: a store or
 * a gateway in trouble can answer so with status 200. Taken for a file of broken lines, or of one record, the real ones
 * would never be read.
 *
 * @returns what `chunks` returns.
 * @throws Damage `foreign`.
 */
export async function* refuseErrorContent(
  chunks: AsyncGenerator<Uint8Array, boolean>,
): AsyncGenerator<Uint8Array, boolean, undefined> {
  const head: Uint8Array[] = [];
  let length = 0;
  let end: { readonly value: boolean } | undefined;
  try {
    while (end === undefined && mayBeError(head, length)) {
      const next = await chunks.next();
      if (next.done === true) {
        end = next;
      } else {
        head.push(next.value);
        length += next.value.length;
      }
    }
    refuseError(Buffer.concat(head).toString(), end !== undefined);
    yield* head;
    if (end !== undefined) return end.value;
    return yield* chunks;
  } finally {
    await chunks.return(false);
  }
}

function mayBeError([first]: readonly Uint8Array[], length: number): boolean {
  return first === undefined || (length <= LONGEST_ERROR && /^\s*(\{|$)/.test(Buffer.from(first).toString('latin1')));
}

function refuseError(text: string, isWhole: boolean): void {
  if (/^\s*</.test(text)) throw new Damage('foreign', 'it is a page, not a file');
  const content = isWhole ? parseJson(text) : undefined;
  if (!isObject(content) || RECORD_KEYS.some((key) => key in content)) return;
  const explanation = explainJsonError(content);
  if (explanation !== undefined) throw new Damage('foreign', `it is an error: ${explanation.message}`);
}
