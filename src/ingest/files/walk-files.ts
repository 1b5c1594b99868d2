/**
 * Reads a SIEM stream into a sink: pages of batch files, each file a gzip of NDJSON. A file that cannot be read holds up its
 * page, but not the other files of it.
 */

import { RawError } from '../../domain/failures/failure.js';
import type { StreamEnd } from '../../domain/streams/outcome.js';
import { afterPage } from '../../domain/streams/stalled-listing.js';
import type { SiemStream } from '../../domain/streams/streams.js';
import { laterOf } from '../../domain/streams/window.js';
import { fileFaultOf, isExpiredFile } from '../../mimecast/file-fault.js';
import { nextBatchStep } from '../../mimecast/next-page.js';
import type { BatchFile, BatchPage } from '../../mimecast/siem.js';
import { ReadAhead } from '../slice/read-ahead.js';
import type { TimedBatch } from '../slice/record-batch.js';
import { MAX_OUTAGES } from '../source/file-policy.js';
import { MAX_RELISTINGS, tokenDigest } from './batch-pages.js';
import type { FileFailure, FileSink } from './file-sink.js';
import { FilesDone } from './files-done.js';
import { readBatchFile } from './read-batch-file.js';

/** So many files that fail in one attempt are enough to be noted; a page of the size asked for has no more. */
const MAX_FAILED = 100;
/** Records that were read wait no longer than this for those of the next file, in milliseconds. */
const SOON_MS = 100;

/** Reads until there is nothing more, or the slice's time is over. */
export async function walkFiles(sink: FileSink, stream: SiemStream): Promise<StreamEnd> {
  for (;;) {
    const halted = sink.halt();
    if (halted !== undefined) return halted;
    const before = sink.news;
    const read = await readPage(sink, stream);
    if (read === 'spent') return 'more';
    if (read === 'gone') return 'caughtUp';
    const { page, newest } = read;
    // Known only now: a token out of reach was given up meanwhile.
    const { pageToken: requestedToken, idle: known } = sink.place;
    const step = nextBatchStep({ requestedToken, returnedToken: page.pageToken, ...page });
    const moved = step.keepToken === requestedToken ? undefined : step.keepToken;
    const token = moved === undefined ? {} : { token: tokenDigest(moved) };
    const news = { isNew: sink.news > before, newest, ...token };
    const stalled = step.next === 'caughtUp' ? undefined : afterPage(known, news, new Date());
    const end = await sink.finishPage({ page, step, moved, stalled });
    if (end !== undefined) return end;
    if (sink.slice.spent) return 'more';
  }
}

/**
 * Lists the page at the place and reads its files that were not read yet.
 *
 * @returns the listing whose files were all read: only its token may be moved to. One listed again for fresh signatures
 * can differ from the one before, and hold less. With it, the time of the newest record that was read.
 */
async function readPage(
  sink: FileSink,
  stream: SiemStream,
): Promise<{ readonly page: BatchPage; readonly newest: Date | undefined } | 'spent' | 'gone'> {
  const attempt = new PageAttempt(sink, stream);
  for (let relistings = 0; ; relistings += 1) {
    const page = await sink.listPage();
    if (page === undefined) return 'gone';
    const end = await attempt.readFiles(page, relistings < MAX_RELISTINGS);
    if (end !== 'expired') return end === 'done' ? { page, newest: attempt.newest } : 'spent';
  }
}

/** One attempt at the files of a page, over all its listings. */
class PageAttempt {
  private readonly failed = new Map<string, unknown>();
  private outagesInARow = 0;
  /** The next file, whose download began while the last records of the one before it were stored. */
  private ahead: { readonly file: BatchFile; readonly batches: ReadAhead<TimedBatch> } | undefined;
  private nextAfter: (file: BatchFile) => BatchFile | undefined = () => undefined;
  /** Time of the newest record that was read, known before or kept out by a rule though it may be. */
  newest: Date | undefined;

  constructor(
    private readonly sink: FileSink,
    private readonly stream: SiemStream,
  ) {}

