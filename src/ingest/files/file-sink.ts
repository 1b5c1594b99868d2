import type { FileFault } from '../../domain/records/bad-file.js';
import type { StreamEnd } from '../../domain/streams/outcome.js';
import type { StalledListing } from '../../domain/streams/stalled-listing.js';
import type { BatchStep } from '../../mimecast/next-page.js';
import type { BatchFile, BatchPage } from '../../mimecast/siem.js';
import type { CheckpointDocument } from '../../store/checkpoints.js';
import type { TimedBatch } from '../slice/record-batch.js';
import type { SliceOfWork } from '../slice/slice.js';
import type { ReadOptions } from '../source/file-policy.js';
import type { FilesDone } from './files-done.js';

/** A file that cannot be read, for a reason of its own. */
export interface FileFailure {
  readonly file: BatchFile;
  readonly fault: FileFault;
  readonly error: Error;
  /** All files of its page, and those of them that were read. */
  readonly files: readonly BatchFile[];
  readonly done: FilesDone;
}

/** A page of which all files were dealt with. */
export interface ReadPage {
  readonly page: BatchPage;
  readonly step: BatchStep;
  /** Token of the next page, when the position moves. */
  readonly moved: string | undefined;
  readonly stalled: StalledListing | undefined;
}

/** Where the records of files go, and where the place in the stream is kept. */
export interface FileSink {
  readonly slice: SliceOfWork;
  /** The page to ask for, by default the first one, and which of its files were read. */
  readonly place: Pick<CheckpointDocument, 'pageToken' | 'filesDone' | 'idle'>;
  /** How much of what it has taken was new to it. */
  readonly news: number;
  /** Why no page is asked for now; undefined when one may be. */
  halt(): 'wait' | 'caughtUp' | undefined;
  /** Lists the page at the place; undefined when the API does not have it any more. */
  listPage(): Promise<BatchPage | undefined>;
  /** How to read the file. It may be asked ahead of the file's turn. */
  readOptions(file: BatchFile): ReadOptions;
  /** Hears that what is taken from now on is of the file. */
  beginFile?(file: BatchFile): void;
  take(batch: TimedBatch, file: BatchFile): Promise<void>;
  /** Notes that all of a file was taken. */
  finishFile(file: BatchFile): Promise<void>;
  /** Whether the page is listed again for the sake of a file whose address has expired. Default yes. */
  relistsFor?(file: BatchFile): boolean;
  /** @returns whether the page can do without the file; else the attempt fails once the other files were read. */
  onUnreadable(failure: FileFailure): Promise<boolean>;
  /**
   * Keeps which files were read.
   *
   * @param last the one that has just been read, when there may be more to come.
   * @param isNextSoon whether records of another one are there already, or as good as. Default false.
   */
  keepFiles(done: FilesDone, last?: BatchFile, isNextSoon?: boolean): Promise<void>;
  /** Moves on to the next page. @returns how the reading ends; undefined when it goes on. */
  finishPage(read: ReadPage): Promise<StreamEnd | undefined>;
}
