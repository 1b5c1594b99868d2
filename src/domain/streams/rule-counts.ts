/** What a source's processing rules did, in records. A page that is read again is counted again. */

export interface RuleCounts {
  /** Not stored, because a rule says so. */
  readonly excluded: number;
  /** Stored with a part masked. */
  readonly masked: number;
  /** Stored with a part hashed. */
  readonly hashed: number;
  /** Stored as masked text, because a mask left no JSON. */
  readonly broken: number;
}

export const NO_RULE_COUNTS: RuleCounts = { excluded: 0, masked: 0, hashed: 0, broken: 0 };

export function addRuleCounts(a: RuleCounts, b: RuleCounts): RuleCounts {
  return {
    excluded: a.excluded + b.excluded,
    masked: a.masked + b.masked,
    hashed: a.hashed + b.hashed,
    broken: a.broken + b.broken,
  };
}

export function isNoCount({ excluded, masked, hashed }: RuleCounts): boolean {
  return excluded + masked + hashed === 0;
}
