/** Integer ids of collectors, sources, exports of the past and erasures: counted from 1, never used twice. */

import { collection, type Store } from './driver.js';

const counters = collection<{ readonly _id: string; readonly value: number }>('counters');

type Kind = 'collector' | 'source' | 'pastExport' | 'erasure';

export async function nextId(store: Store, kind: Kind): Promise<number> {
  const counted = await counters(store).findOneAndUpdate(
    { _id: kind },
    { $inc: { value: 1 } },
    { upsert: true, returnDocument: 'after' },
  );
  return counted?.value ?? 1;
}

/** The id that comes next, unless somebody takes it meanwhile. */
export async function likelyNextId(store: Store, kind: Kind): Promise<number> {
  return ((await counters(store).findOne({ _id: kind }))?.value ?? 0) + 1;
}
