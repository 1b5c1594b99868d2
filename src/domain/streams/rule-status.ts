/** What is known of a processing rule of a source. */

export interface RuleStatus {
  readonly name: string;
  readonly filterType: string;
  /** Records that it matched, over all streams. A page that is read again is counted again. */
  readonly records: number;
  /** When it was first tried on a record, as it stands now. */
  readonly since: Date;
  readonly lastMatchedAt?: Date;
  /** Whether it has not matched anything for a day or longer, although records came. */
  readonly isSilent: boolean;
}

/** A rule that matches nothing for so long, in milliseconds, is told of: a Mask that hides nothing looks like one that works. */
export const SILENCE_MS = 24 * 3_600_000;

/** @param triedAt when it was last tried on a record: while no records come, no rule can match one. */
export function isSilent(since: Date, triedAt: Date, lastMatchedAt: Date = since): boolean {
  return triedAt.getTime() - lastMatchedAt.getTime() >= SILENCE_MS;
}
