/**
 * One slice of an export of the past. Stream by stream, it looks whether the objects are there that earlier exports made of
 * the range, and then writes what is in none of them. What an object holds is noted before it is written: an attempt that dies
 * is repeated with the same objects, and a repetition of the export, of whatever range, writes no record twice.
 */

import type { PastSliceOutcome } from '../../domain/export/past-export.js';
import type { RecordDocument, RecordId } from '../../domain/records/record.js';
import type { StreamName } from '../../domain/streams/streams.js';
import type { Collections } from '../../store/collections.js';
import { documentsOf, recordsBetween } from '../../store/export-records.js';
import { endPastExport, movePastExport, type PastExportDocument, type PastStep } from '../../store/past-exports.js';
import {
  destinationOf,
  notePart,
  type PartsQuery,
  type PastPart,
  partId,
  partsBetween,
  partWith,
} from '../../store/past-parts.js';
import { exportLine } from './export-line.js';
import type { ExportTarget } from './export-target.js';
import { KnownRecords } from './known-records.js';
import { pastObject } from './past-object.js';
import { GatheredPart } from './past-part.js';
import { isThere, putLines } from './put-lines.js';
import { twinsOf } from './twins.js';

export interface PastSliceOptions {
  readonly collections: Collections;
  readonly target: Omit<ExportTarget, 'intervalMs'>;
  readonly signal: AbortSignal;
  /** Epoch milliseconds after which no new object is begun. */
  readonly until: number;
}

/** So many records in a row that are exported already, and the time is looked at. */
const LOOK_EVERY = 1_000;

export class PastSlice {
  constructor(
    private readonly options: PastSliceOptions,
    private current: PastExportDocument,
  ) {}

  /** @throws CheckpointMovedError when another attempt is at work, and what store and bucket throw. */
  async run(): Promise<PastSliceOutcome> {
    const { collections } = this.options;
    const begun = await partWith(collections, partId(this.current._id, this.current.seq + 1));
    if (begun !== undefined) await this.writeOwn(begun);
    for (const stream of this.streamsLeft()) {
      const isDone = !this.isCanceled && (await this.exportStream(stream));
      if (this.isCanceled) break;
      if (!isDone) return { result: 'more', text: this.text };
    }
    await endPastExport(collections, this.current._id, this.isCanceled ? 'Canceled' : 'Completed');
    return { result: 'over', text: this.text };
  }

  private streamsLeft(): readonly StreamName[] {
    const { streams, position } = this.current;
    return position === undefined ? streams : streams.slice(streams.indexOf(position.stream));
  }

  private get isCanceled(): boolean {
    return this.current.cancelingAt !== undefined;
  }

  private get text(): string {
    const { streams, position, counts } = this.current;
    const all = Object.values(counts);
    const sum = (of: 'objects' | 'records') => all.reduce((total, each) => total + each[of], 0);
    const at = position === undefined ? '' : `, at ${position.stream} of ${streams.length} streams`;
    return `${sum('records')} records in ${sum('objects')} objects${at}`;
  }

  /** Whether no more is to be done in this slice. */
  private isOver(): boolean {
    this.options.signal.throwIfAborted();
    return this.isCanceled || Date.now() >= this.options.until;
  }

  /** @returns whether the stream is done with. */
  private async exportStream(stream: StreamName): Promise<boolean> {
    const { position } = this.current;
    const isHere = position?.stream === stream;
    if (!isHere || position.from === undefined) {
      const after = isHere ? position.after : undefined;
      if (!(await this.lookAtKnown(stream, after))) return false;
      await this.move({ position: { stream, from: this.current.from } });
    }
    return this.writeNew(stream);
  }

  private query(stream: StreamName): PartsQuery {
    const { sourceId, target, from, to } = this.current;
    return { sourceId, destination: destinationOf(target), stream, from, to };
  }

  /** Writes again what the bucket has lost of earlier exports. @returns whether all was looked at. */
  private async lookAtKnown(stream: StreamName, after: string | undefined): Promise<boolean> {
    for await (const part of partsBetween(this.options.collections, this.query(stream), { after })) {
      const object = await this.write(part, { mayBeThere: true });
      await this.move({ position: { stream, after: part._id }, ...(object === undefined ? {} : { object }) });
      if (this.isOver()) return false;
    }
    return true;
  }

