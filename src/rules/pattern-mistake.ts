/** Says what is wrong with a pattern, and at which position; RE2's own errors only quote a piece of it. */

import { tokensOf, unclosedGroup } from './tokens.js';

/** What RE2 says of a wrong pattern. */
export interface SyntaxError {
  getDescription(): string;
  /** The piece that is wrong, the whole pattern for a parenthesis too many or too few; null for some errors. */
  getPattern(): string | null;
}

/**
 * @param errorOf what RE2 says of another pattern, undefined when it is right.
 * @returns such as `look-ahead "(?=" at position 7 is not supported: …`; positions are counted from 1.
 */
export function describeMistake(
  pattern: string,
  error: SyntaxError,
  errorOf: (pattern: string) => SyntaxError | undefined,
): string {
  const description = error.getDescription();
  switch (description) {
    case 'missing closing )':
      return `group without its closing ) at position ${positionOf(pattern, unclosedGroup(tokensOf(pattern)) ?? 0)}`;
    case 'unexpected )':
      return `) without its opening ( at position ${positionOf(pattern, shortestWith(pattern, error, errorOf) - 1)}`;
    case 'trailing backslash at end of expression':
      return `backslash with nothing after it at position ${positionOf(pattern, pattern.length - 1)}`;
  }
  const piece = error.getPattern();
  if (piece === null) return description;
  const start = pattern.lastIndexOf(piece, shortestWith(pattern, error, errorOf) - piece.length);
  const rest = pattern.slice(start);
  const unsupported = UNSUPPORTED.find(([begin]) => begin.test(rest));
  if (unsupported === undefined)
    return `${description} "${shortened(piece)}" at position ${positionOf(pattern, start)}`;
  const [begin, name, why = NOT_IN_RE2] = unsupported;
  return `${name} "${begin.exec(rest)?.[0] ?? piece}" at position ${positionOf(pattern, start)} ${why}`;
}

/** In characters as people count them, from 1. */
function positionOf(pattern: string, index: number): number {
  return [...pattern.slice(0, index)].length + 1;
}

const NOT_IN_RE2 = 'is not supported: RE2 omits it so that matching is always fast';

/** What other dialects have and RE2 has not, by how it begins. */
const UNSUPPORTED: readonly (readonly [begin: RegExp, name: string, why?: string])[] = [
  [/^\(\?[=!]/, 'look-ahead'],
  [/^\(\?<[=!]/, 'look-behind'],
  [/^\\[1-9]|^\\k|^\(\?P=\w*/, 'back-reference'],
  [/^\(\?>/, 'atomic group'],
  [/^[*+?]\+/, 'possessive quantifier'],
  [/^\(\?\(/, 'conditional group'],
  [/^\(\?#/, 'comment', 'is not supported in RE2'],
  [/^\\Z/, 'anchor', 'is not supported in RE2: write \\z for the end of the text'],
  [/^\\u/, 'escape', 'is not supported in RE2: write \\x{…} with the hexadecimal number of the character'],
];

/** Length of the shortest beginning of a pattern that has the same error: RE2 reads from left to right and stops there. */
function shortestWith(
  pattern: string,
  error: SyntaxError,
  errorOf: (pattern: string) => SyntaxError | undefined,
): number {
  const isWhole = error.getPattern() === pattern;
  let least = 1;
  let most = pattern.length;
  while (least < most) {
    const middle = Math.floor((least + most) / 2);
    const found = errorOf(pattern.slice(0, middle));
    const isSame =
      found?.getDescription() === error.getDescription() && (isWhole || found.getPattern() === error.getPattern());
    if (isSame) most = middle;
    else least = middle + 1;
  }
  return most;
}

function shortened(piece: string): string {
  return piece.length > 40 ? `${piece.slice(0, 39)}…` : piece;
}
