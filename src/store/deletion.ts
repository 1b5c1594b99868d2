/** The wish to delete a source or a collector, which is stored before anything is done about it. */

import type { Collection, Filter, UpdateFilter } from 'mongodb';

interface Deletable {
  readonly _id: number;
  readonly deletingAt?: Date;
}

/** Filters: what is to stay, and what is to go. */
export const STAYING = { deletingAt: { $exists: false } } as const;
export const LEAVING = { deletingAt: { $exists: true } } as const;

/** @returns false when it was wished for before, or there is nothing to delete. */
export async function markDeleting<T extends Deletable>(collection: Collection<T>, _id: number): Promise<boolean> {
  const filter = { _id, ...STAYING } as Filter<T>;
  const { modifiedCount } = await collection.updateOne(filter, { $set: { deletingAt: new Date() } } as UpdateFilter<T>);
  return modifiedCount === 1;
}
