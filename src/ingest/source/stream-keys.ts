/** The keys of the objects of one stream, and what to list to find them. */

import { DatedPrefix } from '../../domain/streams/dated-prefix.js';
import { type KeyPatternLists, KeyPatterns } from '../../rules/key-patterns.js';

export interface StreamKeysOptions extends KeyPatternLists {
  /** Of a prefix with a date, the first day that is collected, such as `2026-06-01`. Default: all are. */
  readonly firstDay?: string;
}

/** `other`: it lies elsewhere, and is of no concern to the stream. */
export type KeyVerdict = 'wanted' | 'excluded' | 'other';

const DAY_MS = 86_400_000;

export class StreamKeys {
  /** Of what is listed: it differs wherever other objects are wanted. */
  readonly name: string;
  private readonly prefix: DatedPrefix;
  private readonly patterns: KeyPatterns;
  private readonly firstDay: string | undefined;

  /** @throws Error for a prefix or a pattern with a mistake. */
  constructor(prefix: string, { firstDay, ...patterns }: StreamKeysOptions = {}) {
    this.prefix = new DatedPrefix(prefix);
    this.patterns = new KeyPatterns(patterns);
    this.firstDay = this.prefix.isDated ? firstDay : undefined;
    const { include, exclude } = patterns;
    const isPlain = (this.firstDay ?? include ?? exclude) === undefined;
    this.name = isPlain ? prefix : JSON.stringify([prefix, this.firstDay, include, exclude]);
  }

  /** What all of them begin with. */
  get head(): string {
    return this.prefix.head;
  }

  judge(key: string): KeyVerdict {
    const lies = this.prefix.matches(key) && (this.firstDay === undefined || this.prefix.isFrom(this.firstDay, key));
    if (!lies) return 'other';
    return this.patterns.wants(key) ? 'wanted' : 'excluded';
  }

  wants(key: string): boolean {
    return this.judge(key) === 'wanted';
  }

  /** Prefixes below which all of them are that are there at a time. Clocks and time zones differ: the next day may have begun. */
  everything(at: Date): readonly string[] {
    if (this.firstDay === undefined) return [this.head];
    const from = new Date(`${this.firstDay}T00:00:00Z`);
    const until = new Date(at.getTime() + DAY_MS);
    return this.prefix.ofDays(from < until ? from : until, until);
  }

  /** Prefixes below which those of the last days are, whenever within a day after a time that is; `undefined` where keys have no date. */
  lastDays(at: Date): readonly string[] | undefined {
    if (!this.prefix.isDated) return undefined;
    return this.prefix.ofDays(new Date(at.getTime() - DAY_MS), new Date(at.getTime() + 2 * DAY_MS));
  }
}
