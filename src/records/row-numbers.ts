/** Numbers identical rows of one listing, so that truly identical ones are as many records. */

import type { RowTail } from '../domain/streams/window.js';
import { Occurrences } from './occurrences.js';

/** More different rows in one second are not kept in a tail. */
const LONGEST_TAIL = 1_000;

/**
 * Numbers the rows of a window page by page, and tells what has to be kept to go on with a later page.
 *
 * Identical rows have the same time. As long as a listing is in order of time, oldest or newest first, only the rows of
 * the last second can occur again on the pages to come, and their counts are all that is kept.
 */
export class RowNumbers {
  readonly #occurrences = new Occurrences();
  readonly #resumed: boolean;
  #second: number | undefined;
  #order: RowTail['order'];
  #outOfOrder = false;
  #timeless = false;
  #counts = new Map<string, number>();

  constructor(tail?: RowTail) {
    this.#resumed = tail !== undefined;
    if (tail === undefined) return;
    this.#second = tail.second;
    this.#order = tail.order;
    this.#counts = new Map(tail.counts);
    for (const [content, count] of tail.counts) for (let at = 0; at < count; at += 1) this.#occurrences.next(content);
  }

  /**
   * @param content digest of the row.
   * @param time of the row; a row without one can occur again anywhere.
   * @returns 1 for the first row with this content, 2 for the second, …
   */
  next(content: string, time: Date | undefined): number {
    const occurrence = this.#occurrences.next(content);
    if (time === undefined) this.#timeless = true;
    else this.#follow(Math.floor(time.getTime() / 1_000));
    this.#counts.set(content, occurrence);
    return occurrence;
  }

  /** What to keep for the pages to come: `none` before the first row; `undefined` when it would not be enough. */
  get tail(): RowTail | 'none' | undefined {
    if (this.#outOfOrder || this.#timeless || this.#counts.size > LONGEST_TAIL) return undefined;
    if (this.#second === undefined) return 'none';
    const order = this.#order === undefined ? {} : { order: this.#order };
    return { second: this.#second, ...order, counts: [...this.#counts] };
  }

  /** Whether the tail it began with was not enough: a row is out of order, and identical ones may have come before. */
  get isLost(): boolean {
    return this.#resumed && this.#outOfOrder;
  }

  #follow(second: number): void {
    if (second === this.#second) return;
    if (this.#second !== undefined) {
      const order = second > this.#second ? 'rising' : 'falling';
      if (this.#order !== undefined && order !== this.#order) this.#outOfOrder = true;
      this.#order = order;
    }
    this.#second = second;
    this.#counts = new Map();
  }
}
