/** How long what was given up rests before it is tried once more. All times in milliseconds, unless said otherwise. */

/** What is known of a step that was given up. */
interface GivenUp {
  readonly retry: boolean;
  /** See `Failure`. */
  readonly againEveryMs?: number;
  /** ISO times. */
  readonly since: string;
  readonly gaveUpAt?: string;
}

/**
 * How long a step that was given up still rests before it is tried once more, as its failure or else the configuration
 * says; `undefined` when only a restart or an update begins again, as is the default. Counted from the giving up, which may have been in an earlier run.
 */
export function restLeftMs(
  { retry, againEveryMs, since, gaveUpAt }: GivenUp,
  retryAgainEveryMs: number | undefined,
  nowMs: number,
): number | undefined {
  const everyMs = againEveryMs ?? (retry ? retryAgainEveryMs : undefined);
  if (everyMs === undefined) return undefined;
  return Math.max(0, Date.parse(gaveUpAt ?? since) + everyMs - nowMs);
}
