/** Where the servers of a test run write fastest. */

import { existsSync, statfsSync } from 'node:fs';
import { freemem } from 'node:os';

const SHARED_MEMORY = '/dev/shm';
/** What the databases, browsers and builds of a whole run may take up. */
const NEEDED_BYTES = 8 * 2 ** 30;

/**
 * A file system in memory, for data that nobody needs afterward: MongoDB waits for the disk at each index that it makes.
 *
 * @returns undefined where there is none, or not enough of it
 */
export function memoryFolder(): string | undefined {
  if (!existsSync(SHARED_MEMORY)) return undefined;
  const { bavail, bsize } = statfsSync(SHARED_MEMORY);
  return bavail * bsize >= NEEDED_BYTES && freemem() >= 2 * NEEDED_BYTES ? SHARED_MEMORY : undefined;
}
