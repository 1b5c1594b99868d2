/** Takes JSON apart without losing how it was written. */

import { isObject } from './json.js';
import { outlineOf, type Piece } from './json-outline.js';

/**
 * A value, and the text that it was read from. A part keeps the whole text in memory, and so does what is cut out of it, as
 * V8 cuts strings: both are for as long as a page is worked on, and no longer.
 */
export class JsonPart {
  private constructor(
    readonly value: unknown,
    private readonly whole: string,
    private readonly piece: Piece,
  ) {}

  /**
   * @param value what `JSON.parse` makes of the text.
   * @param levels of lists and objects that are to be taken apart.
   */
  static of(value: unknown, text: string, levels: number): JsonPart {
    return new JsonPart(value, text, outlineOf(text, levels));
  }

  /** As received, without the white space around it. */
  get text(): string {
    return this.whole.slice(this.piece.begin, this.piece.end);
  }

  /** The entries of a list; none of anything else. */
  elements(): JsonPart[] {
    const { value, whole, piece } = this;
    return Array.isArray(value) ? piece.inner.map((each, at) => new JsonPart(value[at], whole, each)) : [];
  }

  /** What an object holds under a key: of several the last, as `JSON.parse` has it. */
  member(key: string): JsonPart | undefined {
    const { value, whole, piece } = this;
    const found = isObject(value) ? piece.inner.findLast((each) => each.key === key) : undefined;
    return found && isObject(value) ? new JsonPart(value[key], whole, found) : undefined;
  }
}
