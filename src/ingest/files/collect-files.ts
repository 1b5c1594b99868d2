/** Collects a SIEM stream: pages of batch files, each file a gzip of NDJSON. */

import { isOutOfReach, TroubleError } from '../../domain/failures/failure.js';
import type { QuarantinedRecord } from '../../domain/records/record.js';
import { afterPage, isBraked } from '../../domain/streams/idle-pages.js';
import type { Counts, StreamEnd } from '../../domain/streams/outcome.js';
import { isLookDue } from '../../domain/streams/position-check.js';
import type { SiemStream } from '../../domain/streams/streams.js';
import { isObject } from '../../http-client/json.js';
import { nextBatchStep } from '../../mimecast/paging.js';
import type { BatchPage } from '../../mimecast/siem.js';
import { contentDigest, identityOf, identityOfFile } from '../../records/identity.js';
import { type CheckpointChange, completeUntil } from '../../store/checkpoints.js';
import { isTokenRefused } from '../slice/refused-token.js';
import type { Slice } from '../slice/slice.js';
import { listBatchPage, MAX_RELISTINGS, REACH_MS, tokenDigest } from './batch-pages.js';
import { fileEntry, PageAttempt } from './collect-page.js';
import { fileMark, filesBehind } from './position-check.js';

/** Refusals of a stored token, one after the other, after which it is given up. */
const MAX_REFUSALS = 3;

/** Collects until there is nothing more, or the slice's time is over. */
export async function collectFiles(slice: Slice, stream: SiemStream): Promise<StreamEnd> {
  for (;;) {
    const { idle } = slice.checkpoint;
    if (idle !== undefined && isBraked(idle, new Date())) return 'wait';
    const before = slice.counts;
    const read = await storePage(slice, stream);
    if (read === 'spent') return 'more';
    const { page, newest } = read;
    if (page.failure !== undefined) throw page.failure;
    // Known only now: a token out of reach was given up meanwhile.
    const { pageToken: requestedToken, idle: known } = slice.checkpoint;
    const step = nextBatchStep({ requestedToken, returnedToken: page.pageToken, ...page });
    const moved = step.keepToken === requestedToken ? undefined : step.keepToken;
    const token = moved === undefined ? {} : { token: tokenDigest(moved) };
    const news = { isNew: hasNews(before, slice.counts), newest, ...token };
    const now = step.next === 'caughtUp' ? undefined : afterPage(known, news, new Date());
    const proof = proofIn(page, slice.checkpoint.lastFile);
    if (moved !== undefined) {
      await slice.store([], unlistedEntries(slice, stream));
      await slice.move({ pageToken: moved, filesDone: [], badFiles: [], idle: now, ...proof });
    } else if (now !== known || proof !== undefined) {
      await slice.note({ idle: now, ...proof });
    }
    const isEmpty = page.files.length === 0 && step.next === 'caughtUp';
    if (step.next !== 'more' && !(isEmpty && (await hasLostPosition(slice, stream)))) return step.next;
    if (slice.spent) return 'more';
  }
}

/** A page with files proves the position that it was asked with; written only when it is another one. */
function proofIn({ files }: BatchPage, known: string | undefined): CheckpointChange | undefined {
  const last = files.at(-1);
  const lastFile = last && fileMark(last);
  return lastFile === undefined || lastFile === known
    ? undefined
    : { lastFile, newsAt: new Date(), provenAt: new Date() };
}

/**
 * Looks, at growing intervals, whether a stream that stays empty has files by date that its position does not bring.
 *
 * @returns whether there is more to collect: then its position was given up, or has just brought something.
 */
async function hasLostPosition(slice: Slice, stream: SiemStream): Promise<boolean> {
  const { source, signal } = slice.options;
  const now = new Date();
  const { newsAt } = slice.checkpoint;
  // From here on it is known how long the stream has been empty.
  if (newsAt === undefined) await slice.note({ newsAt: now, provenAt: now });
  if (!isLookDue(slice.checkpoint, now)) return false;
  const behind = await filesBehind(slice, stream);
  if (behind === 0) {
    await slice.note({ provenAt: now });
    return false;
  }
  // What has only just appeared is behind the position as well.
  const { files } = await listBatchPage(source, stream, slice.checkpoint, signal);
  if (files.length === 0) {
    const reason = `it brought nothing, while ${behind} files are listed by date`;
    await giveUpPosition(slice, stream, completeUntil(slice.checkpoint), reason);
  }
  return true;
}

