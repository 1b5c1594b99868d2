/** Makes log files before anybody asks for them, so that they are served at the speed of whoever collects them. */

import { SIEM_STREAMS } from '../../src/domain/streams/streams.js';
import type { FileCache } from './file-bytes.js';
import { FIRST_POSITION } from './position.js';
import type { TenantWorld } from './tenant-world.js';

/** Of the cache: the rest is for what is asked for meanwhile. */
const SHARE = 0.75;
const ALL = new Set(SIEM_STREAMS);

/**
 * Makes the published files of all tenants in their order, until that share of the cache is full.
 *
 * @param signal ends it between two files.
 * @returns how many files were made.
 */
export async function prepareFiles(
  tenants: readonly TenantWorld[],
  files: FileCache,
  now: number,
  signal: AbortSignal,
): Promise<number> {
  let made = 0;
  let bytes = 0;
  for (const tenant of tenants) {
    for (const file of tenant.files(FIRST_POSITION, ALL, now)) {
      if (signal.aborted || bytes > files.maxBytes * SHARE) return made;
      bytes += (await files.bytes(tenant, file)).length;
      made += 1;
    }
  }
  return made;
}
