/**
 * The records that were printed last. Those that are stored while the stored ones are printed come with the new ones again;
 * as these are printed oldest first, such records are among the last.
 */

import type { ShownRecord } from '../services/command-services.js';

/** About 10 MB. */
const MAX_KEPT = 100_000;

export class RecentRecords {
  private readonly keys = new Set<string>();

  constructor(private readonly max = MAX_KEPT) {}

  add(record: ShownRecord): void {
    this.keys.add(keyOf(record));
    const [oldest] = this.keys.size > this.max ? this.keys : [];
    if (oldest !== undefined) this.keys.delete(oldest);
  }

  /** @returns whether it was there; it comes only once more. */
  take(record: ShownRecord): boolean {
    return this.keys.delete(keyOf(record));
  }
}

function keyOf({ collection, id }: ShownRecord): string {
  return `${collection}/${id}`;
}
