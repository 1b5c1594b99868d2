/** Replaces what the groups of a pattern capture. */

import type { Matcher, RE2JS } from 're2js';
import { MeteredText, type Work, WorkUsedUp } from './work.js';

export interface Replaced {
  readonly text: string;
  /** How many captured texts were replaced. */
  readonly occurrences: number;
}

/** What all replacing in one record has in common. */
export interface Limits {
  /** Characters that a result may have. */
  readonly most: number;
  readonly work: Work;
}

/**
 * Replaces each text that a group captures, in every match; everything else stays as it is.
 *
 * - A group within a group: the outer one is replaced as a whole, once.
 * - A group that took no part in the match, or captured an empty text, is left out: there is nothing to hide.
 * - Of a repeated group, such as `(?:"(\w+)",)*`, only the last turn is captured, as in all engines.
 *
 * @returns undefined when the result would be too long, or finding it too much work.
 */
export function replaceGroups(
  regexp: RE2JS,
  text: string,
  replacement: (captured: string) => string,
  limits: Limits,
): Replaced | undefined {
  try {
    return replaced(regexp, text, replacement, limits);
  } catch (error) {
    if (error instanceof WorkUsedUp) return undefined;
    throw error;
  }
}

function replaced(
  regexp: RE2JS,
  text: string,
  replacement: (captured: string) => string,
  { most, work }: Limits,
): Replaced | undefined {
  const size = regexp.programSize();
  let matcher = regexp.matcher(text);
  let isCounted = false;
  const parts: string[] = [];
  let done = 0;
  let length = text.length;
  let occurrences = 0;
  for (let at = 0, matches = 1; at <= text.length; at = behind(matcher, text), matches += 1) {
    if (!isCounted && !work.takeUncounted(text.length - at, size)) {
      isCounted = true;
      // The types of re2js know the primitive only.
      matcher = regexp.matcher(new MeteredText(text, work, size) as unknown as string);
    }
    if (!matcher.find(at)) break;
    for (const { start, end } of capturedIn(matcher)) {
      const captured = text.slice(start, end);
      const substitute = replacement(captured);
      parts.push(text.slice(done, start), substitute);
      length += substitute.length - captured.length;
      if (length > most) return undefined;
      done = end;
      occurrences += 1;
    }
    if (matches <= MAX_LOOKS && !isInRest(regexp, text, matcher.end())) break;
  }
  if (occurrences === 0) return { text, occurrences };
  parts.push(text.slice(done));
  return { text: parts.join(''), occurrences };
}

/** So often the rest is looked at before it is searched: beyond that, looking would be work that nobody counts. */
const MAX_LOOKS = 16;

/** Where the search goes on after a match; after an empty one, a character further on. */
function behind(matcher: Matcher, text: string): number {
  const [start, end] = [matcher.start(), matcher.end()];
  if (end > start) return end;
  return end + ((text.codePointAt(end) ?? 0) > 0xffff ? 2 : 1);
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** The captured spans of a match in their order, those within or across one another joined to one. */
function capturedIn(matcher: Matcher): Span[] {
  const spans: Span[] = [];
  for (let group = 1; group <= matcher.groupCount(); group += 1) {
    const span = { start: matcher.start(group), end: matcher.end(group) };
    if (span.start >= 0 && span.end > span.start) spans.push(span);
  }
  return spans.length < 2 ? spans : joined(spans);
}

function joined(spans: readonly Span[]): Span[] {
  const result: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.start - b.start)) {
    const last = result.at(-1);
    if (last === undefined || span.start >= last.end) result.push(span);
    else if (span.end > last.end) result[result.length - 1] = { start: last.start, end: span.end };
  }
  return result;
}

/**
 * Whether there may be another match from `end` on. To know that there is none takes a fifth of the time of a search for
 * one with its groups.
 */
function isInRest(regexp: RE2JS, text: string, end: number): boolean {
  const [isFound] = regexp.re2().matchWithGroup(text, end, text.length, UNANCHORED, 0);
  return isFound === true;
}

/** As the engine has it: a match may begin anywhere. */
const UNANCHORED = 0;