  /** @returns whether the range was walked to its end. */
  private async writeNew(stream: StreamName): Promise<boolean> {
    const { collections } = this.options;
    const { sourceId, position, to } = this.current;
    const from = position?.from ?? this.current.from;
    const known = new KnownRecords(partsBetween(collections, { ...this.query(stream), from }, 'first'));
    try {
      let part = new GatheredPart();
      let walked = 0;
      for await (const document of recordsBetween(collections, sourceId, stream, { from, to })) {
        walked += 1;
        const isSpent = walked % LOOK_EVERY === 0 && this.isOver();
        if (part.isCompleteBefore(document) || (isSpent && !part.isEmpty)) {
          const isSplit = part.last?.getTime() === document._messageTime.getTime();
          await this.writeGathered(stream, part);
          if (this.isOver()) return false;
          part = new GatheredPart(isSplit);
        } else if (isSpent) {
          await this.move({ position: { stream, from: document._messageTime } });
          return false;
        }
        if (await known.has(document._id.toString('hex'), document._messageTime)) part.mayHaveTwins = true;
        else this.gather(stream, part, document);
      }
      if (!part.isEmpty) await this.writeGathered(stream, part);
      return true;
    } finally {
      await known.close();
    }
  }

  private gather(stream: StreamName, part: GatheredPart, document: RecordDocument): void {
    const line = exportLine(this.options.target.form, stream, document);
    if (line !== undefined) part.add(document, line.length);
  }

  private async writeGathered(stream: StreamName, gathered: GatheredPart): Promise<void> {
    const { first, last, documents, mayHaveTwins } = gathered;
    if (first === undefined || last === undefined) return;
    const { collections, target } = this.options;
    const { sourceId, _id, seq } = this.current;
    const known = new Map(documents.map((document) => [document._id.toString('hex'), document]));
    const needsTwins = mayHaveTwins && target.form === 'received';
    const twins = needsTwins ? await twinsOf(collections, sourceId, stream, known) : [];
    const ids = [...documents.map((document) => document._id), ...twins];
    const destination = destinationOf(this.current.target);
    const part = { _id: partId(_id, seq + 1), sourceId, destination, stream, first, last, ids };
    await notePart(collections, part);
    await this.writeOwn(part);
  }

  /** Writes an object that this export has made itself, and goes on behind its last record. */
  private async writeOwn(part: PastPart): Promise<void> {
    const object = await this.write(part, { mayBeThere: false });
    const position = { stream: part.stream, from: part.last };
    // An attempt before this one may have written it, and no other export.
    const own = object === undefined ? {} : { object: { ...object, isNew: true } };
    await this.move({ position, seq: this.current.seq + 1, ...own });
  }

  private async move(step: PastStep): Promise<void> {
    this.current = await movePastExport(this.options.collections, this.current, step);
  }

  /**
   * @param mayBeThere whether it is looked for before its records are read.
   * @returns `undefined` when none of its records is stored any more.
   */
  private async write(part: PastPart, { mayBeThere }: { readonly mayBeThere: boolean }): Promise<PastStep['object']> {
    const { collections, target, signal } = this.options;
    const { stream, ids } = part;
    const { name, mark } = pastObject(target, (await collections.installation()).id, part);
    if (mayBeThere && (await isThere(target.bucket, { ...name, mark }, signal)))
      return { stream, key: name.key, records: ids.length, isNew: false };
    const lines = await linesOf(collections, target.form, stream, ids);
    if (lines.length === 0) return undefined;
    const result = await putLines(target.bucket, { ...name, lines, mark }, signal);
    return { stream, key: name.key, records: lines.length, isNew: result === 'written' };
  }
}

async function linesOf(
  collections: Collections,
  form: ExportTarget['form'],
  stream: StreamName,
  ids: readonly RecordId[],
): Promise<Buffer[]> {
  const found = await documentsOf(collections, stream, ids);
  const documents = ids.flatMap((id) => found.get(id.toString('hex')) ?? []);
  return documents.flatMap((document) => exportLine(form, stream, document) ?? []);
}
