/** Applies a source's processing rules to the text of one record. */

import type { ChangeRule, Rule, Rules, SelectionRule } from './compile.js';
import { DEFAULT_MASK } from './filter.js';
import { type Limits, replaceGroups } from './replace.js';
import type { Screening } from './screen.js';
import { cutToBytes, slicesOf } from './slices.js';
import { type Spelled, spelled } from './spelling.js';
import { Work } from './work.js';

/** What a Mask or Hash did to a text. */
export interface RuleChange {
  readonly rule: Rule;
  /** How many captured texts it replaced, at least one. */
  readonly occurrences: number;
}

/** Part of every outcome. */
interface Matches {
  /**
   * Rules that match; of a Mask or Hash, that replaced something. Of Includes and Excludes no more than it takes to know the
   * outcome, and those that were asked for.
   */
  readonly matched: readonly Rule[];
}

export interface Kept extends Matches {
  readonly isKept: true;
  /** The very text when no rule changed it. */
  readonly text: string;
  /** In the order in which the rules worked. */
  readonly changes: readonly RuleChange[];
  /** What was replaced, in the plain spelling; undefined when it is too much to be remembered. */
  readonly hidden: ReadonlySet<string> | undefined;
}

export interface Excluded extends Matches {
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

/** So many different texts that were replaced are remembered. */
const MAX_HIDDEN = 1_000;
const NOTHING: ReadonlySet<string> = new Set();

/**
 * What the rules make of a text, in either of its spellings: as it was received, and as people write it (`spelling.ts`).
 *
 * 1. An Exclude that matches keeps it out; so does the lack of a match when there are Includes. Both have to match the
 *    whole text from start to end.
 * 2. Masks and Hashes work in the order of the list (Sumo Logic does not say where hashes stand), each on what the one
 *    before left, on all that their groups capture.
 * 3. A text that masks made longer than five times its bytes is cut to that, not counting what hashes added; after all
 *    rules have worked, so that a cut never hides from a rule what it would have masked.
 */
export function applyRules(rules: Rules, text: string, isAskedFor: (rule: Rule) => boolean = () => false): Applied {
  if (rules.isEmpty) return { isKept: true, text, changes: [], hidden: NOTHING, matched: [] };
  const looks = looksAt(rules, text);
  const [head] = looks;
  const selected = head === undefined ? undefined : selectionOf(rules, head, isAskedFor);
  if (selected !== undefined && !selected.isKept) return selected;
  const kept = changed(rules, text, looks);
  return { ...kept, matched: [...(selected?.matched ?? []), ...kept.matched] };
}

function selectionOf(
  { includes, excludes }: Rules,
  head: Look,
  isAskedFor: (rule: Rule) => boolean,
): Excluded | (Matches & { readonly isKept: true }) {
  const matching = (rules: readonly SelectionRule[], isDecided: boolean) => {
    const matched: SelectionRule[] = [];
    for (const rule of rules) {
      const isOpen = !isDecided && matched.length === 0;
      if ((isOpen || isAskedFor(rule)) && matchesWhole(rule, head)) matched.push(rule);
    }
    return matched;
  };
  const out = matching(excludes, false);
  const [by] = out;
  const within = matching(includes, by !== undefined);
  const matched = [...within, ...out];
  if (by !== undefined) return { isKept: false, by, matched };
  return includes.length > 0 && within.length === 0 ? { isKept: false, matched } : { isKept: true, matched };
}

/** The text with all masks and hashes, whatever Includes and Excludes say: for what is kept though it is no record. */
export function maskForKeeping(rules: Rules, text: string): string {
  return rules.changes.length === 0 ? text : changed(rules, text, looksAt(rules, text)).text;
}

/**
 * The same for a text that is not whole, such as the beginning of a line that is too long or a line that broke off. Nobody
 * can know what a rule would have masked in it, had it been whole; so any Mask or Hash hides all of it.
 */
export function maskPieceForKeeping(rules: Rules, piece: string): string {
  return rules.changes.length === 0 ? piece : DEFAULT_MASK;
}

/** A slice of a text, and which patterns are in either of its spellings. */
interface Look {
  readonly text: Spelled;
  readonly screenings: readonly Screening[];
}

function looksAt(rules: Rules, text: string): Look[] {
  return slicesOf(text).map((slice) => lookAt(rules, spelled(slice)));
}

function lookAt({ screen }: Rules, text: Spelled): Look {
  const { received, plain, escapes } = text;
  return { text, screenings: escapes.length === 0 ? [screen.of(plain)] : [screen.of(plain), screen.of(received)] };
}

function matchesWhole({ index, isExact, regexp }: SelectionRule, { screenings }: Look): boolean {
  return screenings.some((screening) => {
    if (!screening.has(index)) return false;
    return (isExact && !screening.text.includes('\n')) || regexp.matches(screening.text);
  });
}

function changed(rules: Rules, text: string, looks: readonly Look[]): Kept {
  const tally: Tally = { occurrences: new Map(), hidden: new Set(), hashGrowth: 0 };
  const limits = { most: Math.floor(MAX_TEXT / Math.max(1, looks.length)), work: new Work() };
  const slices: string[] = [];
  for (const look of looks) {
    const slice = changedSlice(rules, look, limits, tally);
    if (slice === undefined) return kept(DEFAULT_MASK, tally);
    slices.push(slice);
  }
  const result = kept(text, tally);
  const { changes } = result;
  if (changes.length === 0) return result;
  const whole = slices.join('');
  if (changes.every(({ rule }) => rule.filterType === 'Hash')) return { ...result, text: whole };
  const most = MAX_GROWTH * Buffer.byteLength(text) + Math.max(0, tally.hashGrowth);
  return { ...result, text: cutToBytes(whole, most) };
}

/** What the rules did to a text so far. */
interface Tally {
  readonly occurrences: Map<ChangeRule, number>;
  /** What they replaced, up to one more than is remembered. */
  readonly hidden: Set<string>;
  /** Bytes by which hashes made it longer. */
  hashGrowth: number;
}

/** @returns undefined when a rule hides all of it, because that would be too long, or too much work. */
function changedSlice(rules: Rules, look: Look, limits: Limits, tally: Tally): string | undefined {
  const { occurrences } = tally;
  let current = look;
  for (const rule of rules.changes) {
    if (!current.screenings.some((screening) => screening.has(rule.index))) continue;
    const { received } = current.text;
    const replacement = (captured: string) => {
      if (tally.hidden.size <= MAX_HIDDEN) tally.hidden.add(captured);
      return rule.replacement(captured);
    };
    const replaced = replaceGroups(rule.regexp, current.text, replacement, limits);
    if (replaced === undefined) {
      occurrences.set(rule, (occurrences.get(rule) ?? 0) + 1);
      return undefined;
    }
    if (replaced.occurrences === 0) continue;
    occurrences.set(rule, (occurrences.get(rule) ?? 0) + replaced.occurrences);
    if (replaced.text === received) continue;
    if (rule.filterType === 'Hash') tally.hashGrowth += Buffer.byteLength(replaced.text) - Buffer.byteLength(received);
    current = lookAt(rules, spelled(replaced.text));
  }
  return current.text.received;
}

function kept(text: string, { occurrences, hidden }: Tally): Kept {
  const changes = [...occurrences].map(([rule, count]) => ({ rule, occurrences: count }));
  const known = hidden.size > MAX_HIDDEN ? undefined : hidden;
  return { isKept: true, text, changes, hidden: known, matched: changes.map(({ rule }) => rule) };
}
