/** Integer ids of collectors and sources: counted from 1, never used twice. */

import type { Collections } from './collections.js';

export async function nextId({ counters }: Collections, kind: 'collector' | 'source'): Promise<number> {
  const counted = await counters.findOneAndUpdate(
    { _id: kind },
    { $inc: { value: 1 } },
    { upsert: true, returnDocument: 'after' },
  );
  return counted?.value ?? 1;
}

/** The id that comes next, unless somebody takes it meanwhile. */
export async function likelyNextId({ counters }: Collections, kind: 'collector' | 'source'): Promise<number> {
  return ((await counters.findOne({ _id: kind }))?.value ?? 0) + 1;
}
