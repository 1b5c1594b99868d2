/** How long a batch file that cannot be read holds up its page; pure. */

import type { BadFile } from '../../domain/records/bad-file.js';
import type { FilePatiences, FileRules } from '../source/file-rules.js';

const MINUTE = 60_000;

/**
 * A damaged file is damaged where it lies, once it came so five times over a minute. What is missing, or answered with
 * something else, may only be kept from us for a while: by a proxy, a store's outage, a clock. So it takes another file
 * of the same page, still to be had, to show that it is this file and not the store; without such a witness it takes most
 * of the 90 minutes after which the stream would give up. A file too large to be unpacked is so at every reading.
 */
export const FILE_PATIENCES: FilePatiences = {
  damaged: { attempts: 5, ms: MINUTE },
  foreign: { attempts: 5, ms: MINUTE, unwitnessedMs: 80 * MINUTE },
  missing: { attempts: 5, ms: 30 * MINUTE, unwitnessedMs: 80 * MINUTE },
  oversized: { attempts: 1, ms: 0 },
};

export const FILE_RULES: FileRules = { patiences: FILE_PATIENCES, reading: {} };

/** The note of a file after one more failure. Another fault begins anew: it may well be another cause. */
export function notedAgain(
  known: BadFile | undefined,
  failure: Pick<BadFile, 'path' | 'fault' | 'reason'>,
  now: Date,
): BadFile {
  if (known === undefined || known.fault !== failure.fault) return { ...failure, attempts: 1, since: now };
  return { ...failure, attempts: known.attempts + 1, since: known.since };
}

/** `witness`: only if another file of the page can still be had. */
export type FileVerdict = 'tryAgain' | 'giveUp' | 'witness';

export function verdictOn({ fault, attempts, since }: BadFile, now: Date, patiences: FilePatiences): FileVerdict {
  const patience = patiences[fault];
  const ms = now.getTime() - since.getTime();
  if (attempts < patience.attempts || ms < patience.ms) return 'tryAgain';
  return patience.unwitnessedMs === undefined || ms >= patience.unwitnessedMs ? 'giveUp' : 'witness';
}
