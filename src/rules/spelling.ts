/**
 * The two spellings of a JSON text that rules look at: as it was received, and as people write it, with every escape undone
 * that JSON does not need. Mimecast writes `<` as `\u003c`, and a rule for `<` means both.
 */

/** A text in both spellings. They differ in the escapes alone, so that a place in one is known in the other. */
export interface Spelled {
  readonly received: string;
  readonly plain: string;
  /** In their order; none where both spellings are the same. */
  readonly escapes: readonly Escape[];
}

interface Escape {
  readonly received: Span;
  readonly plain: Span;
}

export interface Span {
  readonly start: number;
  readonly end: number;
}

const BACKSLASH = '\\';
/** A quick look: nearly all texts end here. */
const SUSPECT = /\\(?:\/|u[\da-fA-F]{4})/;
/** Each escape of a text, so that a backslash that is escaped itself begins none. */
const ESCAPES = /\\(?:u([\da-fA-F]{4})|[\s\S])/g;

/** @param text JSON, or a piece of it that no cut within an escape begins or ends. */
export function spelled(text: string): Spelled {
  if (!text.includes(BACKSLASH) || !SUSPECT.test(text)) return { received: text, plain: text, escapes: [] };
  const escapes: Escape[] = [];
  const parts: string[] = [];
  let done = 0;
  let length = 0;
  for (const match of text.matchAll(ESCAPES)) {
    const [written, hex] = match;
    const start = match.index;
    const end = start + written.length;
    const plain = plainOf(written, hex, text, start);
    if (plain === written) continue;
    const before = text.slice(done, start);
    parts.push(before, plain);
    length += before.length;
    escapes.push({ received: { start, end }, plain: { start: length, end: length + plain.length } });
    length += plain.length;
    done = end;
  }
  parts.push(text.slice(done));
  return { received: text, plain: parts.join(''), escapes };
}

/** As `JSON.stringify` writes it. */
function plainOf(written: string, hex: string | undefined, text: string, start: number): string {
  if (written === '\\/') return '/';
  if (hex === undefined) return written;
  const code = Number.parseInt(hex, 16);
  if (isSurrogate(code) && !isPaired(code, text, start)) return written;
  return isSurrogate(code) ? String.fromCharCode(code) : JSON.stringify(String.fromCharCode(code)).slice(1, -1);
}

function isSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdfff;
}

const HIGH_BEFORE = /\\u[dD][89abAB][\da-fA-F]{2}$/;
const LOW_BEHIND = /^\\u[dD][c-fC-F][\da-fA-F]{2}/;
const ESCAPE_LENGTH = 6;

/** Whether a half of a pair stands beside its other half; alone it is no character, and stays as it is written. */
function isPaired(code: number, text: string, start: number): boolean {
  if (code < 0xdc00) return LOW_BEHIND.test(text.slice(start + ESCAPE_LENGTH, start + 2 * ESCAPE_LENGTH));
  const before = text.slice(start - ESCAPE_LENGTH, start);
  return HIGH_BEFORE.test(before) && !isEscaped(text, start - ESCAPE_LENGTH);
}

/** Whether the backslash at a place is itself escaped. */
export function isEscaped(text: string, at: number): boolean {
  let slashes = 0;
  while (text[at - 1 - slashes] === '\\') slashes += 1;
  return slashes % 2 === 1;
}

/** Spans found in the received spelling, as those of the plain one. Both in their order. */
export function inPlain({ escapes }: Spelled, spans: readonly Span[]): Span[] {
  return moved(
    spans,
    escapes.map(({ received: from, plain: to }) => ({ from, to })),
  );
}

function inReceived({ escapes }: Spelled, spans: readonly Span[]): Span[] {
  return moved(
    spans,
    escapes.map(({ plain: from, received: to }) => ({ from, to })),
  );
}

/** What begins or ends within an escape takes in all of it. */
function moved(spans: readonly Span[], escapes: readonly { readonly from: Span; readonly to: Span }[]): Span[] {
  let at = 0;
  /** The escape that a place is in or behind; places have to rise. */
  const escapeAt = (place: number) => {
    while ((escapes[at]?.from.start ?? Number.POSITIVE_INFINITY) < place) at += 1;
    return escapes[at - 1];
  };
  return spans.map(({ start, end }) => {
    const first = escapeAt(start);
    const newStart =
      first === undefined ? start : start < first.from.end ? first.to.start : first.to.end + start - first.from.end;
    const last = escapeAt(end);
    const newEnd = last === undefined ? end : end < last.from.end ? last.to.end : last.to.end + end - last.from.end;
    return { start: newStart, end: newEnd };
  });
}

/** Spans of either origin in their order, those across one another joined to one. */
export function joined(spans: readonly Span[]): Span[] {
  const result: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.start - b.start)) {
    const last = result.at(-1);
    if (last === undefined || span.start >= last.end) result.push(span);
    else if (span.end > last.end) result[result.length - 1] = { start: last.start, end: span.end };
  }
  return result;
}

/**
 * Replaces spans of the plain spelling, whole escapes each.
 *
 * @param found in their order, none across another.
 * @param replacement is given what a span reads in the plain spelling.
 * @returns the received spelling; undefined when it would have more than `most` characters.
 */
export function substituted(
  text: Spelled,
  found: readonly Span[],
  replacement: (captured: string) => string,
  most: number,
): string | undefined {
  const isSame = text.escapes.length === 0;
  // There and back, so that no escape is cut.
  const spans = isSame ? found : joined(inPlain(text, inReceived(text, found)));
  const places = isSame ? spans : inReceived(text, spans);
  const parts: string[] = [];
  let done = 0;
  let { length } = text.received;
  for (const [index, { start, end }] of places.entries()) {
    const span = spans[index];
    const substitute = replacement(text.plain.slice(span?.start, span?.end));
    parts.push(text.received.slice(done, start), substitute);
    length += substitute.length - (end - start);
    if (length > most) return undefined;
    done = end;
  }
  parts.push(text.received.slice(done));
  return parts.join('');
}
