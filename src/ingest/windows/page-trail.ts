/** Tells whether the pages of a listing still bring rows that its pages before did not. */

import { isObject } from '../../domain/json.js';
import type { IdentityRule } from '../../domain/streams/definitions/definition.js';
import { definitionOf, type RecordStream } from '../../domain/streams/streams.js';
import type { PageTrail as Kept } from '../../domain/streams/window.js';
import type { JsonPart } from '../../mimecast/json-part.js';
import { contentDigest } from '../../records/identity.js';
import { Occurrences } from '../../records/occurrences.js';
import { stableIdOf } from '../../records/sealed-id.js';

/** So many pages and tokens are remembered from one slice of work to the next. */
const KEPT = 8;
/** So many pages in a row without a new row close a circle: fewer can be a listing that has shifted by a page. */
const REPEATS_OF_A_CIRCLE = 3;
/** Of a digest, in characters of base64: enough for the few that are compared. */
const SHORT = 16;

export class PageTrail {
  readonly #identity: IdentityRule;
  readonly #rows = new Occurrences();
  readonly #pages: Set<string>;
  readonly #tokens: Set<string>;
  #repeats: number;

  constructor(stream: RecordStream, kept: Kept = { pages: [], tokens: [], repeats: 0 }) {
    this.#identity = definitionOf(stream).identity;
    this.#pages = new Set(kept.pages);
    this.#tokens = new Set(kept.tokens);
    this.#repeats = kept.repeats;
  }

  /**
   * Notes a page.
   *
   * @param isPromised whether the API's total still has room for its rows: then rows that look alike may well be several.
   * @returns whether it is a page that came before, whose rows are to be left out: numbered, they would look like more.
   */
  addPage(rows: readonly JsonPart[], isPromised: boolean): boolean {
    if (rows.length === 0) return false;
    const keys = rows.map((row) => this.#keyOf(row));
    const page = shortDigest(keys.toSorted().join('\n'));
    const cameBefore = this.#pages.has(page);
    const isAgain = cameBefore && (this.#identity.by === 'id' || new Set(keys).size > 1);
    const hasNew = keys.map((key) => this.#rows.next(key)).includes(1) && !cameBefore;
    this.#repeats = isAgain || !(hasNew || isPromised) ? this.#repeats + 1 : 0;
    this.#pages.add(page);
    return isAgain;
  }

  get isCircle(): boolean {
    return this.#repeats >= REPEATS_OF_A_CIRCLE;
  }

  /** Whether the last page noted brought nothing new. */
  get isRepeating(): boolean {
    return this.#repeats > 0;
  }

  /** Notes the token of a page that was asked for. */
  addToken(token: string | undefined): void {
    if (token !== undefined) this.#tokens.add(shortDigest(token));
  }

  knowsToken(token: string | undefined): boolean {
    return token !== undefined && this.#tokens.has(shortDigest(token));
  }

  /** What is kept for the slices to come. */
  get kept(): Kept {
    return {
      pages: [...this.#pages].slice(-KEPT),
      tokens: [...this.#tokens].slice(-KEPT),
      repeats: this.#repeats,
    };
  }

  #keyOf({ value, text }: JsonPart): string {
    const id = isObject(value) ? value.id : undefined;
    if (this.#identity.by === 'content' || typeof id !== 'string' || id === '') return contentDigest(text);
    return stableIdOf(this.#identity, id, undefined) ?? id;
  }
}

function shortDigest(text: string): string {
  return contentDigest(text).slice(0, SHORT);
}
