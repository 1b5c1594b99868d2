/** Takes JSON apart without losing how it was written. */

import { isUtf8 } from 'node:buffer';
import { isObject } from '../domain/json.js';
import { outlineOf, type Piece } from './json-outline.js';

/** A text, and where a value stands in it. */
interface Place {
  readonly whole: string;
  readonly piece: Piece;
}

/**
 * A value, and the text that it was read from. A part keeps the whole text in memory, and so does what is cut out of it, as
 * V8 cuts strings: both are for as long as a page is worked on, and no longer.
 */
export class JsonPart {
  private constructor(
    readonly value: unknown,
    private readonly place: Place,
    /** The same with a character for each byte, where the bytes are not UTF-8. */
    private readonly bytePlace: Place | undefined,
  ) {}

  /**
   * @param value what `JSON.parse` makes of the text.
   * @param levels of lists and objects that are to be taken apart.
   * @param bytes what the text was read from, where that is not UTF-8.
   */
  static of(value: unknown, text: string, levels: number, bytes?: Buffer): JsonPart {
    // All that gives JSON its structure is ASCII, which bad bytes never take in.
    const byteText = bytes?.toString('latin1').replace(BYTE_ORDER_MARK, '');
    const bytePlace = byteText === undefined ? undefined : { whole: byteText, piece: outlineOf(byteText, levels) };
    return new JsonPart(value, { whole: text, piece: outlineOf(text, levels) }, bytePlace);
  }

  /** As received, without the white space around it. */
  get text(): string {
    return textAt(this.place);
  }

  /** The bytes of the text, where they are not UTF-8. */
  get bytes(): Buffer | undefined {
    const bytes = this.bytePlace && Buffer.from(textAt(this.bytePlace), 'latin1');
    return bytes === undefined || isUtf8(bytes) ? undefined : bytes;
  }

  /** The entries of a list; none of anything else. */
  elements(): JsonPart[] {
    const { value } = this;
    return Array.isArray(value) ? this.place.piece.inner.map((_, at) => this.inner(value[at], at)) : [];
  }

  /** What an object holds under a key: of several the last, as `JSON.parse` has it. */
  member(key: string): JsonPart | undefined {
    const { value } = this;
    const at = isObject(value) ? this.place.piece.inner.findLastIndex((each) => each.key === key) : -1;
    return isObject(value) && at >= 0 ? this.inner(value[key], at) : undefined;
  }

  private inner(value: unknown, at: number): JsonPart {
    const within = (place: Place | undefined) => {
      const piece = place?.piece.inner[at];
      return place && piece && { whole: place.whole, piece };
    };
    return new JsonPart(value, within(this.place) ?? this.place, within(this.bytePlace));
  }
}

/** As it looks with a character for each byte. */
const BYTE_ORDER_MARK = /^\u00ef\u00bb\u00bf/;

function textAt({ whole, piece }: Place): string {
  return whole.slice(piece.begin, piece.end);
}
