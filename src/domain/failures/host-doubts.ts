/**
 * When a host counts as the wrong one. A token request that fails as it does at a stranger's host (405, a web page, no such
 * name, an untrusted certificate) may as well have met a maintenance or a fault of the network.
 */

/** What speaks against a host that has never given a token. */
export interface HostDoubts {
  readonly baseUrl: string;
  /** How often in a row a token request ended as at a wrong host, from `since` to `at`. */
  readonly count: number;
  readonly since: Date;
  readonly at: Date;
}

/** Fewer failures, or failures within a shorter time, prove nothing. */
export const MIN_DOUBTS = 4;
export const MIN_DOUBT_MS = 3 * 60_000;
/** Older doubts say nothing of today. */
const DOUBTS_LAST_MS = 3_600_000;

/** The doubts after one more failure. */
export function withDoubt(doubts: HostDoubts | undefined, baseUrl: string, at: Date): HostDoubts {
  const isAnew = doubts?.baseUrl !== baseUrl || at.getTime() - doubts.at.getTime() > DOUBTS_LAST_MS;
  return isAnew ? { baseUrl, count: 1, since: at, at } : { ...doubts, count: doubts.count + 1, at };
}

export function areEnough({ count, since, at }: HostDoubts): boolean {
  return count >= MIN_DOUBTS && at.getTime() - since.getTime() >= MIN_DOUBT_MS;
}

/** Whether a host is below a domain of Mimecast's API 2.0: whatever is wrong there, it is not the configuration. */
export function isMimecastHost(hostname: string): boolean {
  return /(^|\.)services\.mimecast(-[a-z0-9]+)*\.com\.?$/i.test(hostname);
}
