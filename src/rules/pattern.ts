/** Patterns in RE2's syntax: a search for one match takes a time that grows with the length of the text and no faster. */

import { RE2JS, RE2JSSyntaxException } from 're2js';
import { describeMistake } from './pattern-mistake.js';

export type Pattern =
  | { readonly ok: true; readonly regexp: RE2JS }
  /** `mistake` says what is wrong with it, and where. */
  | { readonly ok: false; readonly mistake: string };

/** In characters; a limit of our own, as is the next one: the work for a character of text grows with the pattern. */
export const MAX_PATTERN = 4_096;
/** In instructions of the compiled pattern: `(\w{100}){50}` has about 5,000. */
export const MAX_PATTERN_SIZE = 10_000;

export function compilePattern(text: string): Pattern {
  if (text.length > MAX_PATTERN) {
    return { ok: false, mistake: `has ${text.length} characters; at most ${MAX_PATTERN} are allowed` };
  }
  try {
    const regexp = RE2JS.compile(text);
    const size = regexp.programSize();
    return size <= MAX_PATTERN_SIZE
      ? { ok: true, regexp }
      : { ok: false, mistake: 'repeats too much: it is too large' };
  } catch (error) {
    if (!(error instanceof RE2JSSyntaxException)) throw error;
    return { ok: false, mistake: describeMistake(text, error, syntaxErrorOf) };
  }
}

function syntaxErrorOf(text: string): RE2JSSyntaxException | undefined {
  try {
    RE2JS.compile(text);
    return undefined;
  } catch (error) {
    if (error instanceof RE2JSSyntaxException) return error;
    throw error;
  }
}
