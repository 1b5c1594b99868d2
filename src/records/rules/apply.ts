/** Applies a source's processing rules to the text of one record. */

import type { ChangeRule, Rule, Rules, SelectionRule } from './compile.js';
import { DEFAULT_MASK } from './filter.js';
import { type Limits, replaceGroups } from './replace.js';
import type { Screening } from './screen.js';
import { cutToBytes, slicesOf } from './slices.js';
import { Work } from './work.js';

/** What a Mask or Hash did to a text. */
export interface RuleChange {
  readonly rule: Rule;
  /** How many captured texts it replaced, at least one. */
  readonly occurrences: number;
}

export interface Kept {
  readonly isKept: true;
  /** The very text when no rule changed it. */
  readonly text: string;
  /** In the order in which the rules worked. */
  readonly changes: readonly RuleChange[];
}

export interface Excluded {
  readonly isKept: false;
  /** The first Exclude in the list that matches; undefined when it is out because no Include matches. */
  readonly by?: Rule;
}

export type Applied = Kept | Excluded;

/** A text with what masks added to it is cut to so many times its bytes. */
const MAX_GROWTH = 5;

/**
 * Longest text in between, in characters, far beyond what MongoDB can keep. Rules that make a text longer, each masking
 * the masks of the one before, get the whole of it masked; so do those that are too much work, see `Work`.
 */
export const MAX_TEXT = 67_108_864;

/**
 * What the rules make of a text.
 *
 * 1. An Exclude that matches keeps it out; so does the lack of a match when there are Includes. Both have to match the
 *    whole text from start to end.
 * 2. Masks and Hashes work in the order of the list (Sumo Logic does not say where hashes stand), each on what the one
 *    before left, on all that their groups capture.
 * 3. A text that masks made longer than five times its bytes is cut to that, not counting what hashes added; after all
 *    rules have worked, so that a cut never hides from a rule what it would have masked.
 */
export function applyRules(rules: Rules, text: string): Applied {
  if (rules.isEmpty) return { isKept: true, text, changes: [] };
  const screenings = slicesOf(text).map((slice) => rules.screen.of(slice));
  const [head] = screenings;
  if (head !== undefined) {
    const by = rules.excludes.find((rule) => matchesWhole(rule, head));
    if (by !== undefined) return { isKept: false, by };
    if (rules.includes.length > 0 && !rules.includes.some((rule) => matchesWhole(rule, head))) return { isKept: false };
  }
  return changed(rules, text, screenings);
}

/** The Includes and Excludes that match a text, all of them. */
export function selectionsOf(rules: Rules, text: string): SelectionRule[] {
  const head = rules.screen.of(slicesOf(text)[0] ?? text);
  return [...rules.includes, ...rules.excludes].filter((rule) => matchesWhole(rule, head));
}

/** The text with all masks and hashes, whatever Includes and Excludes say: for what is kept though it is no record. */
export function maskForKeeping(rules: Rules, text: string): string {
  return rules.changes.length === 0 ? text : changed(rules, text, screeningsOf(rules, text)).text;
}

/**
 * The same for a text that is not whole, such as the beginning of a line that is too long or a line that broke off. Nobody
 * can know what a rule would have masked in it, had it been whole; so any Mask or Hash hides all of it.
 */
export function maskPieceForKeeping(rules: Rules, piece: string): string {
  return rules.changes.length === 0 ? piece : DEFAULT_MASK;
}

function screeningsOf(rules: Rules, text: string): Screening[] {
  return slicesOf(text).map((slice) => rules.screen.of(slice));
}

function matchesWhole({ index, isExact, regexp }: SelectionRule, screening: Screening): boolean {
  if (!screening.has(index)) return false;
  return (isExact && !screening.text.includes('\n')) || regexp.matches(screening.text);
}

function changed(rules: Rules, text: string, screenings: readonly Screening[]): Kept {
  const tally: Tally = { occurrences: new Map(), hashGrowth: 0 };
  const limits = { most: Math.floor(MAX_TEXT / Math.max(1, screenings.length)), work: new Work() };
  const slices: string[] = [];
  for (const screening of screenings) {
    const slice = changedSlice(rules, screening, limits, tally);
    if (slice === undefined) return { isKept: true, text: DEFAULT_MASK, changes: changesOf(tally) };
    slices.push(slice);
  }
  const changes = changesOf(tally);
  if (changes.length === 0) return { isKept: true, text, changes };
  const whole = slices.join('');
  if (changes.every(({ rule }) => rule.filterType === 'Hash')) return { isKept: true, text: whole, changes };
  const most = MAX_GROWTH * Buffer.byteLength(text) + Math.max(0, tally.hashGrowth);
  return { isKept: true, text: cutToBytes(whole, most), changes };
}

/** What the rules did to a text so far. */
interface Tally {
  readonly occurrences: Map<ChangeRule, number>;
  /** Bytes by which hashes made it longer. */
  hashGrowth: number;
}

/** @returns undefined when a rule hides all of it, because that would be too long, or too much work. */
function changedSlice(rules: Rules, screening: Screening, limits: Limits, tally: Tally): string | undefined {
  const { occurrences } = tally;
  let current = screening;
  for (const rule of rules.changes) {
    if (!current.has(rule.index)) continue;
    const replaced = replaceGroups(rule.regexp, current.text, rule.replacement, limits);
    if (replaced === undefined) {
      occurrences.set(rule, (occurrences.get(rule) ?? 0) + 1);
      return undefined;
    }
    if (replaced.occurrences === 0) continue;
    occurrences.set(rule, (occurrences.get(rule) ?? 0) + replaced.occurrences);
    if (replaced.text === current.text) continue;
    if (rule.filterType === 'Hash')
      tally.hashGrowth += Buffer.byteLength(replaced.text) - Buffer.byteLength(current.text);
    current = rules.screen.of(replaced.text);
  }
  return current.text;
}

function changesOf({ occurrences }: Tally): RuleChange[] {
  return [...occurrences].map(([rule, count]) => ({ rule, occurrences: count }));
}
