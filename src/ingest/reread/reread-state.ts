/**
 * A stream's reading for `backfill` or `verify`: where it stands, and what becomes of the records that it meets. What is
 * missing is noted before it is stored, so that an attempt that dies in between counts it as well.
 */

import { present } from '../../domain/present.js';
import type { RecordId, TimedDocument } from '../../domain/records/record.js';
import {
  addRereadCounts,
  NO_REREAD_COUNTS,
  type RereadCounts,
  type RereadKind,
  type RereadOutcome,
} from '../../domain/rereads/reread.js';
import type { StalledListing } from '../../domain/streams/stalled-listing.js';
import type { StreamName } from '../../domain/streams/streams.js';
import type { BatchFile } from '../../mimecast/siem.js';
import { identityOfFile } from '../../records/identity.js';
import { type CheckpointDocument, checkpointId } from '../../store/checkpoints.js';
import type { Collections } from '../../store/collections.js';
import {
  countMissing,
  foundMissing,
  type MissingDocument,
  missingRecords,
  removeFound,
  saveMissing,
} from '../../store/missing-records.js';
import { absentFromQuarantine, resolveQuarantined } from '../../store/quarantine.js';
import { absentRecords } from '../../store/records.js';
import { beginBackfill, countBackfill } from '../../store/recount.js';
import { openReread, type RereadDocument, saveReread } from '../../store/rereads.js';
import { Writer } from '../../store/writer.js';
import type { ReadBatch } from '../slice/record-batch.js';
import type { SliceOfWork, SliceOptions } from '../slice/slice.js';
import { storeBatch } from '../slice/store-batch.js';

/** Which reading a slice belongs to, and what it reads. */
export interface RereadRange {
  readonly kind: RereadKind;
  readonly run: string;
  /** ISO times; both bounds belong to it. */
  readonly from: string;
  readonly to: string;
}

export type RereadingOptions = Omit<SliceOptions, 'maxRecords' | 'fileRules'> & { readonly range: RereadRange };

/** Most notes that are kept: they are for people. */
const MAX_NOTES = 20;
/** How many entries are looked at again at once. */
const RECHECKED_AT_ONCE = 1_000;

export class Rereading implements SliceOfWork {
  readonly from: Date;
  readonly to: Date;
  /** What was counted since the last move. */
  private since = NO_REREAD_COUNTS;
  private readonly writer: Writer;

  private constructor(
    readonly options: RereadingOptions,
    private current: RereadDocument,
  ) {
    this.from = new Date(options.range.from);
    this.to = new Date(options.range.to);
    const { collections, source, stream } = options;
    this.writer = Writer.open(collections, checkpointId(source.settings.sourceId, stream));
  }

  static async open(options: RereadingOptions, { pageToken }: CheckpointDocument): Promise<Rereading> {
    const { collections, source, stream, range } = options;
    const key = { sourceId: source.settings.sourceId, kind: range.kind, stream, run: range.run };
    return new Rereading(options, await openReread(collections, key, pageToken));
  }

  /** See `recheck` in reread.ts. */
  static async recheck(
    collections: Collections,
    stream: StreamName,
    run: string,
    signal: AbortSignal,
  ): Promise<number> {
    let batch: MissingDocument[] = [];
    const strike = async () => {
      signal.throwIfAborted();
      const absent = new Set([
        ...(await absentRecords(collections, stream, idsOf(batch.filter(({ unreadable }) => !unreadable)))),
        ...(await absentFromQuarantine(collections, idsOf(batch.filter(({ unreadable }) => unreadable)))),
      ]);
      const there = batch.filter(({ recordId }) => !absent.has(recordId.toString('hex')));
      await removeFound(collections, there);
      batch = [];
    };
    for await (const document of missingRecords(collections, run, stream)) {
      if (batch.push(document) >= RECHECKED_AT_ONCE) await strike();
    }
    await strike();
    return countMissing(collections, run, stream);
  }

  get state(): RereadDocument {
    return this.current;
  }

  get counts(): RereadCounts {
    return addRereadCounts(this.current.counts, this.since);
  }

  get spent(): boolean {
    return Date.now() >= this.options.until;
  }

  /** Whether a time is in the range that is read again. */
  covers(time: Date): boolean {
    return time >= this.from && time <= this.to;
  }

  /** What tells no time of its own has that of this receipt, and may belong to any range. */
  private isInRange({ document, time }: TimedDocument): boolean {
    return time === document._receiptTime || this.covers(time);
  }

