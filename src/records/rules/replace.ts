/** Replaces what the groups of a pattern capture. */

import type { RE2JS } from 're2js';

export interface Replaced {
  readonly text: string;
  /** How many captured texts were replaced. */
  readonly occurrences: number;
}

/**
 * Replaces each text that a group captures, in every match; everything else stays as it is.
 *
 * - A group within a group: the outer one is replaced as a whole, once.
 * - A group that took no part in the match, or captured an empty text, is left out: there is nothing to hide.
 * - Of a repeated group, such as `(?:"(\w+)",)*`, only the last turn is captured, as in all engines.
 *
 * Each search for a match is linear in the text, as RE2 promises. All of them together are so too, unless a match may go on
 * to an end that it then does not find, as `(a)(?:.*z)?` may from each `a` on: RE2 has no remedy for that either.
 *
 * @param most characters that the result may have.
 * @returns undefined when it would have more.
 */
export function replaceGroups(
  regexp: RE2JS,
  text: string,
  replacement: (captured: string) => string,
  most: number,
): Replaced | undefined {
  const matcher = regexp.matcher(text);
  const parts: string[] = [];
  let done = 0;
  let length = text.length;
  let occurrences = 0;
  while (matcher.find()) {
    for (const { start, end } of capturedIn(matcher)) {
      const captured = text.slice(start, end);
      const replaced = replacement(captured);
      parts.push(text.slice(done, start), replaced);
      length += replaced.length - captured.length;
      if (length > most) return undefined;
      done = end;
      occurrences += 1;
    }
    if (!isInRest(regexp, text, matcher.end())) break;
  }
  if (occurrences === 0) return { text, occurrences };
  parts.push(text.slice(done));
  return { text: parts.join(''), occurrences };
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** The captured spans of a match in their order, those within or across one another joined to one. */
function capturedIn(matcher: ReturnType<RE2JS['matcher']>): Span[] {
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
 * one with its groups. The character before is part of it, for what looks at it, such as `\b`.
 */
function isInRest(regexp: RE2JS, text: string, end: number): boolean {
  return end === 0 || regexp.test(text.slice(end - 1));
}