async function giveUpPosition(slice: Slice, stream: SiemStream, beginAt: Date, reason: string): Promise<void> {
  const { resets } = slice.checkpoint;
  await slice.store([], unlistedEntries(slice, stream));
  await slice.move({
    ...{ pageToken: undefined, filesDone: [], badFiles: [], idle: undefined, refusals: undefined, lastFile: undefined },
    ...{ beginAt, resets: { count: (resets?.count ?? 0) + 1, last: { from: beginAt.toISOString(), reason } } },
  });
}

function hasNews(before: Counts, after: Counts): boolean {
  return after.stored + after.quarantined > before.stored + before.quarantined;
}

/**
 * Lists the page at the checkpoint and stores its files that are not stored yet.
 *
 * @returns the listing whose files are all stored: only its token may be moved to. One listed again for fresh signatures
 * can differ from the one before, and hold less. With it, the time of the newest record that was read.
 */
async function storePage(
  slice: Slice,
  stream: SiemStream,
): Promise<{ readonly page: BatchPage; readonly newest: Date | undefined } | 'spent'> {
  const attempt = new PageAttempt(slice, stream);
  for (let relistings = 0; ; relistings += 1) {
    const page = await listPage(slice, stream);
    await slice.store([], rejectedEntries(slice, stream, page));
    const end = await attempt.storeFiles(page, relistings < MAX_RELISTINGS);
    if (end !== 'expired') return end === 'done' ? { page, newest: attempt.newest } : 'spent';
  }
}

/** Lists the page of the checkpoint; from the oldest that there is, if its place is out of the API's reach. */
async function listPage(slice: Slice, stream: SiemStream): Promise<BatchPage> {
  const { source, signal } = slice.options;
  try {
    const page = await listBatchPage(source, stream, slice.checkpoint, signal);
    if (slice.checkpoint.refusals !== undefined) await slice.note({ refusals: undefined });
    return page;
  } catch (error) {
    const { pageToken, lastEventTime, beginAt } = slice.checkpoint;
    if (pageToken === undefined || !(error instanceof TroubleError)) throw error;
    if (!isOutOfReach(error.trouble)) {
      if (isTokenRefused(error.trouble)) return afterRefusal(slice, stream, error);
      throw error;
    }
    const to = new Date(Date.now() - REACH_MS);
    const from = lastEventTime ?? beginAt;
    if (from < to) await slice.recordGap({ from, to, reason: error.trouble.message });
    await slice.store([], unlistedEntries(slice, stream));
    await slice.move({ pageToken: undefined, filesDone: [], badFiles: [], idle: undefined });
    return listBatchPage(source, stream, slice.checkpoint, signal);
  }
}

/**
 * After some refusals in a row, a stored token is given up, whatever the words of the refusal, if the API answers without
 * it: then it was the token. The stream is collected again from where all is known to be read.
 *
 * @throws the refusal, or what the API says to the request without a token.
 */
async function afterRefusal(slice: Slice, stream: SiemStream, refusal: TroubleError): Promise<BatchPage> {
  const { source, signal } = slice.options;
  const { refusals = 0 } = slice.checkpoint;
  await slice.note({ refusals: refusals + 1 });
  if (refusals + 1 < MAX_REFUSALS) throw refusal;
  const beginAt = completeUntil(slice.checkpoint);
  const page = await listBatchPage(source, stream, { beginAt }, signal);
  await giveUpPosition(slice, stream, beginAt, refusal.message);
  return page;
}

/** Entries of a listing without a usable address: there is nothing to download, so they are kept for a look. */
function rejectedEntries(slice: Slice, stream: SiemStream, { rejected }: BatchPage): QuarantinedRecord[] {
  return rejected.map(({ value, reason }) => {
    const text = JSON.stringify(value) ?? 'null';
    // Each listing tells another time of expiry.
    const content = isObject(value) && 'expiry' in value ? JSON.stringify({ ...value, expiry: null }) : text;
    const id = identityOf(slice.options.source.settings.sourceId, stream, contentDigest(content), 1);
    return { id, reason: `not a file: ${reason}`, place: 'file list', text, size: Buffer.byteLength(text) };
  });
}

/** Files that failed and that the page no longer lists: they leave with the page, but not unnoticed. */
function unlistedEntries(slice: Slice, stream: SiemStream): QuarantinedRecord[] {
  const { sourceId } = slice.options.source.settings;
  return (slice.checkpoint.badFiles ?? []).map((note) => {
    const reason = `${note.reason}; it is no longer listed`;
    return fileEntry(identityOfFile(sourceId, stream, note.path), { ...note, reason });
  });
}
