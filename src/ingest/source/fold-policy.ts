/** When what is known of the objects of a bucket is kept in short; see `folded-objects.ts`. */
export interface FoldPolicy {
  /** Of objects that were written so long ago, in milliseconds. */
  readonly afterMs: number;
  /** Not for the sake of fewer. */
  readonly atLeast: number;
  /** How many go into one document at most. */
  readonly together: number;
}

/** 4,096 objects are 64 KiB. */
export const FOLD_POLICY: FoldPolicy = { afterMs: 86_400_000, atLeast: 100, together: 4_096 };
