/** Collects audit events, DLP logs or held messages: windows of time, each read page by page to its end. */

import type { RecordPage, RecordStream } from '../mimecast/paged-records.js';
import { nextRecordStep } from '../mimecast/paging.js';
import { asRecord, type VendorRecord } from '../records/decode.js';
import { toDocument } from '../records/document.js';
import { contentDigest, identityOf, identityOfId, Occurrences } from '../records/identity.js';
import type { RecordDocument } from '../store/collections.js';
import type { Unreadable } from '../store/quarantine.js';
import type { Slice } from './slice.js';

/** Longest window asked for at once while catching up. */
const MAX_WINDOW_MS = 6 * 3_600_000;
/**
 * How far each window reaches back into the one before: records appear late, times have the resolution of a second, and
 * clocks differ. What is met again is stored already and skipped.
 */
const OVERLAP_MS: Readonly<Record<RecordStream, number>> = { audit: 15 * 60_000, dlp: 15 * 60_000, hold: 60 * 60_000 };

/** Collects until now, or until the slice's time is over. The checkpoint moves when a window is finished, never inside. */
export async function collectWindows(slice: Slice, stream: RecordStream): Promise<'caughtUp' | 'more'> {
  for (;;) {
    const { beginAt, readUntil } = slice.checkpoint;
    const now = Date.now();
    const begin = readUntil === undefined ? beginAt.getTime() : readUntil.getTime() - OVERLAP_MS[stream];
    const from = new Date(Math.max(begin, beginAt.getTime()));
    const to = new Date(Math.min(now, (readUntil ?? beginAt).getTime() + MAX_WINDOW_MS));
    await storeWindow(slice, stream, from, to);
    // A clock that was set back must not move the checkpoint back.
    await slice.move({ readUntil: readUntil !== undefined && readUntil > to ? readUntil : to });
    if (to.getTime() >= now) return 'caughtUp';
    if (slice.spent) return 'more';
  }
}

async function storeWindow(slice: Slice, stream: RecordStream, from: Date, to: Date): Promise<void> {
  const { source, signal } = slice.options;
  // Identical rows have the same time and so share the window, whatever pages they fall on.
  const occurrences = new Occurrences();
  let pageToken: string | undefined;
  for (let number = 1; ; number += 1) {
    const page = await source.client.listRecords(stream, { from, to, pageToken }, signal);
    const receiptTime = new Date();
    const place = `window ${from.toISOString()} to ${to.toISOString()}, page ${number}`;
    const { documents, unreadable } = readPage(slice, stream, page, place, occurrences, receiptTime);
    await slice.store(documents, unreadable, true);
    const recordCount = page.records.length + page.rejected.length;
    const step = nextRecordStep({ recordCount, requestedToken: pageToken, returnedToken: page.nextPageToken });
    if (!step.more) return;
    pageToken = step.pageToken;
  }
}

function readPage(
  slice: Slice,
  stream: RecordStream,
  page: RecordPage,
  place: string,
  occurrences: Occurrences,
  receiptTime: Date,
): { readonly documents: RecordDocument[]; readonly unreadable: Unreadable[] } {
  const { settings, metadata } = slice.options.source;
  const documents: RecordDocument[] = [];
  const unreadable: Unreadable[] = [];
  for (const value of [...page.records, ...page.rejected.map((rejected) => rejected.value)]) {
    const text = JSON.stringify(value) ?? 'null';
    const decoded = asRecord(value);
    const id = recordIdentity(settings.sourceId, stream, decoded.ok ? decoded.record : {}, text, occurrences);
    if (decoded.ok) documents.push(toDocument(decoded.record, id, stream, metadata, receiptTime));
    else unreadable.push({ id, reason: decoded.reason, place, text, size: Buffer.byteLength(text) });
  }
  return { documents, unreadable };
}

/** Audit events and held messages carry an id of their own; DLP rows differ only in their content. */
function recordIdentity(
  sourceId: number,
  stream: RecordStream,
  { id }: VendorRecord,
  text: string,
  occurrences: Occurrences,
): RecordDocument['_id'] {
  if (stream !== 'dlp' && typeof id === 'string' && id !== '') return identityOfId(sourceId, stream, id);
  const content = contentDigest(text);
  return identityOf(sourceId, stream, content, occurrences.next(content));
}
