/**
 * A lease: of several programs that could do something, the one that holds it does. Its end is told by MongoDB's clock
 * alone, so it does not matter which of the machines has its clock wrong.
 */

import { collection, type Indexes, isDuplicate, type Store } from './driver.js';

export interface LeaseDocument {
  /** What is leased. */
  readonly _id: string;
  /** Who has it. */
  readonly holder: string;
  /** Until when, unless it is renewed before. */
  readonly until: Date;
}

const leases = collection<LeaseDocument>('leases');
export const LEASE_INDEXES: Indexes = { leases: [{ key: { until: 1 }, expireAfterSeconds: 86_400 }] };

export interface LeaseOptions {
  readonly store: Store;
  readonly name: string;
  /** No two programs that are alive may give the same. */
  readonly holder: string;
  /** How long it lasts without being renewed. Default 30,000 ms. */
  readonly durationMs?: number;
  /** Whether a holder is known to be dead: its lease is then taken before it has run out. Default: of none it is known. */
  readonly isGone?: (holder: string) => boolean;
}

export class Lease {
  constructor(private readonly options: LeaseOptions) {}

  /** Takes the lease, or renews it. @returns whether we have it now. */
  async hold(): Promise<boolean> {
    const { holder, isGone } = this.options;
    const found = await this.takeFrom(holder);
    if (found === holder) return true;
    return found !== undefined && isGone?.(found) === true && (await this.takeFrom(found)) === holder;
  }

  /** Gives it back, if we have it: others need not wait for its end. */
  async release(): Promise<void> {
    const { store, name, holder } = this.options;
    await leases(store).deleteOne({ _id: name, holder });
  }

  /**
   * Takes it when it is free, has run out, or is the given holder's.
   *
   * @returns who has it afterwards; `undefined` when somebody else has taken it in this moment.
   */
  private async takeFrom(known: string): Promise<string | undefined> {
    const { store, name, holder, durationMs = 30_000 } = this.options;
    const isOver = { $lte: [{ $ifNull: ['$until', new Date(0)] }, '$$NOW'] };
    const isOurs = { $or: [{ $eq: ['$holder', { $literal: known }] }, isOver] };
    const update = {
      holder: { $cond: [isOurs, { $literal: holder }, '$holder'] },
      until: { $cond: [isOurs, { $add: ['$$NOW', durationMs] }, '$until'] },
    };
    try {
      const options = { upsert: true, returnDocument: 'after' } as const;
      return (await leases(store).findOneAndUpdate({ _id: name }, [{ $set: update }], options))?.holder;
    } catch (error) {
      if (isDuplicate(error)) return undefined;
      throw error;
    }
  }
}
