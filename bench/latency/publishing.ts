/** When the simulator's records can be had, by what it keeps of its world. */

import type { DataFolder } from '../../devstack/data-folder.js';
import { loadWorld } from '../../simulator/world-file.js';

/**
 * @returns for the time of a delivery, the time at which the file that holds it was there: files cover stretches of the same
 *   length, and appear when theirs is over. Both in epoch milliseconds.
 * @throws when the world has no traffic, or more than one stretch of it
 */
export function publishing(data: DataFolder): (deliveredAt: number) => number {
  const [live, ...others] = loadWorld(data.file('simulator'))?.segments ?? [];
  if (live === undefined || others.length > 0) throw new Error('the simulator was to have live traffic only');
  const { from, bucketMs } = live;
  return (deliveredAt) => from + (Math.floor((deliveredAt - from) / bucketMs) + 1) * bucketMs;
}
