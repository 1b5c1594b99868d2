/**
 * One slice of work on one stream: its checkpoint, what it stored so far, and how long it may go on. Records are stored
 * before the checkpoint moves, always.
 */

import { classify } from '../source/failure.js';
import { addCounts, type Counts, NO_COUNTS, type StreamOutcome } from '../source/outcome.js';
import type { StreamName } from '../source/streams.js';
import { type CheckpointChange, moveCheckpoint, positionOf, readCheckpoint } from '../store/checkpoints.js';
import type { CheckpointDocument, Collections, RecordDocument } from '../store/collections.js';
import { type Gap, recordGap } from '../store/gaps.js';
import { quarantine, type Unreadable } from '../store/quarantine.js';
import { insertRecords } from '../store/records.js';
import type { LoadedSource } from './source-reader.js';
import { troubleOf } from './trouble-of.js';

export interface SliceOptions {
  readonly collections: Collections;
  readonly source: LoadedSource;
  readonly stream: StreamName;
  /** When the activity is cancelled. */
  readonly signal: AbortSignal;
  /** Epoch milliseconds after which no new piece of work is begun. */
  readonly until: number;
}

export class Slice {
  counts: Counts = NO_COUNTS;
  files = 0;
  private progressed = false;
  private newest: Date | undefined;

  private constructor(
    readonly options: SliceOptions,
    private current: CheckpointDocument,
  ) {
    this.newest = current.lastEventTime;
  }

  static async open(options: SliceOptions): Promise<Slice> {
    const { collections, source, stream } = options;
    const checkpoint = await readCheckpoint(collections.checkpoints, source.settings.sourceId, stream);
    return new Slice(options, checkpoint.unsettled === true ? await recounted(collections, checkpoint) : checkpoint);
  }

  get checkpoint(): CheckpointDocument {
    return this.current;
  }

  /** Whether the slice should end at the next good place. */
  get spent(): boolean {
    return Date.now() >= this.options.until;
  }

  /** Stores a batch: records, and what could not be read as one. */
  async store(
    documents: readonly RecordDocument[],
    unreadable: readonly Unreadable[],
    expectDuplicates = false,
  ): Promise<void> {
    if (documents.length + unreadable.length === 0) return;
    const { collections, source, stream } = this.options;
    if (this.current.unsettled !== true) await this.write({ unsettled: true });
    const inserted = await insertRecords(collections.records(stream), documents);
    const refused = inserted.refused.flatMap(({ index, reason }) => refusedEntry(documents[index], reason));
    const quarantined = await quarantine(collections.quarantine, source.settings.sourceId, stream, [
      ...unreadable,
      ...refused,
    ]);
    const duplicates = expectDuplicates ? 0 : inserted.duplicates;
    this.counts = addCounts(this.counts, { stored: inserted.stored, duplicates, quarantined });
    for (const { _messageTime: time } of documents)
      if (this.newest === undefined || time > this.newest) this.newest = time;
  }

  /** Notes that records of a time may be missing. */
  async recordGap(gap: Pick<Gap, 'from' | 'to' | 'reason'>): Promise<void> {
    const { collections, source, stream } = this.options;
    await recordGap(collections.gaps, { ...gap, sourceId: source.settings.sourceId, stream });
  }

  /** Moves the checkpoint on, after everything that it stands for was stored. */
  async move(change: CheckpointChange): Promise<void> {
    await this.write(change);
    this.progressed = true;
  }

  /** Notes that `totals` counts everything again. To be called at the end of a slice, whatever its end. */
  async settle(): Promise<void> {
    if (this.current.unsettled === true) await this.write({ unsettled: false });
  }

  outcome(result: 'caughtUp' | 'more'): StreamOutcome {
    return { ...this.report(), result };
  }

  /** A slice that got somewhere before it failed reports both: the progress renews the stream's patience. */
  outcomeOrThrow(error: unknown): StreamOutcome {
    if (!this.progressed || this.options.signal.aborted) throw error;
    return { ...this.report(), result: 'failed', failure: classify(troubleOf(error)) };
  }

  private report(): Omit<StreamOutcome, 'result'> {
    const { totals, lastEventTime } = this.current;
    return {
      stream: this.options.stream,
      counts: this.counts,
      totals,
      files: this.files,
      ...(lastEventTime === undefined ? {} : { lastEventTime: lastEventTime.toISOString() }),
      position: positionOf(this.current),
    };
  }

  private counted = NO_COUNTS;

  private async write(change: CheckpointChange): Promise<void> {
    const totals = addCounts(this.current.totals, difference(this.counts, this.counted));
    const newest = this.newest === undefined ? {} : { lastEventTime: this.newest };
    this.counted = this.counts;
    this.current = await moveCheckpoint(this.options.collections.checkpoints, this.current, {
      ...change,
      totals,
      ...newest,
    });
  }
}

/** A worker died between storing and counting: count anew what is there. */
async function recounted(collections: Collections, checkpoint: CheckpointDocument): Promise<CheckpointDocument> {
  const { sourceId, stream, totals } = checkpoint;
  const stored = await collections.records(stream).countDocuments({ _sourceId: sourceId });
  const quarantined = await collections.quarantine.countDocuments({ sourceId, stream });
  return { ...checkpoint, totals: { ...totals, stored, quarantined } };
}

function refusedEntry(document: RecordDocument | undefined, reason: string): Unreadable[] {
  if (document === undefined) return [];
  const text = JSON.stringify(document);
  return [{ id: document._id, reason, place: 'insert', text, size: Buffer.byteLength(text) }];
}

function difference(a: Counts, b: Counts): Counts {
  return {
    stored: a.stored - b.stored,
    duplicates: a.duplicates - b.duplicates,
    quarantined: a.quarantined - b.quarantined,
  };
}
