/** Keeping `totals` of a checkpoint equal to what is stored, also after an attempt that stored and did not count. */

import { randomUUID } from 'node:crypto';
import { present } from '../domain/present.js';
import type { Counts } from '../domain/streams/outcome.js';
import type { StreamName } from '../domain/streams/streams.js';
import { type CheckpointDocument, checkpointId, checkpoints, moveCheckpoint, totalsBy } from './checkpoints.js';
import type { Store } from './driver.js';
import { countGaps } from './gaps.js';
import { countQuarantined } from './quarantine.js';
import { countRecords } from './records.js';
import { CheckpointMovedError, Writer } from './writer.js';

/** How long a count of all that a stream has stored may take. */
const COUNTING_LIMIT = { timeoutMS: 10 * 60_000 };
/** A batch of a backfill is stored well before; one that is not would be fenced off, and stored by the next attempt. */
const ABANDONED_AFTER_MS = 60_000;

/** Whether `totals` may differ from what is stored, with nobody at work who will still count it. */
export function isUncounted(checkpoint: CheckpointDocument): boolean {
  const { unsettled, recountFor } = checkpoint;
  return unsettled === true || recountFor !== undefined || abandonedBackfills(checkpoint).length > 0;
}

/**
 * Counts again what is stored of a checkpoint's stream, and notes that its totals are right again.
 *
 * @throws CheckpointMovedError when somebody moved the checkpoint meanwhile.
 */
export async function recountTotals(store: Store, current: CheckpointDocument): Promise<CheckpointDocument> {
  const { _id, sourceId, stream, recountFor } = current;
  const abandoned = abandonedBackfills(current);
  const { version } = await fenceOff(store, current, [...writersIn(current), ...abandoned]);
  const stored = await countRecords(store, stream, sourceId, COUNTING_LIMIT);
  const quarantined = await countQuarantined(store, stream, sourceId, COUNTING_LIMIT);
  const gaps = await countGaps(store, stream, sourceId);
  const counts = { 'totals.stored': stored, 'totals.quarantined': quarantined, ...present({ gaps }) };
  const fenced = Object.fromEntries(['writer', ...abandoned.map(backfillKey)].map((key) => [key, true as const]));
  const counted = await checkpoints(store).findOneAndUpdate(
    { _id, version },
    { $set: { ...counts, unsettled: false }, $unset: fenced, $inc: { version: 1 } },
    { returnDocument: 'after' },
  );
  if (counted === null) throw new CheckpointMovedError(_id);
  // A backfill that has stored more since then asks for another count.
  if (recountFor !== undefined)
    await checkpoints(store).updateOne({ _id, recountFor }, { $unset: { recountFor: true } });
  return counted;
}

/**
 * Ends all writing of earlier attempts: what they sent and is not stored when this returns never will be. The first write
 * makes sure that of several who recount one goes on. It is acknowledged by the majority, as is all that was stored before it,
 * so that a count that sees only such records sees them all.
 */
async function fenceOff(
  store: Store,
  current: CheckpointDocument,
  writers: readonly string[],
): Promise<CheckpointDocument> {
  let claimed = await moveCheckpoint(store, current, {});
  for (const id of writers) {
    const fence = Writer.fenceFor(store, current._id, id, claimed.version);
    try {
      claimed = await moveCheckpoint(fence, claimed, {});
    } finally {
      await fence.close(false);
    }
  }
  return claimed;
}

function writersIn({ unsettled, writer }: CheckpointDocument): string[] {
  return unsettled === true && writer !== undefined ? [writer] : [];
}

function abandonedBackfills({ backfills = {} }: CheckpointDocument): string[] {
  const before = Date.now() - ABANDONED_AFTER_MS;
  return Object.keys(backfills).filter((id) => (backfills[id]?.getTime() ?? 0) < before);
}

function backfillKey(id: string): string {
  return `backfills.${id}`;
}

/** Asks for a count in the next slice. To be called by an attempt that has stored something and finds that it was superseded. */
export async function askForRecount(store: Store, { _id }: Pick<CheckpointDocument, '_id'>): Promise<void> {
  await checkpoints(store).updateOne({ _id }, { $set: { recountFor: randomUUID() } });
}

/** Notes that a backfill is about to store something: should it die, it is counted by the collection. */
export async function beginBackfill(writer: Writer, sourceId: number, stream: StreamName): Promise<void> {
  await checkpoints(writer).updateOne(
    { _id: checkpointId(sourceId, stream) },
    { $set: { [backfillKey(writer.id)]: new Date() } },
  );
}

/**
 * Counts what a backfill has stored beside the collection, whether or not the checkpoint moves meanwhile. Whether the two
 * have counted in the right order cannot be known, so the next slice counts again.
 */
export async function countBackfill(
  writer: Writer,
  sourceId: number,
  stream: StreamName,
  counts: Counts,
): Promise<void> {
  const isNews = counts.stored + counts.quarantined > 0;
  await checkpoints(writer).updateOne(
    { _id: checkpointId(sourceId, stream) },
    {
      $unset: { [backfillKey(writer.id)]: true },
      ...(isNews ? { $inc: totalsBy(counts), $set: { recountFor: randomUUID() } } : {}),
    },
  );
}
