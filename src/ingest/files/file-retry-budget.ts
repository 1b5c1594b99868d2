/** How long a batch file that cannot be read holds up its page; pure. */

import type { BadFile } from '../../domain/records/bad-file.js';
import type { FilePolicy, FileRetryBudgets } from '../source/file-policy.js';

const MINUTE = 60_000;

/**
 * A damaged file is damaged where it lies, once it came so five times over a minute. What is missing, or answered with
 * something else, may only be kept from us for a while: by a proxy, a store's outage, a clock. So it takes another file
 * of the same page, still to be had, to show that it is this file and not the store; without such a control file it takes most
 * of the 90 minutes after which the stream would give up. A file too large to be unpacked is so at every reading.
 */
export const FILE_RETRY_BUDGETS: FileRetryBudgets = {
  damaged: { attempts: 5, ms: MINUTE },
  foreign: { attempts: 5, ms: MINUTE, withoutControlMs: 80 * MINUTE },
  missing: { attempts: 5, ms: 30 * MINUTE, withoutControlMs: 80 * MINUTE },
  oversized: { attempts: 1, ms: 0 },
};

export const FILE_POLICY: FilePolicy = { retryBudgets: FILE_RETRY_BUDGETS, reading: {} };

/** The entry of a file after one more failure. Another fault starts over: it may well be another cause. */
export function withAnotherFailure(
  known: BadFile | undefined,
  failure: Pick<BadFile, 'path' | 'fault' | 'reason'>,
  now: Date,
): BadFile {
  if (known === undefined || known.fault !== failure.fault) return { ...failure, attempts: 1, since: now };
  return { ...failure, attempts: known.attempts + 1, since: known.since };
}

/** `needsControl`: only if another file of the page can still be had. */
export type FileVerdict = 'tryAgain' | 'giveUp' | 'needsControl';

export function verdictOn({ fault, attempts, since }: BadFile, now: Date, retryBudgets: FileRetryBudgets): FileVerdict {
  const budget = retryBudgets[fault];
  const ms = now.getTime() - since.getTime();
  if (attempts < budget.attempts || ms < budget.ms) return 'tryAgain';
  return budget.withoutControlMs === undefined || ms >= budget.withoutControlMs ? 'giveUp' : 'needsControl';
}
