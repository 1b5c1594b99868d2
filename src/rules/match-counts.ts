/** Which rules of a source have matched a record since that was last noted in the store. */

import type { Rule } from './compile.js';

export class MatchCounts {
  private counts = new Map<Rule, number>();
  private hasTried = false;
  private takenAt = Number.NEGATIVE_INFINITY;

  has(rule: Rule): boolean {
    return this.counts.has(rule);
  }

  /** Notes a record that the rules were tried on. */
  count(matched: readonly Rule[]): void {
    this.hasTried = true;
    for (const rule of matched) this.counts.set(rule, (this.counts.get(rule) ?? 0) + 1);
  }

  /**
   * Records by the rules that matched them, and forgets them.
   *
   * @param now epoch milliseconds.
   * @returns undefined when no record came, or the last ones were taken less than `everyMs` ago.
   */
  take(now: number, everyMs: number): ReadonlyMap<Rule, number> | undefined {
    const { counts, hasTried, takenAt } = this;
    if (!hasTried || now < takenAt + everyMs) return undefined;
    this.counts = new Map();
    this.hasTried = false;
    this.takenAt = now;
    return counts;
  }
}
