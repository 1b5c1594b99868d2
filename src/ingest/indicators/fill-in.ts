/**
 * Gives stored records the indicators that they would get if they were stored now. They come from the stored document
 * alone, so nothing that a rule has hidden comes back.
 */

import { setTimeout as pause } from 'node:timers/promises';
import type { FillInProgress } from '../../domain/fill-in/indicator-fill-in.js';
import { INDICATORS_KEY } from '../../domain/indicators/indicator.js';
import type { RecordDocument } from '../../domain/records/record.js';
import type { StreamName } from '../../domain/streams/streams.js';
import { indicatorsOf } from '../../indicators/extract.js';
import type { Collections } from '../../store/collections.js';
import {
  type FilledRecord,
  fillIn,
  fillInsOf,
  recordsToFill,
  saveFillIn,
  unfinishedFillIn,
} from '../../store/indicator-fill-in.js';
import { withIndicators } from '../slice/insert-with-indicators.js';
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

/** Goes on where it stopped, newest records first, stream by stream. A batch is done before it is noted as done. */
export async function fillInSlice({
  collections,
  signal,
  until,
  batch = BATCH,
}: FillInOptions): Promise<FillInProgress> {
  await collections.ensureIndexes();
  for (let state = await unfinishedFillIn(collections); state !== undefined; ) {
    const began = Date.now();
    const documents = await recordsToFill(collections, state, batch);
    const { stream } = state;
    const filled = documents.flatMap((document) => changedIndicators(stream, document));
    await fillIn(collections, stream, filled);
    await compareWithWatchlists(
      collections,
      stream,
      documents.map((document) => withIndicators(stream, document)),
    );
    const last = documents.at(-1);
    const next = {
      ...state,
      ...(last && { before: { _id: last._id, _messageTime: last._messageTime } }),
      read: state.read + documents.length,
      filled: state.filled + filled.length,
      isDone: documents.length < batch,
    };
    await saveFillIn(collections, next, state.read);
    if (signal.aborted || Date.now() >= until) break;
    // As long as the batch took, so that the collection of new records has MongoDB for half of the time at least.
    await pause(Date.now() - began, undefined, { signal }).catch(() => undefined);
    state = await unfinishedFillIn(collections);
  }
  return progressOf(collections);
}

function changedIndicators(stream: StreamName, document: RecordDocument): FilledRecord[] {
  const { _id, [INDICATORS_KEY]: present } = document;
  const indicators = indicatorsOf(stream, document);
  const known: readonly unknown[] = Array.isArray(present) ? present : [];
  const isSame = known.length === indicators.length && indicators.every((key, at) => key === known[at]);
  return isSame ? [] : [{ _id, indicators }];
}

async function progressOf(collections: Collections): Promise<FillInProgress> {
  const unfinished = await unfinishedFillIn(collections);
  const all = await fillInsOf(collections);
  const sum = (of: (one: (typeof all)[number]) => number) => all.reduce((total, one) => total + of(one), 0);
  return {
    read: sum(({ read }) => read),
    filled: sum(({ filled }) => filled),
    isDone: unfinished === undefined,
    position: positionOf(unfinished),
  };
}

function positionOf(unfinished: Awaited<ReturnType<typeof unfinishedFillIn>>): string {
  if (unfinished === undefined) return 'all records have their indicators';
  const { stream, before } = unfinished;
  return before === undefined
    ? `${stream}: not begun`
    : `${stream}: records since ${before._messageTime.toISOString()}`;
}
