/** Collects a SIEM stream: pages of batch files, each file a gzip of NDJSON. */

import { isExpiredFile } from '../mimecast/file.js';
import { nextBatchStep } from '../mimecast/paging.js';
import type { BatchFile, BatchPage } from '../mimecast/siem.js';
import { decodeLine, textOf } from '../records/decode.js';
import { toDocument } from '../records/document.js';
import { contentDigest, identityOf, Occurrences } from '../records/identity.js';
import { type Line, linesOf } from '../records/lines.js';
import { isOutOfReach, TroubleError } from '../source/failure.js';
import type { SiemStream } from '../source/streams.js';
import type { RecordDocument } from '../store/collections.js';
import type { Unreadable } from '../store/quarantine.js';
import type { Slice } from './slice.js';

const DAY_MS = 86_400_000;
const PAGE_SIZE = 100;
/** How often one page is listed again for fresh signatures before an expired file counts as a failure. */
const MAX_RELISTINGS = 3;
/** A batch is stored when it has so many records, or so many bytes of lines. */
const BATCH_RECORDS = 1_000;
const BATCH_BYTES = 4 * 1024 * 1024;

/** Collects until there is nothing more, or the slice's time is over. */
export async function collectFiles(slice: Slice, stream: SiemStream): Promise<'caughtUp' | 'more'> {
  for (;;) {
    const page = await storePage(slice, stream);
    if (page === 'spent') return 'more';
    const requestedToken = slice.checkpoint.pageToken;
    const step = nextBatchStep({ requestedToken, returnedToken: page.pageToken, isCaughtUp: page.isCaughtUp });
    if (step.keepToken !== undefined && step.keepToken !== requestedToken) {
      await slice.move({ pageToken: step.keepToken, filesDone: [] });
    }
    if (!step.more) return 'caughtUp';
    if (slice.spent) return 'more';
  }
}

/** Lists the page of the checkpoint; from the oldest that there is, if its place is out of the API's reach. */
async function listPage(slice: Slice, type: SiemStream): Promise<BatchPage> {
  try {
    return await listAt(slice, type);
  } catch (error) {
    const { pageToken, lastEventTime, beginAt } = slice.checkpoint;
    if (pageToken === undefined || !(error instanceof TroubleError) || !isOutOfReach(error.trouble)) throw error;
    const to = new Date(Date.now() - REACH_MS);
    const from = lastEventTime ?? beginAt;
    if (from < to) await slice.recordGap({ from, to, reason: error.trouble.message });
    await slice.move({ pageToken: undefined, filesDone: [] });
    return listAt(slice, type);
  }
}

function listAt(slice: Slice, type: SiemStream): Promise<BatchPage> {
  const { source, signal } = slice.options;
  const { pageToken, beginAt } = slice.checkpoint;
  const range = pageToken === undefined ? firstRange(beginAt) : {};
  return source.client.listBatchFiles({ type, pageToken, pageSize: PAGE_SIZE, ...range }, signal);
}

/** The endpoint keeps seven days and refuses an older date; asked without one it begins with the oldest it has. */
const REACH_MS = 7 * DAY_MS;

function firstRange(beginAt: Date): { readonly from?: Date; readonly to?: Date } {
  const now = Date.now();
  const firstDay = Math.floor(beginAt.getTime() / DAY_MS) * DAY_MS;
  return firstDay <= now - REACH_MS ? {} : { from: beginAt, to: new Date(now) };
}

/**
 * Lists the page at the checkpoint and stores its files that are not stored yet, noting each in the checkpoint.
 *
 * @returns the listing whose files are all stored: only its token may be moved to. One listed again for fresh signatures
 * can differ from the one before, and hold less.
 */
async function storePage(slice: Slice, stream: SiemStream): Promise<BatchPage | 'spent'> {
  for (let relistings = 0; ; relistings += 1) {
    const page = await listPage(slice, stream);
    await slice.store([], rejectedEntries(slice, stream, page));
    try {
      return (await storeFiles(slice, stream, page)) ? page : 'spent';
    } catch (error) {
      if (!isExpiredFile(error) || relistings >= MAX_RELISTINGS) throw error;
    }
  }
}

/** @returns whether all are stored; else the slice's time is over. */
async function storeFiles(slice: Slice, stream: SiemStream, { files }: BatchPage): Promise<boolean> {
  for (const file of files) {
    if (slice.checkpoint.filesDone.includes(file.path)) continue;
    if (slice.spent) return false;
    await storeFile(slice, stream, file);
    slice.files += 1;
    await slice.move({ filesDone: [...slice.checkpoint.filesDone, file.path] });
  }
  return true;
}

async function storeFile(slice: Slice, stream: SiemStream, file: BatchFile): Promise<void> {
  const { source, signal } = slice.options;
  const occurrences = new Occurrences();
  const receiptTime = new Date();
  let documents: RecordDocument[] = [];
  let unreadable: Unreadable[] = [];
  let bytes = 0;
  const flush = async () => {
    await slice.store(documents, unreadable);
    documents = [];
    unreadable = [];
    bytes = 0;
  };
  const { bytes: content } = await source.client.openFile(file, signal);
  for await (const lines of linesOf(content)) {
    for (const line of lines) {
      const read = readLine(slice, stream, file, line, occurrences, receiptTime);
      if (read.unreadable === undefined) documents.push(read.document);
      else unreadable.push(read.unreadable);
      bytes += line.bytes.length;
      if (documents.length + unreadable.length >= BATCH_RECORDS || bytes >= BATCH_BYTES) await flush();
    }
  }
  await flush();
}

/** Entries of a listing without a usable address: there is nothing to download, so they are kept for a look. */
function rejectedEntries(slice: Slice, stream: SiemStream, { rejected }: BatchPage): Unreadable[] {
  return rejected.map(({ value, reason }) => {
    const text = JSON.stringify(value) ?? 'null';
    const id = identityOf(slice.options.source.settings.sourceId, stream, contentDigest(text), 1);
    return { id, reason: `not a file: ${reason}`, place: 'file list', text, size: Buffer.byteLength(text) };
  });
}

type ReadLine =
  | { readonly document: RecordDocument; readonly unreadable?: never }
  | { readonly unreadable: Unreadable };

function readLine(
  slice: Slice,
  stream: SiemStream,
  file: BatchFile,
  line: Line,
  occurrences: Occurrences,
  receiptTime: Date,
): ReadLine {
  const { settings, metadata } = slice.options.source;
  const content = contentDigest(line.bytes);
  const id = identityOf(settings.sourceId, stream, content, occurrences.next(content));
  const decoded = line.tooLong === undefined ? decodeLine(line.bytes) : tooLong(line.tooLong);
  if (decoded.ok) return { document: toDocument(decoded.record, id, stream, metadata, receiptTime) };
  const place = `${file.path} line ${line.number}`;
  const size = line.tooLong ?? line.bytes.length;
  return { unreadable: { id, reason: decoded.reason, place, text: textOf(line.bytes), size } };
}

function tooLong(bytes: number): { readonly ok: false; readonly reason: string } {
  return { ok: false, reason: `a line of ${bytes} bytes is longer than a document can be` };
}
