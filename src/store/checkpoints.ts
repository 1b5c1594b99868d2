/** Reading and moving checkpoints. */

import type { Collection } from 'mongodb';
import { NO_COUNTS } from '../source/outcome.js';
import type { StreamName } from '../source/streams.js';
import type { CheckpointDocument } from './collections.js';

export type Checkpoints = Collection<CheckpointDocument>;

/** Thrown when a checkpoint was moved by somebody else since it was read: another attempt of the same work is alive. */
export class CheckpointMovedError extends Error {
  override readonly name = 'CheckpointMovedError';

  constructor(readonly checkpoint: CheckpointDocument) {
    super(`The checkpoint ${checkpoint._id} was moved by another worker; this attempt steps back`);
  }
}

export function checkpointId(sourceId: number, stream: StreamName): string {
  return `${sourceId}/${stream}`;
}

/** Makes the checkpoints that are missing; those that exist keep their place. */
export async function ensureCheckpoints(
  checkpoints: Checkpoints,
  sourceId: number,
  streams: readonly StreamName[],
  beginAt: Date,
): Promise<void> {
  await Promise.all(
    streams.map((stream) =>
      checkpoints.updateOne(
        { _id: checkpointId(sourceId, stream) },
        {
          $setOnInsert: {
            sourceId,
            stream,
            version: 1,
            beginAt,
            filesDone: [],
            totals: NO_COUNTS,
            updatedAt: new Date(),
          },
        },
        { upsert: true },
      ),
    ),
  );
}

/** @throws Error when there is none: the source was not initialized, or was removed meanwhile. */
export async function readCheckpoint(
  checkpoints: Checkpoints,
  sourceId: number,
  stream: StreamName,
): Promise<CheckpointDocument> {
  const found = await checkpoints.findOne({ _id: checkpointId(sourceId, stream) });
  if (found === null) throw new Error(`There is no checkpoint ${checkpointId(sourceId, stream)}; restart the source`);
  return found;
}

export type CheckpointChange = { readonly pageToken?: string | undefined } & Partial<
  Pick<CheckpointDocument, 'filesDone' | 'readUntil' | 'totals' | 'unsettled' | 'lastEventTime'>
>;

/**
 * Moves a checkpoint on, if nobody else has since `current` was read.
 *
 * @returns the checkpoint as it is now.
 * @throws CheckpointMovedError otherwise.
 */
export async function moveCheckpoint(
  checkpoints: Checkpoints,
  current: CheckpointDocument,
  change: CheckpointChange,
): Promise<CheckpointDocument> {
  const { pageToken, ...rest } = { ...current, ...change };
  const position = pageToken === undefined ? {} : { pageToken };
  const next: CheckpointDocument = { ...rest, ...position, version: current.version + 1, updatedAt: new Date() };
  const { matchedCount } = await checkpoints.replaceOne({ _id: current._id, version: current.version }, next);
  if (matchedCount === 0) throw new CheckpointMovedError(current);
  return next;
}

/** Where a checkpoint stands, for people. */
export function positionOf({ pageToken, filesDone, readUntil, beginAt }: CheckpointDocument): string {
  if (readUntil !== undefined) return `read until ${readUntil.toISOString().slice(0, 19)}Z`;
  const files = filesDone.length === 0 ? '' : `, ${filesDone.length} of its files done`;
  if (pageToken !== undefined) return `page …${pageToken.slice(-8)}${files}`;
  return `first page from ${beginAt.toISOString().slice(0, 10)}${files}`;
}