  /**
   * Reads the files of a listing that were not read yet, and has each noted.
   *
   * @param canRelist whether the page may be listed again for fresh signatures.
   * @returns `expired` when it has to be; `spent` when the slice's time is over; else `done`.
   * @throws the error of the first file that failed, after all others were read.
   */
  async readFiles({ files }: BatchPage, canRelist: boolean): Promise<'done' | 'spent' | 'expired'> {
    try {
      return await this.readEach(files, canRelist);
    } finally {
      this.ahead?.batches.discard();
      this.ahead = undefined;
    }
  }

  private async readEach(files: readonly BatchFile[], canRelist: boolean): Promise<'done' | 'spent' | 'expired'> {
    const { sink } = this;
    const done = new FilesDone(files, sink.place.filesDone);
    const isOpen = (file: BatchFile) => !done.has(file) && !this.failed.has(file.name);
    this.nextAfter = (file) => files.slice(files.indexOf(file) + 1).find(isOpen);
    for (const file of files) {
      if (!isOpen(file)) continue;
      if (sink.slice.spent) return this.end(done, 'spent');
      try {
        await this.readFile(file);
      } catch (error) {
        if (canRelist && isExpiredFile(error) && sink.relistsFor?.(file) !== false) return this.end(done, 'expired');
        const isGivenUp = await this.isGivenUp(file, { files, done }, error);
        if (!isGivenUp) {
          await sink.keepFiles(done);
          continue;
        }
      }
      this.outagesInARow = 0;
      done.add(file);
      await sink.keepFiles(done, file, await this.isSoonAfter(file));
    }
    return this.end(done, 'done');
  }

  private async readFile(file: BatchFile): Promise<void> {
    this.sink.beginFile?.(file);
    for await (const batch of this.batchesOf(file)) {
      this.newest = batch.times.reduce(laterOf, this.newest);
      await this.sink.take(batch, file);
    }
    await this.sink.finishFile(file);
  }

  /** Whether the first records of the next file are there, or come within a moment. After the last one of a page, its end does. */
  private async isSoonAfter(file: BatchFile): Promise<boolean> {
    if (this.ahead !== undefined) return this.ahead.batches.isReadyWithin(SOON_MS);
    return this.nextAfter(file) === undefined;
  }

  private batchesOf(file: BatchFile): ReadAhead<TimedBatch> {
    const { ahead } = this;
    this.ahead = undefined;
    if (ahead?.file === file) return ahead.batches;
    ahead?.batches.discard();
    return this.begin(file);
  }

  private begin(file: BatchFile): ReadAhead<TimedBatch> {
    const { source, signal } = this.sink.slice.options;
    const batches = readBatchFile(source, this.stream, file, this.sink.readOptions(file), signal);
    return new ReadAhead(batches, () => this.beginAfter(file));
  }

  private beginAfter(file: BatchFile): void {
    const next = this.sink.slice.spent ? undefined : this.nextAfter(file);
    if (next !== undefined) this.ahead = { file: next, batches: this.begin(next) };
  }

  /** Whether the page can do without a file that failed. */
  private async isGivenUp(
    file: BatchFile,
    listed: Pick<FileFailure, 'files' | 'done'>,
    error: unknown,
  ): Promise<boolean> {
    const fault = fileFaultOf(error);
    if (!(error instanceof RawError) || error.facts.origin !== 'file') {
      // Files before it may still wait to be stored. Where the store is what failed, it says so once more.
      await this.sink.keepFiles(listed.done).catch(() => undefined);
      throw error;
    }
    if (fault === undefined) {
      this.outagesInARow += 1;
      this.failed.set(file.name, error);
      if (error.facts.status !== 429 && this.outagesInARow < MAX_OUTAGES) return false;
      await this.sink.keepFiles(listed.done);
      throw error;
    }
    if (await this.sink.onUnreadable({ ...listed, file, fault, error })) return true;
    this.failed.set(file.name, withNameOf(error, file.name));
    if (this.failed.size >= MAX_FAILED) await this.end(listed.done, 'done');
    return false;
  }

  private async end<T>(done: FilesDone, end: T): Promise<T> {
    await this.sink.keepFiles(done);
    const [first] = this.failed.values();
    if (end !== 'expired' && first !== undefined) throw first;
    return end;
  }
}

function withNameOf(error: RawError, name: string): RawError {
  return new RawError({ ...error.facts, message: `${error.message} (${name})` }, { cause: error });
}
