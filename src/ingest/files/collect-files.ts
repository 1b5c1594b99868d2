/** Collects a SIEM stream: stores the records of its files, and keeps the place in the checkpoint. */

import type { StreamEnd } from '../../domain/streams/outcome.js';
import { isBraked } from '../../domain/streams/stalled-listing.js';
import type { SiemStream } from '../../domain/streams/streams.js';
import type { BatchFile, BatchPage } from '../../mimecast/siem.js';
import type { CheckpointDocument } from '../../store/checkpoints.js';
import type { TimedBatch } from '../slice/record-batch.js';
import type { Slice } from '../slice/slice.js';
import type { ReadOptions } from '../source/file-policy.js';
import { BadFiles } from './bad-files.js';
import { FilePosition } from './file-position.js';
import type { FileFailure, FileSink, ReadPage } from './file-sink.js';
import type { FilesDone } from './files-done.js';
import { walkFiles } from './walk-files.js';

/** Collects until there is nothing more, or the slice's time is over. */
export function collectFiles(slice: Slice, stream: SiemStream): Promise<StreamEnd> {
  return walkFiles(new CollectedFiles(slice, stream), stream);
}

class CollectedFiles implements FileSink {
  private readonly badFiles: BadFiles;
  private readonly position: FilePosition;
  /** Files that were read since the checkpoint moved: one may have been given up before. */
  private readonly unresolved: BatchFile[] = [];

  constructor(
    readonly slice: Slice,
    stream: SiemStream,
  ) {
    this.badFiles = new BadFiles(slice, stream);
    this.position = new FilePosition(slice, stream, this.badFiles);
  }

  get place(): CheckpointDocument {
    return this.slice.checkpoint;
  }

  get news(): number {
    const { stored, quarantined } = this.slice.counts;
    return stored + quarantined;
  }

  halt(): 'wait' | undefined {
    const { idle: stalled } = this.place;
    return stalled !== undefined && isBraked(stalled, new Date()) ? 'wait' : undefined;
  }

  listPage(): Promise<BatchPage> {
    return this.position.listPage();
  }

  readOptions(file: BatchFile): ReadOptions {
    return { ...this.badFiles.policy.reading, salvage: this.badFiles.isLastAttempt(file) };
  }

  async take(batch: TimedBatch): Promise<void> {
    await this.slice.gather(batch);
  }

  async finishFile(file: BatchFile): Promise<void> {
    this.slice.countFile();
    this.unresolved.push(file);
  }

  /** A file noted before was listed again for this attempt already. */
  relistsFor(file: BatchFile): boolean {
    return this.badFiles.badFileOf(file) === undefined;
  }

  onUnreadable(failure: FileFailure): Promise<boolean> {
    return this.badFiles.isGivenUp(failure);
  }

  async keepFiles(done: FilesDone, last?: BatchFile, isNextSoon = false): Promise<void> {
    const isNoted = last !== undefined && this.badFiles.badFileOf(last) !== undefined;
    if (!isNextSoon) await this.slice.storeGathered();
    const mayWait = last !== undefined && !isNoted && (this.slice.isGathering || !done.isDue);
    if (!done.hasUnwritten || mayWait) return;
    await this.slice.storeGathered();
    await this.badFiles.resolve(this.unresolved.splice(0));
    await this.slice.move({
      filesDone: done.take(),
      ...(isNoted ? { badFiles: this.badFiles.badFilesWithout(last) } : {}),
    });
  }

  async finishPage({ page, step, moved, stalled }: ReadPage): Promise<StreamEnd | undefined> {
    if (page.failure !== undefined) throw page.failure;
    const proof = this.position.proofIn(page);
    if (moved !== undefined) {
      await this.badFiles.quarantineUnlisted();
      await this.slice.move({ pageToken: moved, filesDone: [], badFiles: [], idle: stalled, ...proof });
    } else if (stalled !== this.place.idle || proof !== undefined) {
      await this.slice.savePlace({ idle: stalled, ...proof });
    }
    if (step.next === 'more') return undefined;
    const isEmpty = page.files.length === 0 && step.next === 'caughtUp';
    return isEmpty && (await this.position.isLost()) ? undefined : step.next;
  }
}
