/** What becomes of a record, or of what is none, under a source's processing rules. */

import { type Decoded, decodeText, type VendorRecord } from '../decode.js';
import { applyRules, maskForKeeping, maskPieceForKeeping, type RuleChange } from './apply.js';
import type { Rules } from './compile.js';

/** Key of a document whose masked text is no JSON any more: it holds that text, and stands for all keys of the record. */
export const MASKED_TEXT_KEY = '_maskedText';

export type RuledRecord =
  | { readonly outcome: 'excluded' }
  | {
      readonly outcome: 'kept';
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
 * @param isPiece whether the text may be only the beginning of one, see `maskPieceForKeeping`. Default false.
 */
export function ruledRecord(rules: Rules, text: string, decoded: Decoded, isPiece = false): RuledRecord {
  if (!decoded.ok) return unreadable(rules, text, decoded.reason, isPiece);
  if (rules.isEmpty) return { outcome: 'kept', record: decoded.record, masked: 0, hashed: 0 };
  const applied = applyRules(rules, text);
  if (!applied.isKept) return { outcome: 'excluded' };
  const counts = { masked: count(applied.changes, 'Mask'), hashed: count(applied.changes, 'Hash') };
  if (applied.text === text) return { outcome: 'kept', record: decoded.record, ...counts };
  const again = decodeText(applied.text);
  if (again.ok) return { outcome: 'kept', record: again.record, ...counts };
  return { outcome: 'kept', record: {}, maskedText: applied.text, ...counts };
}

/** Of what is not JSON: the words of the JSON parser, which quotes the text. */
const NO_JSON = /^not JSON: /;

function unreadable(rules: Rules, text: string, reason: string, isPiece: boolean): RuledRecord {
  const isNoJson = NO_JSON.test(reason);
  if (!isPiece && !isNoJson) return { outcome: 'unreadable', reason, text: maskForKeeping(rules, text) };
  const masked = maskPieceForKeeping(rules, text);
  const told = isNoJson && masked !== text ? 'not JSON as received' : reason;
  return { outcome: 'unreadable', reason: told, text: masked };
}

function count(changes: readonly RuleChange[], filterType: 'Mask' | 'Hash'): number {
  return changes.reduce((sum, { rule, occurrences }) => sum + (rule.filterType === filterType ? occurrences : 0), 0);
}
