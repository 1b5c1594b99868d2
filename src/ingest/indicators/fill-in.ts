/**
 * Gives stored records the indicators that they would get if they were stored now. They come from the stored document
 * alone, so nothing that a rule has hidden comes back.
 */

import { setTimeout as pause } from 'node:timers/promises';
import type { FillInProgress } from '../../domain/fill-in/indicator-fill-in.js';
import { INDICATORS_KEY } from '../../domain/indicators/indicator.js';
import type { RecordDocument } from '../../domain/records/record.js';
import type { StreamName } from '../../domain/streams/streams.js';
import type { Collections } from '../../store/collections.js';
import { forgetBatch, hasBatch, noteBatch, noted } from '../../store/fill-in-batches.js';
import { fillInsOf, recordsToFill, saveFillIn, unfinishedFillIn } from '../../store/indicator-fill-in.js';
import { fillIn, lateRecords, newestLate } from '../../store/late-records.js';
import { type RecordWithIndicators, withIndicators } from '../slice/insert-with-indicators.js';
import { compareWithWatchlists } from '../watchlists/watch-set.js';

/** Records of a batch. */
const BATCH = 500;

export interface FillInOptions {
  readonly collections: Collections;
  readonly signal: AbortSignal;
  /** Epoch milliseconds after which no new batch is begun. */
  readonly until: number;
  /** Default 500 records. */
  readonly batch?: number;
}

/**
 * What a worker that died has left half done comes first, then records that an earlier version stores beside this one. Then it goes on where it stopped, newest records first,
 * stream by stream. A batch is done before it is noted as done.
 */
export async function fillInSlice(options: FillInOptions): Promise<FillInProgress> {
  const { collections, batch = BATCH } = options;
  await collections.ensureIndexes();
  const steps = [() => finishNoted(collections), () => fillLate(collections, batch), () => walkOn(collections, batch)];
  for (const step of steps) {
    for (let began = Date.now(); await step(); began = Date.now()) {
      if (options.signal.aborted || Date.now() >= options.until) return progressOf(collections);
      // As long as the batch took, so that the collection of new records has MongoDB for half of the time at least.
      await pause(Date.now() - began, undefined, { signal: options.signal }).catch(() => undefined);
    }
  }
  return progressOf(collections);
}

/** @returns whether there was something to do. */
async function fillLate(collections: Collections, batch: number): Promise<boolean> {
  const late = await lateRecords(collections, batch);
  if (late === undefined) return false;
  await fillBatch(collections, late.stream, late.documents);
  return true;
}

/** @returns whether there was something to do. */
async function walkOn(collections: Collections, batch: number): Promise<boolean> {
  const state = await unfinishedFillIn(collections);
  if (state === undefined) return false;
  const documents = await recordsToFill(collections, state, batch);
  const filled = await fillBatch(collections, state.stream, documents);
  const last = documents.at(-1);
  const next = {
    ...state,
    ...(last && { before: { _id: last._id, _messageTime: last._messageTime } }),
    read: state.read + documents.length,
    filled: state.filled + filled,
    isDone: documents.length < batch,
  };
  await saveFillIn(collections, next, state.read);
  return true;
}

/**
 * Finishes a batch whose worker died: its records may have their indicators already, so that nothing but its note says that
 * they are still to be compared with the watchlists.
 *
 * @returns whether there was one.
 */
async function finishNoted(collections: Collections): Promise<boolean> {
  const batch = await noted(collections);
  if (batch === undefined) return false;
  const { id, stream, documents } = batch;
  await fillAndCompare(
    collections,
    stream,
    documents.map((document) => withIndicators(stream, document)),
  );
  await forgetBatch(collections, id);
  return true;
}

/** @returns how many records were given indicators, or others. */
async function fillBatch(
  collections: Collections,
  stream: StreamName,
  documents: readonly RecordDocument[],
): Promise<number> {
  const changed = documents.flatMap((document) => changedIndicators(stream, document));
  if (changed.length === 0) return 0;
  const id = await noteBatch(
    collections,
    stream,
    changed.map(({ _id }) => _id),
  );
  await fillAndCompare(collections, stream, changed);
  await forgetBatch(collections, id);
  return changed.length;
}

/** Compared afterwards: the search of the past of a list that comes meanwhile may not have found them yet. */
async function fillAndCompare(
  collections: Collections,
  stream: StreamName,
  documents: readonly RecordWithIndicators[],
): Promise<void> {
  const filled = documents.map(({ _id, [INDICATORS_KEY]: indicators }) => ({ _id, indicators }));
  await fillIn(collections, stream, filled);
  await compareWithWatchlists(collections, stream, documents);
}

function changedIndicators(stream: StreamName, document: RecordDocument): RecordWithIndicators[] {
  const { [INDICATORS_KEY]: present } = document;
  const filled = withIndicators(stream, document);
  const indicators = filled[INDICATORS_KEY];
  const isSame =
    Array.isArray(present) &&
    present.length === indicators.length &&
    indicators.every((key, at) => key === present[at]);
  return isSame ? [] : [filled];
}

async function progressOf(collections: Collections): Promise<FillInProgress> {
  const unfinished = await unfinishedFillIn(collections);
  const late = await newestLate(collections);
  const all = await fillInsOf(collections);
  const sum = (of: (one: (typeof all)[number]) => number) => all.reduce((total, one) => total + of(one), 0);
  return {
    read: sum(({ read }) => read),
    filled: sum(({ filled }) => filled),
    isDone: unfinished === undefined && late.size === 0 && !(await hasBatch(collections)),
    position: positionOf(unfinished, late.size > 0),
  };
}

function positionOf(unfinished: Awaited<ReturnType<typeof unfinishedFillIn>>, isLate: boolean): string {
  if (isLate) return 'records that workers of an earlier version go on storing';
  if (unfinished === undefined) return 'all records have their indicators';
  const { stream, before } = unfinished;
  return before === undefined
    ? `${stream}: not begun`
    : `${stream}: records since ${before._messageTime.toISOString()}`;
}
