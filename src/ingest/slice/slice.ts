/**
 * One slice of work on one stream: its checkpoint, what it stored so far, and how long it may go on. Records are stored
 * before the checkpoint moves, always.
 */

import { classify, type RawError } from '../../domain/failures/failure.js';
import { present } from '../../domain/present.js';
import type { QuarantinedRecord, TimedDocument } from '../../domain/records/record.js';
import {
  type AlterationCounts,
  addAlterations,
  isUnaltered,
  NO_ALTERATIONS,
} from '../../domain/streams/alterations.js';
import {
  addCounts,
  type Counts,
  type GapCount,
  NO_COUNTS,
  type QueueReport,
  type StreamEnd,
  type StreamOutcome,
  subtractCounts,
} from '../../domain/streams/outcome.js';
import { addRuleCounts, isNoCount, NO_RULE_COUNTS, type RuleCounts } from '../../domain/streams/rule-counts.js';
import type { StreamName } from '../../domain/streams/streams.js';
import type { Observer } from '../../metrics/observer.js';
import {
  type CheckpointChange,
  type CheckpointDocument,
  checkpointId,
  moveCheckpoint,
  readCheckpoint,
} from '../../store/checkpoints.js';
import type { Collections } from '../../store/collections.js';
import { type Gap, recordGap } from '../../store/gaps.js';
import { progressOf } from '../../store/progress.js';
import { askForRecount, isUncounted, recountTotals } from '../../store/recount.js';
import { CheckpointMovedError, Writer } from '../../store/writer.js';
import type { FilePolicy } from '../source/file-policy.js';
import type { FoldPolicy } from '../source/fold-policy.js';
import type { LoadedSource } from '../source/source-reader.js';
import { errorFactsOf } from './error-facts-of.js';
import { Gathered } from './gathered.js';
import { observeCounts, observeGap } from './observed-slice.js';
import type { ReadBatch, TimedBatch } from './record-batch.js';
import { storeBatch } from './store-batch.js';

export interface SliceOptions {
  readonly collections: Collections;
  readonly source: LoadedSource;
  readonly stream: StreamName;
  /** When the activity is cancelled. */
  readonly signal: AbortSignal;
  /** Epoch milliseconds after which no new piece of work is begun. */
  readonly until: number;
  /** How many records it may read before it ends, the time aside. Default: any number. */
  readonly maxRecords?: number;
  /** Default `FILE_POLICY`. */
  readonly filePolicy?: FilePolicy | undefined;
  /** Default `FOLD_POLICY`. */
  readonly foldPolicy?: FoldPolicy | undefined;
  /** Default: nobody is told. */
  readonly observer?: Observer | undefined;
}

/** What all work on a stream has in common, whatever becomes of the records. */
export interface SliceOfWork {
  readonly options: Pick<SliceOptions, 'collections' | 'source' | 'signal'>;
  /** Whether it should end at the next good place. */
  readonly spent: boolean;
}

/** Of a reason that goes into histories, in characters. */
const LONGEST_REASON = 300;

export class Slice implements SliceOfWork {
  counts: Counts = NO_COUNTS;
  files = 0;
  /** Records handled, new or not. */
  private read = 0;
  private progressed = false;
  private newest: Date | undefined;
  private gaps: GapCount | undefined;
  private unreadable: string | undefined;
  private queue: QueueReport | undefined;
  private readonly gathered = new Gathered();
  private hasStoredSinceMove = false;
  /** A batch was sent to the store, and how much of it is stored is not known yet. */
  private isUncounted = false;
  /** Whether the checkpoint may name `writer`. */
  private isNamed = false;
  private readonly writer: Writer;
  /** Whether most of the last batch was stored before: the next one is likely to be like it. */
  private wereKnown = false;
  private ruled: RuleCounts;
  private altered: AlterationCounts;

