/** What is gathered while a list is read, and how much of it there may be. */

import { setImmediate as turn } from 'node:timers/promises';
import { ListTooLong, NotUnderstood, type WantedIndicator } from './wanted.js';
import { wantedOf } from './wanted-of.js';

export const MOST_WANTED = 10_000;
const MOST_STRANGE = 10_000;
/** Cells of CSV, of use or not; each line counts as one, too. */
const MOST_CELLS = 200_000;
/** So many one after the other, before others get a turn. */
const AT_ONCE = 100;
const AT_ONCE_MS = 10;
/** Of what is not understood, so many are named; the others are only counted. */
const MOST_NAMED = 1_000;
/** `sha256sum` and the like write a hash and the name of the file, which a star or a backslash may go before. */
const OF_CHECKSUMS = /^\s*\\?([0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64})\s+\*?(\S.*)$/i;
/** Of each, in characters. */
const MOST_SHOWN = 200;

export interface StrangeEntry {
  /** Line, or place of the object in a STIX bundle, counted from 1. */
  readonly line: number;
  readonly text: string;
  readonly reason: string;
}

export interface ParsedList {
  /** Each once, however often it was given. */
  readonly wanted: readonly WantedIndicator[];
  readonly notUnderstood: readonly StrangeEntry[];
  /** How many were not understood, if there are more than are named. */
  readonly strange: number;
}

export class Parsing {
  private readonly wanted = new Map<string, WantedIndicator>();
  private readonly strangers: StrangeEntry[] = [];
  private strange = 0;
  private cells = 0;
  private steps = 0;
  private since = performance.now();

  /** To be awaited between two steps. */
  async pause(): Promise<void> {
    this.steps += 1;
    if (this.steps % AT_ONCE !== 0 && performance.now() - this.since < AT_ONCE_MS) return;
    await turn();
    this.since = performance.now();
  }

  add(line: number, text: string): void {
    const [, hash, name] = OF_CHECKSUMS.exec(text) ?? [];
    for (const part of hash === undefined || name === undefined ? [text] : [hash, name]) {
      const wanted = this.tried(part);
      if (typeof wanted === 'string') this.refuse(line, part, wanted);
      else this.take(wanted);
    }
  }

  /** For a part of what is understood as a whole. */
  addIfUnderstood(text: string): void {
    const wanted = this.tried(text);
    if (typeof wanted !== 'string') this.take(wanted);
  }

  /** @returns why not, if it is not understood. */
  tried(text: string): WantedIndicator | string {
    this.cells += 1;
    if (this.cells > MOST_CELLS) throw tooLong(MOST_CELLS, 'cells');
    try {
      return wantedOf(text);
    } catch (error) {
      if (error instanceof NotUnderstood) return error.message;
      throw error;
    }
  }

  take(wanted: WantedIndicator): void {
    const { keys, between } = wanted;
    const name = `${keys[0]} ${keys.length} ${between?.from} ${between?.to}`;
    if (this.wanted.has(name)) return;
    if (this.wanted.size === MOST_WANTED) throw tooLong(MOST_WANTED, 'indicators');
    this.wanted.set(name, wanted);
  }

  refuse(line: number, text: string, reason: string): void {
    this.strange += 1;
    if (this.strange > MOST_STRANGE) throw tooLong(MOST_STRANGE, 'entries that are not understood');
    if (this.strangers.length < MOST_NAMED) this.strangers.push({ line, text: text.slice(0, MOST_SHOWN), reason });
  }

  result(): ParsedList {
    return { wanted: [...this.wanted.values()], notUnderstood: this.strangers, strange: this.strange };
  }
}

export function tooLong(most: number, what: string): ListTooLong {
  return new ListTooLong(`a list may have at most ${most.toLocaleString('en-US')} ${what}: split it`);
}
