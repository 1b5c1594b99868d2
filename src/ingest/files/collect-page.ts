/** Stores the files of one page; one that cannot be read holds up the page, but not its other files. */

import { TroubleError } from '../../domain/failures/failure.js';
import type { BadFile } from '../../domain/records/bad-file.js';
import type { QuarantinedRecord, RecordId } from '../../domain/records/record.js';
import type { SiemStream } from '../../domain/streams/streams.js';
import { laterOf } from '../../domain/streams/window.js';
import { DamagedFileError } from '../../http-client/file-damage.js';
import { fileFaultOf, isExpiredFile } from '../../mimecast/file-fault.js';
import type { BatchFile, BatchPage } from '../../mimecast/siem.js';
import { identityOfFile } from '../../records/identity.js';
import { resolveQuarantined } from '../../store/quarantine.js';
import { absentOf } from '../../store/rereads.js';
import type { Slice } from '../slice/slice.js';
import type { FileRules } from '../source/file-rules.js';
import { FILE_RULES, notedAgain, verdictOn } from './file-patience.js';
import { FilesDone } from './files-done.js';
import { readBatchFile } from './read-batch-file.js';

/** So many files that fail one after the other for no reason of their own are an outage; the others would fail too. */
const MAX_OUTAGES = 3;
/** So many files that fail in one attempt are enough to be noted; a page of the size asked for has no more. */
const MAX_FAILED = 100;
/** How many other files are tried as witnesses. */
const MAX_WITNESSES = 3;

/** One attempt at the files of a page, over all its listings. */
export class PageAttempt {
  private readonly failed = new Map<string, unknown>();
  private outagesInARow = 0;
  /** Time of the newest record that was read, stored before or kept out by a rule though it may be. */
  newest: Date | undefined;

  constructor(
    private readonly slice: Slice,
    private readonly stream: SiemStream,
  ) {}

  /**
   * Stores the files of a listing that are not stored yet, noting each in the checkpoint.
   *
   * @param canRelist whether the page may be listed again for fresh signatures.
   * @returns `expired` when it has to be; `spent` when the slice's time is over; else `done`.
   * @throws the trouble of the first file that failed, after all others were stored.
   */
  async storeFiles({ files }: BatchPage, canRelist: boolean): Promise<'done' | 'spent' | 'expired'> {
    const done = new FilesDone(files, this.slice.checkpoint.filesDone);
    for (const file of files) {
      if (done.has(file) || this.failed.has(file.name)) continue;
      if (this.slice.spent) return this.end(done, 'spent');
      try {
        await this.storeFile(file);
      } catch (error) {
        // A file noted before was listed anew for this attempt already.
        if (canRelist && isExpiredFile(error) && this.noteOf(file) === undefined) return this.end(done, 'expired');
        if (!(await this.isGivenUp(file, files, done, error))) continue;
      }
      this.outagesInARow = 0;
      done.add(file);
      if (done.isDue || this.noteOf(file) !== undefined) await this.write(done, file);
    }
    return this.end(done, 'done');
  }

  private async storeFile(file: BatchFile): Promise<void> {
    const { slice, stream } = this;
    const { source, signal } = slice.options;
    const options = { ...this.rules.reading, salvage: this.isLastAttempt(file) };
    for await (const { records, unreadable, times, ruled } of readBatchFile(source, stream, file, options, signal)) {
      this.newest = times.reduce(laterOf, this.newest);
      slice.noteRuled(ruled);
      await slice.store(records, unreadable);
    }
    slice.files += 1;
    if (slice.checkpoint.totals.quarantined === 0) return;
    await resolveQuarantined(slice.options.collections.quarantine, this.idsOf(file));
  }