  private constructor(
    readonly options: SliceOptions,
    private current: CheckpointDocument,
  ) {
    const { collections, source, stream } = options;
    this.writer = Writer.open(collections, checkpointId(source.settings.sourceId, stream));
    this.newest = current.lastEventTime;
    this.gaps = current.gaps;
    this.ruled = current.ruled ?? NO_RULE_COUNTS;
    this.altered = current.altered ?? NO_ALTERATIONS;
  }

  static async open(options: SliceOptions): Promise<Slice> {
    const { collections, source, stream } = options;
    const checkpoint = await readCheckpoint(collections, source.settings.sourceId, stream);
    return new Slice(options, isUncounted(checkpoint) ? await recountTotals(collections, checkpoint) : checkpoint);
  }

  get checkpoint(): CheckpointDocument {
    return this.current;
  }

  get spent(): boolean {
    const { until, maxRecords = Number.POSITIVE_INFINITY } = this.options;
    return this.read >= maxRecords || Date.now() >= until;
  }

  /** Whether all that was read since the last move waits to be stored together with more. */
  get isGathering(): boolean {
    return !this.gathered.isEmpty && !this.hasStoredSinceMove;
  }

  /** Takes a batch to be stored, if it is small together with others: before the checkpoint moves, and soon. */
  async gather(batch: TimedBatch): Promise<void> {
    const { records, unreadable, ruled } = batch;
    this.read += records.length + unreadable.length + ruled.excluded;
    if (!this.gathered.hasRoomFor(batch)) await this.storeGathered();
    this.gathered.add(batch);
    if (this.gathered.isDue) await this.storeGathered();
  }

  /** Stores what waits for others. What cannot be stored goes on waiting, so that no checkpoint can move past it. */
  async storeGathered(): Promise<void> {
    const { content } = this.gathered;
    await this.insert(content);
    this.addRuled(content.ruled);
    this.files += this.gathered.files;
    this.gathered.clear();
  }

  /** Counts a file, or an object, once all that it held is stored. */
  countFile(): void {
    this.gathered.files += 1;
  }

  /** Stores a batch at once: records, and what could not be read as one. */
  async store(
    records: readonly TimedDocument[],
    unreadable: readonly QuarantinedRecord[],
    expectDuplicates = false,
  ): Promise<void> {
    this.read += records.length + unreadable.length;
    await this.insert({ records, unreadable }, expectDuplicates);
  }

  private async insert({ records, unreadable }: Omit<ReadBatch, 'ruled'>, expectDuplicates = false): Promise<void> {
    if (records.length + unreadable.length === 0) return;
    this.hasStoredSinceMove = true;
    const { collections, source, stream } = this.options;
    const documents = records.map(({ document }) => document);
    const { sourceId } = source.settings;
    const to = { collections, areKnown: this.wereKnown };
    const batch = await this.counting((writer) =>
      storeBatch({ ...to, writer }, sourceId, stream, documents, unreadable),
    );
    const { inserted, altered, quarantined, lastUnreadable: last } = batch;
    this.wereKnown = 2 * inserted.duplicates > documents.length;
    this.altered = addAlterations(this.altered, altered);
    if (last !== undefined) this.unreadable = `${last.place}: ${last.reason}`.slice(0, LONGEST_REASON);
    const duplicates = expectDuplicates ? 0 : inserted.duplicates;
    const counts = { stored: inserted.stored, duplicates, quarantined };
    this.counts = addCounts(this.counts, counts);
    observeCounts(this.options, counts);
    for (const { time } of records) if (this.newest === undefined || time > this.newest) this.newest = time;
  }

  /** Counts what the processing rules did; it is written with the next move. */
  countRuled(ruled: RuleCounts): void {
    this.read += ruled.excluded;
    this.addRuled(ruled);
  }

  private addRuled(ruled: RuleCounts): void {
    if (!isNoCount(ruled)) this.ruled = addRuleCounts(this.ruled, ruled);
  }