  /** Compares what was handed out with the store, and for a backfill stores what is missing. */
  async take({ records, unreadable }: ReadBatch, place: string): Promise<void> {
    const { collections, source, stream, range } = this.options;
    const { kind, run } = range;
    const { sourceId } = source.settings;
    const wanted = records.filter((record) => this.isInRange(record)).map(({ document }) => document);
    this.count({ read: wanted.length });
    const absent = await absentRecords(collections, stream, idsOf(wanted));
    // An attempt that died may have stored some of them without comparing them with the watchlists.
    const begun = kind === 'verify' ? new Set<string>() : await foundMissing(collections, run, idsOf(wanted));
    const lineIds = unreadable.map(({ id }) => id);
    const absentLines = await absentFromQuarantine(collections, lineIds);
    const missing = wanted.filter(({ _id }) => absent.has(_id.toString('hex')));
    const missingLines = unreadable.filter(({ id }) => absentLines.has(id.toString('hex')));
    const entry = (recordId: RecordId, unreadable: boolean) => {
      return { _id: `${run}/${recordId.toString('hex')}`, run, sourceId, kind, stream, recordId, unreadable };
    };
    await saveMissing(collections, [
      ...missing.map(({ _id, _messageTime: messageTime }) => ({ ...entry(_id, false), place, messageTime })),
      ...missingLines.map(({ id, place: line }) => ({ ...entry(id, true), place: line })),
    ]);
    const toStore = wanted.filter(({ _id }) => absent.has(_id.toString('hex')) || begun.has(_id.toString('hex')));
    if (kind === 'verify' || toStore.length + missingLines.length === 0) return;
    await beginBackfill(this.writer, sourceId, stream);
    const { inserted, quarantined } = await storeBatch(
      { collections, writer: this.writer },
      sourceId,
      stream,
      toStore,
      missingLines,
    );
    await countBackfill(this.writer, sourceId, stream, { stored: inserted.stored, duplicates: 0, quarantined });
    this.count({ restored: inserted.stored + quarantined });
  }

  /** To be called when nothing more is stored. The collection may have taken it for dead meanwhile. */
  async close(): Promise<void> {
    await this.writer.close(false);
  }

  /** Notes where the reading stands, after what lies before was taken. */
  async move(change: Partial<Pick<RereadDocument, 'filesDone' | 'readUntil' | 'done'>> & Place): Promise<void> {
    const { collections, stream, range } = this.options;
    const { page: _page, windowTo: _windowTo, readOfWindow: _read, object: _object, ...known } = this.current;
    const counts = { ...this.counts, missing: await countMissing(collections, range.run, stream) };
    this.current = { ...known, ...change, counts, updatedAt: new Date() };
    this.since = NO_REREAD_COUNTS;
    await saveReread(collections, this.current);
  }

  /** Begins the listing of a bucket anew; what was found missing stays noted, and is met again. */
  async beginAnew(): Promise<void> {
    const { pageToken: _token, ...known } = this.current;
    this.current = { ...known, counts: { ...NO_REREAD_COUNTS, restored: known.counts.restored } };
    this.since = { ...NO_REREAD_COUNTS, restored: this.since.restored };
    await this.move({ filesDone: [], objects: 0 });
  }

  /** How many records were read since the last move. */
  get readSince(): number {
    return this.since.read;
  }

  /** Of the window at whose place the reading stands. */
  get readOfWindow(): number {
    return (this.current.readOfWindow ?? 0) + this.since.read;
  }

  /**
   * Forgets how much was read since the last move, and of the window before it: it is read again.
   *
   * @param read how much of that is not.
   */
  forgetRead(read = -(this.current.readOfWindow ?? 0)): void {
    this.since = { ...this.since, read };
  }

  private count(counts: Partial<RereadCounts>): void {
    this.since = addRereadCounts(this.since, { ...NO_REREAD_COUNTS, ...counts });
  }

  /** A backfill that has stored all records of a file marks it as resolved, in case the collection had given it up. */
  async resolveFile({ name, path }: BatchFile): Promise<void> {
    const { collections, source, stream, range } = this.options;
    if (range.kind === 'verify') return;
    // Earlier versions knew it by its path alone.
    const ids = [name, path].map((known) => identityOfFile(source.settings.sourceId, stream, known));
    await resolveQuarantined(collections, ids);
  }

  /** Goes on without a file; what it held is not known. */
  skipFile(reason: string): void {
    this.count({ unreadFiles: 1 });
    this.addRemark(reason);
  }

  /** Notes that a part of the range could not be seen, so that nobody takes the rest for all; saved with the next move. */
  addUnseen(reason: string): void {
    this.current = { ...this.current, unseen: { reason, count: (this.current.unseen?.count ?? 0) + 1 } };
    this.addRemark(reason);
  }

  /** Notes what a page of files told, see `StalledListing`; saved with the next move. */
  setStalled(stalled: StalledListing | undefined): void {
    const { idle: _before, ...rest } = this.current;
    this.current = stalled === undefined ? rest : { ...rest, idle: stalled };
  }

  /** Tells what cannot be read again; saved with the next move. */
  addRemark(text: string): void {
    const { notes } = this.current;
    if (notes.length < MAX_NOTES && !notes.includes(text)) this.current = { ...this.current, notes: [...notes, text] };
  }

  async outcome(done: boolean): Promise<RereadOutcome> {
    const { page, windowTo, readOfWindow, object } = this.current;
    const place = present({ page, windowTo, readOfWindow, object });
    await this.move({ done, ...place });
    const { counts, notes, unseen } = this.current;
    const position = positionOf(this.current);
    const failure =
      done && unseen !== undefined ? { failure: `not everything could be checked: ${unseen.reason}` } : {};
    return { counts, done, notes, position, ...failure };
  }
}

type Place = Pick<Partial<RereadDocument>, 'pageToken' | 'page' | 'windowTo' | 'readOfWindow' | 'objects' | 'object'>;

/** For people. */
function positionOf({ pageToken, readUntil, objects }: RereadDocument): string {
  if (objects !== undefined) return `${objects} objects`;
  return readUntil === undefined ? `page …${pageToken?.slice(-8) ?? ''}` : `at ${readUntil.toISOString()}`;
}

function idsOf(documents: readonly ({ readonly _id: RecordId } | { readonly recordId: RecordId })[]): RecordId[] {
  return documents.map((document) => ('recordId' in document ? document.recordId : document._id));
}
