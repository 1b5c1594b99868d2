/**
 * How much of a text the rules look at, as Sumo Logic has it: of a single line 1 MB, of several lines 2,000 lines or
 * 512 KB. Includes and excludes look at the first slice alone; masks and hashes at each slice by itself, so that they miss
 * what lies across a cut.
 */

import { isEscaped } from './spelling.js';

/** In bytes of UTF-8. */
export const SINGLE_LINE_BYTES = 1_048_576;
/** In bytes of UTF-8. */
export const MULTI_LINE_BYTES = 524_288;
export const MULTI_LINE_LINES = 2_000;

/** Of an escape that is cut, in characters. */
const MAX_OF_ESCAPE = 5;
/** A character of UTF-16 has at most so many bytes in UTF-8. */
const MAX_BYTES = 3;

/** The slices of a text: joined they are the text, and no cut goes through a character or an escape of JSON. */
export function slicesOf(text: string): string[] {
  const isMultiLine = hasNewline(text, text.length - 1);
  if (!isMultiLine && text.length * MAX_BYTES <= SINGLE_LINE_BYTES) return [text];
  const slices: string[] = [];
  for (let at = 0; at < text.length; at += slices.at(-1)?.length ?? 1) {
    const slice = isMultiLine
      ? cutToBytes(text.slice(at, endOfLines(text, at)), MULTI_LINE_BYTES)
      : cutToBytes(text.slice(at), SINGLE_LINE_BYTES);
    slices.push(at + slice.length < text.length ? beforeOpenEscape(slice) : slice);
  }
  return slices;
}

const OPEN_ESCAPE = /\\(?:u[\da-fA-F]{0,3})?$/;

/** A slice without the beginning of an escape that the cut would go through. */
function beforeOpenEscape(slice: string): string {
  const at = slice.slice(-MAX_OF_ESCAPE).search(OPEN_ESCAPE);
  if (at < 0) return slice;
  const cut = Math.max(0, slice.length - MAX_OF_ESCAPE) + at;
  return cut === 0 || isEscaped(slice, cut) ? slice : slice.slice(0, cut);
}

/** Whether there is a newline before `end`. */
function hasNewline(text: string, end: number): boolean {
  const first = text.indexOf('\n');
  return first >= 0 && first < end;
}

/** Behind the last of the lines that make one slice. */
function endOfLines(text: string, from: number): number {
  let end = from;
  for (let lines = 0; lines < MULTI_LINE_LINES && end < text.length; lines += 1) {
    const newline = text.indexOf('\n', end);
    end = newline < 0 ? text.length : newline + 1;
  }
  return end;
}

/** The beginning of a text that has at most so many bytes in UTF-8, cut between two characters. */
export function cutToBytes(text: string, most: number): string {
  if (text.length * MAX_BYTES <= most || Buffer.byteLength(text) <= most) return text;
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(most));
  return text.slice(0, read);
}
