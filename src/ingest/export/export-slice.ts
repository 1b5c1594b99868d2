/**
 * One slice of exporting: follows what is stored of a source, and cuts it into objects. A cut is written down, then its
 * objects are written, then the checkpoint moves: an attempt that dies anywhere in between is repeated with the same objects.
 */

import type { RecordId } from '../../domain/records/record.js';
import { STREAMS, type StreamName } from '../../domain/streams/streams.js';
import type { Collections } from '../../store/collections.js';
import { ChangesLostError, changesSince, endOfChanges, hasReached, placeOfNow } from '../../store/export-changes.js';
import { documentsOf, passesFor, unexported } from '../../store/export-records.js';
import {
  beginExport,
  type Comparing,
  type Cut,
  cutOf,
  type ExportDocument,
  moveBehindCut,
  moveExport,
  noteCut,
  takenEarly,
} from '../../store/exports.js';
import { countRecords } from '../../store/records.js';
import type { ExportTarget } from './export-target.js';
import { PendingCut } from './pending-cut.js';
import { twinsOf } from './twins.js';
import { writeCut } from './write-object.js';

export interface ExportSliceOptions {
  readonly collections: Collections;
  readonly sourceId: number;
  readonly target: ExportTarget;
  readonly signal: AbortSignal;
  /** Epoch milliseconds after which no new cut is begun. */
  readonly until: number;
}

/** A record may be received so long before it is stored; a comparison begins so long before the export did. */
const RECEIPT_MARGIN_MS = 24 * 60 * 60_000;

export class ExportSlice {
  private hasWritten = false;

  private constructor(
    private readonly options: ExportSliceOptions,
    private current: ExportDocument,
  ) {}

  static async open(options: ExportSliceOptions): Promise<ExportSlice> {
    const { collections, sourceId } = options;
    return new ExportSlice(options, await beginExport(collections, sourceId));
  }

  /** Whether anything was written so far. */
  get progressed(): boolean {
    return this.hasWritten;
  }

  async run(): Promise<'more' | 'caughtUp'> {
    const { collections, sourceId } = this.options;
    const begun = await cutOf(collections, sourceId, this.current.seq + 1);
    if (begun !== undefined) await this.write(begun);
    while (this.current.comparing !== undefined) {
      if (this.isSpent) return 'more';
      await this.compare(this.current.comparing);
    }
    try {
      return await this.follow();
    } catch (error) {
      if (!(error instanceof ChangesLostError)) throw error;
      const [stream] = STREAMS;
      if (stream === undefined) throw error;
      // In this order: what is stored from now on is followed, and what was stored before is found.
      const token = await placeOfNow(collections);
      await this.place({ token, comparing: { stream, pass: 0, passes: await this.passesOf(stream) } });
      return 'more';
    }
  }

  private get isSpent(): boolean {
    return Date.now() >= this.options.until;
  }

  private async follow(): Promise<'more' | 'caughtUp'> {
    const { collections, sourceId, signal } = this.options;
    // What is stored after this may not be among the changes that are looked at.
    const at = new Date();
    const end = await endOfChanges(collections);
    let pending = new PendingCut();
    for await (const { record, token } of changesSince(collections, sourceId, this.current.token)) {
      signal.throwIfAborted();
      if (record !== undefined) pending.add(record.stream, record.id, record.size);
      const isOver = record === undefined && hasReached(token, end);
      if (!pending.isFull && !isOver && !this.isSpent) continue;
      const caughtUpAt = isOver ? { caughtUpAt: at } : {};
      if (!pending.isEmpty) await this.cut(pending, { token });
      if (isOver || pending.isEmpty) await this.place({ token, ...caughtUpAt });
      if (isOver) return 'caughtUp';
      if (this.isSpent) return 'more';
      pending = new PendingCut();
    }
    return 'more';
  }

  /** Exports what no cut has. Once this is over, the changes since it began are followed. */
  private async compare(comparing: Comparing): Promise<void> {
    const { collections, sourceId, signal } = this.options;
    const since = new Date(this.current.beginAt.getTime() - RECEIPT_MARGIN_MS);
    for await (const found of unexported(collections, sourceId, comparing, since)) {
      signal.throwIfAborted();
      let pending = new PendingCut();
      for (const { id, size } of found) {
        pending.add(comparing.stream, id, size);
        if (!pending.isFull) continue;
        await this.cut(pending, { areEarly: true });
        pending = new PendingCut();
      }
      if (!pending.isEmpty) await this.cut(pending, { areEarly: true });
    }
    await this.place({ comparing: await this.behind(comparing) });
  }

  private async behind({ stream, pass, passes }: Comparing): Promise<Comparing | undefined> {
    if (pass + 1 < passes) return { stream, pass: pass + 1, passes };
    const next = STREAMS[STREAMS.indexOf(stream) + 1];
    return next === undefined ? undefined : { stream: next, pass: 0, passes: await this.passesOf(next) };
  }

  private async passesOf(stream: StreamName): Promise<number> {
    const { collections, sourceId } = this.options;
    return passesFor(await countRecords(collections, stream, sourceId));
  }

  /** @param place.areEarly whether changes may name the records later, too. */
  private async cut(
    pending: PendingCut,
    { token, areEarly = false }: { readonly token?: string; readonly areEarly?: boolean },
  ): Promise<void> {
    const { collections, sourceId, target } = this.options;
    const objects: Cut['objects'][number][] = [];
    const early: RecordId[] = [];
    for (const { stream, ids } of pending.byStream()) {
      const taken = await takenEarly(collections, sourceId, ids);
      const left = ids.filter((id) => !taken.has(id.toString('hex')));
      if (left.length === 0) continue;
      const twins = await this.twinsOf(stream, left);
      objects.push({ stream, ids: [...left, ...twins] });
      early.push(...twins, ...(areEarly ? left : []));
    }
    if (objects.length === 0) return token === undefined ? undefined : this.place({ token });
    const made = { prefix: target.prefix, form: target.form };
    const cut = { seq: this.current.seq + 1, at: new Date(), objects, early, made };
    await this.write(await this.noted(token === undefined ? cut : { ...cut, token }));
  }

  /** Detections have ids, by which they can be told apart. */
  private async twinsOf(stream: StreamName, ids: readonly RecordId[]): Promise<readonly RecordId[]> {
    const { collections, sourceId, target } = this.options;
    if (target.form !== 'received') return [];
    return twinsOf(collections, sourceId, stream, await documentsOf(collections, stream, ids));
  }

  private async noted(cut: Cut): Promise<Cut> {
    await noteCut(this.options.collections, this.options.sourceId, cut);
    return cut;
  }

  private async write(cut: Cut): Promise<void> {
    const written = await writeCut(this.options, cut);
    this.current = await moveBehindCut(this.options.collections, this.current, cut, written);
    this.hasWritten = true;
  }

  private async place(
    change: Partial<Pick<ExportDocument, 'token' | 'caughtUpAt'>> & { comparing?: Comparing | undefined },
  ) {
    this.current = await moveExport(this.options.collections, this.current, change);
  }
}
