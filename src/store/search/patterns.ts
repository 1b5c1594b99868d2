/** Texts of a search as regular expressions of MongoDB. Whatever a person typed stands in them escaped. */

import type { Boundary, PatternPart } from '../../domain/search/condition.js';
import { networkPattern } from './address-patterns.js';

const WORD_CHARACTER = '[\\p{L}\\p{N}_]';
const PART_CHARACTER = `[^\\s,;<>()\\[\\]{}"']`;

/** What a gap of a pattern may hold. */
const GAP: Readonly<Record<Boundary, string>> = { word: '\\S', part: PART_CHARACTER };

/** Finds the text with a boundary on each side; any white space stands for any other. */
export function wordsPattern(text: string, boundary: Boundary): string {
  return bounded(literal(text), text, text, boundary);
}

/** Finds the parts one behind the other. */
export function partsPattern(parts: readonly PatternPart[], boundary: Boundary): string {
  const body = parts.map((part) => {
    if (part === 'any') return `${GAP[boundary]}*`;
    return part === 'one' ? GAP[boundary] : literal(part.literal);
  });
  const edge = (part: PatternPart | undefined) => (typeof part === 'object' ? part.literal : undefined);
  return bounded(body.join(''), edge(parts[0]), edge(parts.at(-1)), boundary);
}

/** Finds an address of the range that begins with these bits. */
export function addressPattern(bytes: readonly number[], bits: number): string {
  return `(?<!${PART_CHARACTER})${networkPattern(bytes, bits)}(?!${PART_CHARACTER})`;
}

/** A gap at an edge of a pattern reaches to a boundary by itself. */
function bounded(body: string, first: string | undefined, last: string | undefined, boundary: Boundary): string {
  const character = boundary === 'word' ? WORD_CHARACTER : PART_CHARACTER;
  const needsBefore = first === undefined ? boundary === 'part' : boundary === 'part' || STARTS_AS_WORD.test(first);
  const needsBehind = last === undefined ? boundary === 'part' : boundary === 'part' || ENDS_AS_WORD.test(last);
  return `${needsBefore ? `(?<!${character})` : ''}${body}${needsBehind ? `(?!${character})` : ''}`;
}

const STARTS_AS_WORD = /^[\p{L}\p{N}_]/u;
const ENDS_AS_WORD = /[\p{L}\p{N}_]$/u;

function literal(text: string): string {
  return text.split(/\s+/).map(escaped).join('\\s+');
}

function escaped(text: string): string {
  // A regular expression of BSON ends at a zero byte.
  return text.replace(/[\\^$.*+?()[\]{}|/#-]/g, '\\$&').replaceAll('\0', '\\x00');
}
