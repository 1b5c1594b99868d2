/** Replaces what the groups of a pattern capture. */

import type { Matcher, RE2JS } from 're2js';
import { inPlain, joined, type Span, type Spelled, substituted } from './spelling.js';
import { MeteredText, type Work, WorkUsedUp } from './work.js';

export interface Replaced {
  /** In the received spelling. */
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
 * Replaces each text that a group captures, in every match in either spelling; everything else stays as it is.
 *
 * - A group within a group: the outer one is replaced as a whole, once.
 * - A group that took no part in the match, or captured an empty text, is left out: there is nothing to hide.
 * - Of a repeated group, such as `(?:"(\w+)",)*`, only the last turn is captured, as in all engines.
 * - What both spellings capture is replaced once, by what stands for its plain spelling.
 *
 * @returns undefined when the result would be too long, or finding it too much work.
 */
export function replaceGroups(
  regexp: RE2JS,
  text: Spelled,
  replacement: (captured: string) => string,
  { most, work }: Limits,
): Replaced | undefined {
  try {
    const found = capturedSpans(regexp, text.plain, work);
    const spans =
      text.escapes.length === 0
        ? found
        : joined([...found, ...inPlain(text, capturedSpans(regexp, text.received, work))]);
    if (spans.length === 0) return { text: text.received, occurrences: 0 };
    const result = substituted(text, spans, replacement, most);
    return result === undefined ? undefined : { text: result, occurrences: spans.length };
  } catch (error) {
    if (error instanceof WorkUsedUp) return undefined;
    throw error;
  }
}

/** What the groups capture in all matches, in its order. */
function capturedSpans(regexp: RE2JS, text: string, work: Work): Span[] {
  const size = regexp.programSize();
  let matcher = regexp.matcher(text);
  let isCounted = false;
  const spans: Span[] = [];
  for (let at = 0, matches = 1; at <= text.length; at = behind(matcher, text), matches += 1) {
    if (!isCounted && !work.takeUncounted(text.length - at, size)) {
      isCounted = true;
      // The types of re2js know the primitive only.
      matcher = regexp.matcher(new MeteredText(text, work, size) as unknown as string);
    }
    if (!matcher.find(at)) break;
    spans.push(...capturedIn(matcher));
    if (matches <= MAX_LOOKS && !isInRest(regexp, text, matcher.end())) break;
  }
  return spans;
}

/** So often the rest is looked at before it is searched: beyond that, looking would be work that nobody counts. */
const MAX_LOOKS = 16;

/** Where the search goes on after a match; after an empty one, a character further on. */
function behind(matcher: Matcher, text: string): number {
  const [start, end] = [matcher.start(), matcher.end()];
  if (end > start) return end;
  return end + ((text.codePointAt(end) ?? 0) > 0xffff ? 2 : 1);
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