  /** Whether the page can do without a file that failed; then it is in quarantine. Else its failure is noted. */
  private async isGivenUp(
    file: BatchFile,
    files: readonly BatchFile[],
    done: FilesDone,
    error: unknown,
  ): Promise<boolean> {
    const fault = fileFaultOf(error);
    if (!(error instanceof TroubleError) || error.trouble.origin !== 'file') throw error;
    if (fault === undefined) {
      this.outagesInARow += 1;
      this.failed.set(file.name, error);
      if (error.trouble.status !== 429 && this.outagesInARow < MAX_OUTAGES) return false;
      await this.write(done);
      throw error;
    }
    const now = new Date();
    const note = notedAgain(this.noteOf(file), { path: file.name, fault, reason: error.message }, now);
    const verdict = verdictOn(note, now, this.rules.patiences);
    if (verdict === 'giveUp' || (verdict === 'witness' && (await this.hasWitness(files, done)))) {
      const text = error instanceof DamagedFileError ? error.text : '';
      const id = await this.entryIdOf(file);
      await this.slice.store([], [fileEntry(id, note, file.size, text)]);
      return true;
    }
    this.failed.set(file.name, told(error, file.name));
    await this.slice.note({ badFiles: [...this.notesBut(file), note] });
    if (this.failed.size >= MAX_FAILED) await this.end(done, 'done');
    return false;
  }

  /** Whether a file of the page that was stored before can still be read as one: then the store is well. */
  private async hasWitness(files: readonly BatchFile[], done: FilesDone): Promise<boolean> {
    const { source, signal } = this.slice.options;
    const stored = files.filter((file) => done.has(file)).slice(-MAX_WITNESSES);
    for (const file of stored) {
      try {
        const options = { ...this.rules.reading, heldBackBytes: 0 };
        for await (const { times } of readBatchFile(source, this.stream, file, options, signal)) {
          if (times.length > 0) return true;
        }
      } catch (error) {
        if (!(error instanceof TroubleError)) throw error;
      }
    }
    return false;
  }

  private async end<T>(done: FilesDone, end: T): Promise<T> {
    await this.write(done);
    const [first] = this.failed.values();
    if (end !== 'expired' && first !== undefined) throw first;
    return end;
  }

  private async write(done: FilesDone, read?: BatchFile): Promise<void> {
    const notes = read !== undefined && this.noteOf(read) !== undefined ? { badFiles: this.notesBut(read) } : {};
    if (done.hasUnwritten) await this.slice.move({ filesDone: done.take(), ...notes });
  }

  private get rules(): FileRules {
    return this.slice.options.fileRules ?? FILE_RULES;
  }

  private get notes(): readonly BadFile[] {
    return this.slice.checkpoint.badFiles ?? [];
  }

  private noteOf(file: BatchFile): BadFile | undefined {
    return this.notes.find((note) => isNoteOf(note, file));
  }

  private notesBut(file: BatchFile): BadFile[] {
    return this.notes.filter((note) => !isNoteOf(note, file));
  }

  /** Whether the file is given up if it fails once more as it did: then what it still gives is all there will be. */
  private isLastAttempt(file: BatchFile): boolean {
    const note = this.noteOf(file);
    if (note === undefined) return false;
    const now = new Date();
    return verdictOn(notedAgain(note, note, now), now, this.rules.patiences) !== 'tryAgain';
  }

  /** Under which the file may be in quarantine: by its name, or by its path, as earlier versions had it. */
  private idsOf({ name, path }: BatchFile): [RecordId, RecordId] {
    const { sourceId } = this.slice.options.source.settings;
    return [identityOfFile(sourceId, this.stream, name), identityOfFile(sourceId, this.stream, path)];
  }

  private async entryIdOf(file: BatchFile): Promise<RecordId> {
    const [id, former] = this.idsOf(file);
    const absent = await absentOf(this.slice.options.collections.quarantine, [former]);
    return absent.size === 0 ? former : id;
  }
}

/** Notes of earlier versions have the path alone. */
function isNoteOf(note: BadFile, { name, path }: BatchFile): boolean {
  return note.path === name || note.path === path;
}

/**
 * A whole file, for quarantine. What it gave until its damage is among the records.
 *
 * @param text what came in its place.
 */
export function fileEntry(
  id: RecordId,
  { path, reason, attempts, since }: BadFile,
  size = 0,
  text = '',
): QuarantinedRecord {
  const tried = `given up after ${attempts} attempts since ${since.toISOString()}`;
  return { id, reason: `a file that cannot be read: ${reason}; ${tried}`, place: pathIn(path), text, size };
}

/** For people; only the note of a file begins with its host. */
function pathIn(name: string): string {
  return name.slice(Math.max(0, name.indexOf('/')));
}

function told(error: TroubleError, name: string): TroubleError {
  return new TroubleError({ ...error.trouble, message: `${error.message} (${name})` }, { cause: error });
}
