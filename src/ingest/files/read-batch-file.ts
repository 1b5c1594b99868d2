/** Reads one batch file: download, gunzip, lines, records. It knows nothing of checkpoints and stores nothing. */

import type { SiemStream } from '../../domain/streams/streams.js';
import { DamagedFileError } from '../../http-client/file-damage.js';
import type { BatchFile } from '../../mimecast/siem.js';
import { recordOfLine } from '../../records/line-record.js';
import { linesOf } from '../../records/lines.js';
import { Occurrences } from '../../records/occurrences.js';
import { RecordBatch, type TimedBatch } from '../slice/record-batch.js';
import type { ReadOptions } from '../source/file-policy.js';
import type { LoadedSource } from '../source/source-reader.js';
import { LateRecordError, Probation } from './probation.js';

/** What to read, and for whom. */
interface Reading {
  readonly source: LoadedSource;
  readonly stream: SiemStream;
  readonly file: BatchFile;
  readonly options: ReadOptions;
  readonly signal: AbortSignal | undefined;
}

/**
 * The records of a file, in batches, and at the same identities whenever it is read. The file is read on only while the
 * loop asks for more, so that the store sets the pace down to the socket.
 *
 * @throws what `openFile` and its bytes throw, after a batch of what came before it and is right.
 * @throws {DamagedFileError} too when a plain file breaks off within a line, and when it is no log file: none of its lines
 * looks like a record of the stream. Nothing of such a file is handed out.
 */
export async function* readBatchFile(
  source: LoadedSource,
  stream: SiemStream,
  file: BatchFile,
  options: ReadOptions = {},
  signal?: AbortSignal,
): AsyncGenerator<TimedBatch, void, undefined> {
  const reading: Reading = { source, stream, file, options, signal };
  try {
    yield* readLines(reading, new Probation());
  } catch (error) {
    if (!(error instanceof LateRecordError)) throw error;
    // More lines than are held came before its first record, and nothing was handed out yet.
    yield* readLines(reading, new Probation({ isTrusted: true }));
  }
}

async function* readLines(
  { source, stream, file, options, signal }: Reading,
  probation: Probation,
): AsyncGenerator<TimedBatch, void, undefined> {
  const { metadata, rules, matches, client } = source;
  const maker = { stream, metadata, rules, matches, receiptTime: new Date() };
  const origin = { ...maker, path: file.path, occurrences: new Occurrences() };
  const batch = new RecordBatch();
  const content = await client.openFile(file, signal, options);
  try {
    for await (const lines of linesOf(content.bytes, options)) {
      for (const line of lines) {
        const record = recordOfLine(line, origin);
        if (line.isOpen === true && record.kind === 'unreadable' && probation.isPassed && !content.isProven()) {
          throw new DamagedFileError('cut', 'the file ends in the middle of a line');
        }
        probation.examine(line, record);
        batch.add(record, line.bytes.length);
        if (!batch.isFull) continue;
        const full = batch.take();
        if (probation.mayHandOut) yield full;
        else probation.release();
      }
    }
    const foreign = probation.verdict(origin, file.size, content.isProven());
    if (foreign !== undefined) throw new DamagedFileError('foreign', foreign.reason, {}, foreign.text);
  } catch (error) {
    if (probation.isPassed && signal?.aborted !== true) yield batch.take();
    throw error;
  }
  yield batch.take();
}
