/** What becomes of a record, or of what is none, under a source's processing rules. */

import { present } from '../domain/present.js';
import type { Alteration } from '../domain/streams/alterations.js';
import { applyRules, maskForKeeping, maskPieceForKeeping, type RuleChange } from '../rules/apply.js';
import type { Rule, Rules } from '../rules/compile.js';
import { type Decoded, decodeText, type VendorRecord } from './decode.js';

/** Key of a document whose masked text is no JSON any more: it holds that text, and stands for all keys of the record. */
export const MASKED_TEXT_KEY = '_maskedText';

export type RuledRecord =
  | {
      readonly outcome: 'excluded';
      /** The first Exclude in the list that matches; absent when it is out because no Include matches. */
      readonly by?: Rule;
      readonly matched: readonly Rule[];
    }
  | {
      readonly outcome: 'kept';
      /** As received, with what rules did to it. */
      readonly text: string;
      /** What the document cannot hold of `text`; absent when it holds everything. */
      readonly alterations?: readonly Alteration[];
      readonly matched: readonly Rule[];
      readonly changes: readonly RuleChange[];
      /** See `Kept`. */
      readonly hidden: ReadonlySet<string> | undefined;
      /** To be stored; empty when `maskedText` is set. */
      readonly record: VendorRecord;
      /** Set when a mask broke the JSON: to be stored as `MASKED_TEXT_KEY`, and to be warned of. */
      readonly maskedText?: string;
      /** Captured texts that were masked. */
      readonly masked: number;
      /** Captured texts that were hashed. */
      readonly hashed: number;
    }
  | {
      readonly outcome: 'unreadable';
      /** Quotes nothing that a rule hides. */
      readonly reason: string;
      /** Masked. */
      readonly text: string;
    };

/**
 * Applies the rules to a text that was decoded already.
 *
 * What is no record goes to quarantine whatever Includes and Excludes say: else a rule could make a foreign or damaged file
 * look like one that was read. What is not even JSON is taken for a piece of a record: it may have been cut or damaged
 * anywhere, and a rule may miss in it what it would have found in the whole.
 *
 * @param text of the record, as received.
 * @param decoded what it says.
 * @param options.isPiece whether the text may be only the beginning of one, see `maskPieceForKeeping`. Default false.
 * @param options.isAskedFor see `applyRules`.
 */
export function ruledRecord(
  rules: Rules,
  text: string,
  decoded: Decoded,
  { isPiece = false, isAskedFor }: RulingOptions = {},
): RuledRecord {
  if (!decoded.ok) return unreadable(rules, text, decoded.reason, isPiece);
  if (rules.isEmpty) return { outcome: 'kept', text, ...UNRULED, ...storable(decoded) };
  const applied = applyRules(rules, text, isAskedFor);
  if (!applied.isKept) {
    const { by, matched } = applied;
    return { outcome: 'excluded', matched, ...present({ by }) };
  }
  const { text: kept, changes, hidden, matched } = applied;
  const did = { text: kept, changes, hidden, matched, masked: count(changes, 'Mask'), hashed: count(changes, 'Hash') };
  const again = kept === text ? decoded : decodeText(kept);
  if (!again.ok) return { outcome: 'kept', record: {}, maskedText: kept, ...did };
  return { outcome: 'kept', ...storable(again), ...did };
}

const UNRULED = { matched: [], changes: [], hidden: new Set<string>(), masked: 0, hashed: 0 } as const;

function storable({ record, alterations }: Extract<Decoded, { ok: true }>) {
  return alterations === undefined ? { record } : { record, alterations };
}

export interface RulingOptions {
  readonly isPiece?: boolean;
  readonly isAskedFor?: ((rule: Rule) => boolean) | undefined;
}

/** Of what is not JSON: the words of the JSON parser, which quotes the text. */
const NO_JSON = /^not JSON: /;

function unreadable(rules: Rules, text: string, reason: string, isPiece: boolean): RuledRecord {
  const isNoJson = NO_JSON.test(reason);
  if (!isPiece && !isNoJson) return { outcome: 'unreadable', reason, text: maskForKeeping(rules, text) };
  const masked = maskPieceForKeeping(rules, text);
  const shownReason = isNoJson && masked !== text ? 'not JSON as received' : reason;
  return { outcome: 'unreadable', reason: shownReason, text: masked };
}

function count(changes: readonly RuleChange[], filterType: 'Mask' | 'Hash'): number {
  return changes.reduce((sum, { rule, occurrences }) => sum + (rule.filterType === filterType ? occurrences : 0), 0);
}
