/** Reads one object: content, entries, records. It knows nothing of checkpoints and stores nothing. */

import type { StreamName } from '../../domain/streams/streams.js';
import { Damage, DamagedFileError } from '../../http-client/file-damage.js';
import { entriesOf } from '../../records/json-entries.js';
import { Occurrences } from '../../records/occurrences.js';
import { LateRecordError, Probation } from '../files/probation.js';
import { RecordBatch, type TimedBatch } from '../slice/record-batch.js';
import type { ReadOptions } from '../source/file-policy.js';
import type { SourceObjects } from '../source/source-objects.js';
import type { LoadedSource } from '../source/source-reader.js';
import { type EntryOrigin, recordOfEntry, type Share } from './object-record.js';
import { refusingOtherFormats } from './other-formats.js';

/** What to read, and for whom. */
export interface ObjectReading {
  readonly source: LoadedSource;
  readonly objects: SourceObjects;
  readonly stream: StreamName;
  readonly key: string;
  /** Default: the newest. */
  readonly versionId?: string | undefined;
  readonly options: ReadOptions;
  readonly signal: AbortSignal | undefined;
  /** Hears which version it is, of a bucket that keeps versions. */
  readonly onVersion?: (versionId: string | undefined) => void;
  /** Hears at the end how many entries are for other streams. */
  readonly onOthers?: (count: number) => void;
}

/**
 * The records of an object, in batches, and at the same identities whenever it is read. It is read on only while the loop asks
 * for more, so that the store sets the pace down to the socket.
 *
 * @throws what `Bucket.open` and its bytes throw, after a batch of what came before it and is right.
 * @throws {DamagedFileError} too when nothing in it is a record. Nothing of such an object is handed out.
 */
export async function* readObject(reading: ObjectReading): AsyncGenerator<TimedBatch, void, undefined> {
  try {
    yield* readEntries(reading, new Probation());
  } catch (error) {
    if (!(error instanceof LateRecordError)) throw error;
    // More entries than are held came before its first record, and nothing was handed out yet.
    yield* readEntries(reading, new Probation({ isTrusted: true }));
  }
}

async function* readEntries(
  { source, objects, stream, key, versionId, options, signal, onVersion, onOthers }: ObjectReading,
  probation: Probation,
): AsyncGenerator<TimedBatch, void, undefined> {
  const { metadata, rules, matches } = source;
  const maker = { stream, metadata, rules, matches, receiptTime: new Date() };
  const share = shareOf(source, objects, stream);
  const origin: EntryOrigin = { ...maker, share, path: key, occurrences: new Occurrences() };
  const batch = new RecordBatch();
  const content = await objects.bucket.open(key, { ...options, versionId }, signal);
  onVersion?.(content.versionId);
  let others = 0;
  try {
    for await (const entries of entriesOf(refusingOtherFormats(content.bytes), options)) {
      for (const entry of entries) {
        const record = recordOfEntry(entry, origin);
        if (record === undefined) {
          probation.admit();
          others += 1;
          continue;
        }
        if (entry.isOpen === true && record.kind === 'unreadable' && probation.isPassed && !content.isProven()) {
          throw new DamagedFileError('cut', `the object ends in the middle of a record (${key})`);
        }
        probation.examine(entry, record);
        batch.add(record, entry.bytes.length);
        if (!batch.isFull) continue;
        const full = batch.take();
        if (probation.mayHandOut) yield full;
        else probation.release();
      }
    }
    // What holds records of other streams is no stranger, and an object without any entry is an empty one.
    const foreign = others > 0 ? undefined : probation.verdict(origin, 0, content.isProven());
    if (foreign !== undefined) throw new DamagedFileError('foreign', `${foreign.reason} (${key})`, {}, foreign.text);
  } catch (error) {
    if (error instanceof Damage)
      throw new DamagedFileError(error.damage, `${error.message} (${key})`, { cause: error });
    if (probation.isPassed && signal?.aborted !== true) yield batch.take();
    throw error;
  }
  onOthers?.(others);
  yield batch.take();
}

/** Where the records of all streams lie together, what is nobody's is kept once: by the first stream of the source. */
export function shareOf({ settings }: LoadedSource, { areMixed }: SourceObjects, stream: StreamName): Share {
  if (!areMixed) return 'everything';
  return settings.streams[0] === stream ? 'ownAndUnknown' : 'own';
}
