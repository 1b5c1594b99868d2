/** Finds where the values of a JSON text stand. */

import { createScanner } from 'jsonc-parser';

/** A value of a JSON text: where it begins and ends. */
export interface Piece {
  readonly begin: number;
  readonly end: number;
  /** Of a member of an object. */
  readonly key: string | undefined;
  /** The members of an object, or the entries of a list, in their order. */
  readonly inner: readonly Piece[];
}

interface Growing extends Piece {
  end: number;
  readonly inner: Growing[];
}

/**
 * The outermost value and what stands in it. Looks at each token once, and at most `levels` lists and objects within each
 * other are taken apart: what is nested deeper is passed over, however deep it is.
 *
 * @param text valid JSON.
 */
export function outlineOf(text: string, levels: number): Piece {
  const scanner = createScanner(text, true);
  const around: Growing = { begin: 0, end: text.length, key: undefined, inner: [] };
  const open = [around];
  /** How many lists and objects that are not taken apart are open. */
  let passing = 0;
  let key: string | undefined;
  for (scanner.scan(); scanner.getTokenOffset() < text.length; scanner.scan()) {
    const begin = scanner.getTokenOffset();
    const end = scanner.getPosition();
    const siblings = (open.at(-1) ?? around).inner;
    const sign = text[begin];
    const opens = sign === '{' || sign === '[';
    if (sign === '}' || sign === ']') {
      const closed = passing > 0 ? siblings.at(-1) : open.pop();
      if (closed !== undefined) closed.end = end;
      if (passing > 0) passing -= 1;
    } else if (passing > 0) {
      if (opens) passing += 1;
    } else if (sign === ':') {
      const name = siblings.pop();
      key = JSON.parse(text.slice(name?.begin, name?.end));
    } else if (sign !== ',') {
      const piece: Growing = { begin, end, key, inner: [] };
      siblings.push(piece);
      key = undefined;
      if (opens && open.length <= levels) open.push(piece);
      else if (opens) passing = 1;
    }
  }
  return around.inner[0] ?? around;
}
