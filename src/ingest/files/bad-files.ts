/** The files of the present page that the collection could not read so far, as its checkpoint notes them. */

import { RawError } from '../../domain/failures/failure.js';
import type { BadFile } from '../../domain/records/bad-file.js';
import type { QuarantinedRecord, RecordId } from '../../domain/records/record.js';
import type { SiemStream } from '../../domain/streams/streams.js';
import { DamagedFileError } from '../../http-client/file-damage.js';
import type { BatchFile } from '../../mimecast/siem.js';
import { identityOfFile } from '../../records/identity.js';
import { absentFromQuarantine, resolveQuarantined } from '../../store/quarantine.js';
import type { Slice } from '../slice/slice.js';
import type { FilePolicy } from '../source/file-policy.js';
import { FILE_POLICY, verdictOn, withAnotherFailure } from './file-retry-budget.js';
import type { FileFailure } from './file-sink.js';
import { readBatchFile } from './read-batch-file.js';

/** How many other files are tried as control file. */
const MAX_CONTROL_FILES = 3;

export class BadFiles {
  constructor(
    private readonly slice: Slice,
    private readonly stream: SiemStream,
  ) {}

  get policy(): FilePolicy {
    return this.slice.options.filePolicy ?? FILE_POLICY;
  }

  badFileOf(file: BatchFile): BadFile | undefined {
    return this.badFiles.find((entry) => isEntryOf(entry, file));
  }

  badFilesWithout(file: BatchFile): BadFile[] {
    return this.badFiles.filter((entry) => !isEntryOf(entry, file));
  }

  /** Whether the file is given up if it fails once more as it did: then what it still gives is all there will be. */
  isLastAttempt(file: BatchFile): boolean {
    const entry = this.badFileOf(file);
    if (entry === undefined) return false;
    const now = new Date();
    return verdictOn(withAnotherFailure(entry, entry, now), now, this.policy.retryBudgets) !== 'tryAgain';
  }

  /** Whether the page can do without a file that failed; then it is in quarantine. Else its failure is noted. */
  async isGivenUp({ file, fault, error, ...page }: FileFailure): Promise<boolean> {
    const now = new Date();
    const entry = withAnotherFailure(this.badFileOf(file), { path: file.name, fault, reason: error.message }, now);
    const verdict = verdictOn(entry, now, this.policy.retryBudgets);
    if (verdict === 'giveUp' || (verdict === 'needsControl' && (await this.hasControlFile(page)))) {
      const text = error instanceof DamagedFileError ? error.text : '';
      const id = await this.entryIdOf(file);
      await this.slice.store([], [fileEntry(id, entry, file.size, text)]);
      return true;
    }
    await this.slice.savePlace({ badFiles: [...this.badFilesWithout(file), entry] });
    return false;
  }

  /** Files that were given up and are stored now are a loss no more. */
  async resolve(files: readonly BatchFile[]): Promise<void> {
    if (this.slice.checkpoint.totals.quarantined === 0) return;
    const ids = files.flatMap((file) => this.idsOf(file));
    await resolveQuarantined(this.slice.options.collections, ids);
  }

  /** Quarantines files that failed and that the page no longer lists: they leave with the page, but not unnoticed. */
  async quarantineUnlisted(): Promise<void> {
    const { sourceId } = this.slice.options.source.settings;
    const entries = this.badFiles.map((entry) => {
      const reason = `${entry.reason}; it is no longer listed`;
      return fileEntry(identityOfFile(sourceId, this.stream, entry.path), { ...entry, reason });
    });
    await this.slice.store([], entries);
  }

  /** Whether a file of the page that was stored before can still be read as one: then the store is well. */
  private async hasControlFile({ files, done }: Pick<FileFailure, 'files' | 'done'>): Promise<boolean> {
    const { source, signal } = this.slice.options;
    const stored = files.filter((file) => done.has(file)).slice(-MAX_CONTROL_FILES);
    for (const file of stored) {
      try {
        const options = { ...this.policy.reading, heldBackBytes: 0 };
        for await (const { times } of readBatchFile(source, this.stream, file, options, signal)) {
          if (times.length > 0) return true;
        }
      } catch (error) {
        if (!(error instanceof RawError)) throw error;
      }
    }
    return false;
  }

  private get badFiles(): readonly BadFile[] {
    return this.slice.checkpoint.badFiles ?? [];
  }

  /** Under which the file may be in quarantine: by its name, or by its path, as earlier versions had it. */
  private idsOf({ name, path }: BatchFile): [RecordId, RecordId] {
    const { sourceId } = this.slice.options.source.settings;
    return [identityOfFile(sourceId, this.stream, name), identityOfFile(sourceId, this.stream, path)];
  }

  private async entryIdOf(file: BatchFile): Promise<RecordId> {
    const [id, former] = this.idsOf(file);
    const absent = await absentFromQuarantine(this.slice.options.collections, [former]);
    return absent.size === 0 ? former : id;
  }
}

/** Notes of earlier versions have the path alone. */
function isEntryOf(entry: BadFile, { name, path }: BatchFile): boolean {
  return entry.path === name || entry.path === path;
}

/**
 * A whole file, for quarantine. What it gave until its damage is among the records.
 *
 * @param text what came in its place.
 */
function fileEntry(id: RecordId, { path, reason, attempts, since }: BadFile, size = 0, text = ''): QuarantinedRecord {
  const tried = `given up after ${attempts} attempts since ${since.toISOString()}`;
  return { id, reason: `a file that cannot be read: ${reason}; ${tried}`, place: pathIn(path), text, size };
}

/** For people; only the note of a file begins with its host. */
function pathIn(name: string): string {
  return name.slice(Math.max(0, name.indexOf('/')));
}
