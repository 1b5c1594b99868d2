/** Reads the batch files of a range again. */

import { isOutOfReach, RawError } from '../../domain/failures/failure.js';
import { stalledText } from '../../domain/streams/stalled-listing.js';
import type { SiemStream } from '../../domain/streams/streams.js';
import type { BatchFile, BatchPage } from '../../mimecast/siem.js';
import { listBatchPage } from '../files/batch-pages.js';
import type { FileFailure, FileSink, ReadPage } from '../files/file-sink.js';
import { FilesDone } from '../files/files-done.js';
import { walkFiles } from '../files/walk-files.js';
import type { TimedBatch } from '../slice/record-batch.js';
import type { ReadOptions } from '../source/file-policy.js';
import type { Rereading } from './reread-state.js';

/** Files are listed in the order in which they were made; a page whose records are all later than this ends the range. */
const LATE_MS = 86_400_000;
/** So many pages in a row that do not move forward are no listing that will end. */
const MAX_STALLED_PAGES = 20;

/** @returns whether all of the range was read; else the slice's time is over. */
export async function rereadFiles(reading: Rereading, stream: SiemStream): Promise<boolean> {
  return (await walkFiles(new RereadFiles(reading, stream), stream)) === 'caughtUp';
}

/** What is known of the records of a file, those included that no rule lets in. */
const NOTHING_READ = { isEmpty: true, isLate: true, isCovered: true };

class RereadFiles implements FileSink {
  /** Reading again tells of all pages alike whether they move forward: none brings news to the store. */
  readonly news = 0;
  /** Whether the records of the page are all from long after the range, as far as it was read; else it is not known. */
  private isPast = false;
  private file = NOTHING_READ;

  constructor(
    readonly slice: Rereading,
    private readonly stream: SiemStream,
  ) {}

  get place() {
    return this.slice.state;
  }

  halt(): 'caughtUp' | undefined {
    const { pageToken, endToken } = this.place;
    return pageToken !== undefined && pageToken === endToken ? 'caughtUp' : undefined;
  }

  async listPage(): Promise<BatchPage | undefined> {
    const { source, signal } = this.slice.options;
    const { pageToken, filesDone } = this.place;
    try {
      const page = await listBatchPage(source, this.stream, { pageToken, beginAt: this.slice.from }, signal);
      const done = new FilesDone(page.files, filesDone);
      // What a file held that was read before is not known any more.
      this.isPast = page.files.length > 0 && !page.files.some((file) => done.has(file));
      return page;
    } catch (error) {
      if (!(error instanceof RawError) || !isOutOfReach(error.facts)) throw error;
      this.slice.addRemark(`Mimecast no longer returns this range: ${error.facts.message}`);
      return undefined;
    }
  }

  readOptions(): ReadOptions {
    return {};
  }

  /** Each file is noted by itself, so what was counted since then is of one that failed. */
  beginFile(): void {
    this.slice.forgetRead();
    this.file = NOTHING_READ;
  }

  async take(batch: TimedBatch, { path }: BatchFile): Promise<void> {
    const { times } = batch;
    await this.slice.take(batch, path);
    const late = this.slice.to.getTime() + LATE_MS;
    const { isEmpty, isLate, isCovered } = this.file;
    this.file = {
      isEmpty: isEmpty && times.length === 0,
      isLate: isLate && times.every((time) => time !== undefined && time.getTime() > late),
      isCovered: isCovered && times.every((time) => time !== undefined && this.slice.covers(time)),
    };
  }

  async finishFile(file: BatchFile): Promise<void> {
    const { isEmpty, isLate, isCovered } = this.file;
    if (isEmpty || !isLate) this.isPast = false;
    if (isCovered) await this.slice.resolveFile(file);
  }

  /** What it held is not known. */
  async onUnreadable({ file, error }: FileFailure): Promise<boolean> {
    this.isPast = false;
    this.slice.skipFile(`${file.path}: ${error.message}`);
    return true;
  }

  async keepFiles(done: FilesDone): Promise<void> {
    if (done.hasUnwritten) await this.slice.move({ filesDone: done.take() });
  }

  async finishPage({ page: { failure }, step, moved, stalled }: ReadPage): Promise<'caughtUp' | undefined> {
    const { slice } = this;
    if (failure?.incompleteness === 'partial') throw failure;
    if (this.isPast) return 'caughtUp';
    slice.setStalled(stalled);
    const isEndless = stalled !== undefined && (stalled.isCircle === true || stalled.pages >= MAX_STALLED_PAGES);
    if (failure !== undefined) slice.addUnseen(failure.message);
    else if (step.next === 'wait') slice.addUnseen('Mimecast says that this is not the end, but not where to continue');
    else if (step.next === 'more' && isEndless) slice.addUnseen(stalledText(stalled));
    else if (moved !== undefined && step.next === 'more') {
      await slice.move({ pageToken: moved, filesDone: [] });
      return undefined;
    }
    return 'caughtUp';
  }
}
