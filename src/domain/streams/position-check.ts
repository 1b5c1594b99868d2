/**
 * When the position of a stream that stays empty is to be doubted. A token is only a claim: an answer that is empty and
 * caught up may hand out one that stands nowhere, and then nothing ever comes again.
 */

const HOUR_MS = 3_600_000;
const LONGEST_MS = 24 * HOUR_MS;

export interface PositionNews {
  /** When the stream last brought files; absent when it never has. */
  readonly newsAt?: Date;
  /** When the position was last proven: by files, or by a look at what is listed by date. Absent after a restart. */
  readonly provenAt?: Date;
}

/** Whether to look: after an hour without files, again after as long as it has been quiet by then, and at least daily. */
export function isLookDue({ newsAt, provenAt }: PositionNews, now: Date): boolean {
  if (newsAt === undefined) return false;
  if (provenAt === undefined) return true;
  const quietMs = provenAt.getTime() - newsAt.getTime();
  return now.getTime() - provenAt.getTime() >= Math.min(LONGEST_MS, Math.max(HOUR_MS, quietMs));
}