  /** Notes that records of a time are missing; they are counted with the next move, which leaves them behind. */
  async recordGap(gap: Pick<Gap, 'from' | 'to' | 'reason'>): Promise<void> {
    const { source, stream } = this.options;
    const count = await this.counting((writer) =>
      recordGap(writer, { ...gap, sourceId: source.settings.sourceId, stream }),
    );
    observeGap(this.options);
    const { from, to, reason } = gap;
    this.gaps = { count, last: { from: from.toISOString(), to: to.toISOString(), reason } };
  }

  /** Tells of the queue of a bucket what is to be told. */
  tellQueue({ strange, reason = '', outage }: { strange: number; reason?: string; outage?: RawError }): void {
    if (strange === 0 && outage === undefined) return;
    this.queue = {
      ...(strange === 0 ? this.queue : { strange: { count: strange + (this.queue?.strange?.count ?? 0), reason } }),
      ...(outage === undefined ? {} : { outage: outage.message.slice(0, LONGEST_REASON) }),
    };
  }

  /** Moves the checkpoint on, after everything that it stands for was stored. */
  async move(change: CheckpointChange): Promise<void> {
    await this.storeGathered();
    await this.write(change);
    this.hasStoredSinceMove = false;
    this.progressed = true;
  }

  /** Notes where to go on, without the claim to have got somewhere: it renews no retry budget. */
  async savePlace(change: CheckpointChange): Promise<void> {
    await this.storeGathered();
    await this.write(change);
  }

  /**
   * Notes that `totals` counts everything again. To be called at the end of a slice, whatever its end: after a batch that
   * failed, some of which may be stored, the next slice counts again.
   */
  async markCounted(): Promise<void> {
    if (this.current.unsettled !== true || this.isUncounted) return;
    await this.write({ unsettled: false, writer: undefined });
    this.isNamed = false;
  }

  /** To be called when nothing more is stored. */
  async close(): Promise<void> {
    await this.writer.close(!this.isNamed);
  }

  outcome(result: StreamEnd): StreamOutcome {
    return { ...this.report(), result };
  }

  /** A slice that got somewhere before it failed reports both: the progress renews the stream's retry budget. */
  outcomeOrThrow(error: unknown): StreamOutcome {
    if (!this.progressed || this.options.signal.aborted) throw error;
    return { ...this.report(), result: 'failed', failure: classify(errorFactsOf(error)) };
  }

  private report(): Omit<StreamOutcome, 'result'> {
    return {
      ...progressOf(this.current),
      counts: this.counts,
      files: this.files,
      ...present({ unreadable: this.unreadable, queue: this.queue }),
    };
  }

  /** Stores something that the checkpoint counts, once it names who does; until it is known what is stored, nothing is counted. */
  private async counting<T>(storing: (writer: Writer) => Promise<T>): Promise<T> {
    if (this.current.unsettled !== true) {
      this.isNamed = true;
      await this.write({ unsettled: true, writer: this.writer.id });
    }
    const { isUncounted: wasUncounted } = this;
    this.isUncounted = true;
    const stored = await storing(this.writer);
    this.isUncounted = wasUncounted;
    return stored;
  }

  private counted = NO_COUNTS;

  private async write(change: CheckpointChange): Promise<void> {
    const totals = addCounts(this.current.totals, subtractCounts(this.counts, this.counted));
    const newest = this.newest === undefined ? {} : { lastEventTime: this.newest };
    const { counts } = this;
    const { collections } = this.options;
    const moving = moveCheckpoint(collections, this.current, {
      ...change,
      totals,
      ...newest,
      ...present({ gaps: this.gaps }),
      ...(isNoCount(this.ruled) ? {} : { ruled: this.ruled }),
      ...(isUnaltered(this.altered) ? {} : { altered: this.altered }),
    });
    this.current = await moving.catch(async (error: unknown) => {
      // It may have stored something after its successor had counted.
      const hasStored = this.current.unsettled === true;
      if (error instanceof CheckpointMovedError && hasStored) await askForRecount(collections, this.current);
      throw error;
    });
    // Not before: what a failed write was to count, the next one counts.
    this.counted = counts;
  }
}
