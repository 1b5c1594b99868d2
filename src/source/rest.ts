/** How long what was given up rests before it is tried once more. All times in milliseconds, unless said otherwise. */

/** What is known of a step that was given up. */
interface GivenUp {
  readonly retry: boolean;
  /** ISO times. */
  readonly since: string;
  readonly gaveUpAt?: string;
}

/**
 * How long a step that was given up still rests before it is tried once more; `undefined` when only a restart or an
 * update begins anew, as is the default. Counted from the giving up, which may have been in an earlier run.
 */
export function restLeftMs(
  { retry, since, gaveUpAt }: GivenUp,
  retryAgainEveryMs: number | undefined,
  nowMs: number,
): number | undefined {
  if (!retry || retryAgainEveryMs === undefined) return undefined;
  return Math.max(0, Date.parse(gaveUpAt ?? since) + retryAgainEveryMs - nowMs);
}
