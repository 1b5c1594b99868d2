/** Reads the batch files of a range again. */

import { isOutOfReach, TroubleError } from '../../domain/failures/failure.js';
import { afterPage, idleText } from '../../domain/streams/idle-pages.js';
import type { SiemStream } from '../../domain/streams/streams.js';
import { laterOf } from '../../domain/streams/window.js';
import { fileFaultOf, isExpiredFile } from '../../mimecast/file-fault.js';
import { nextBatchStep } from '../../mimecast/paging.js';
import type { BatchFile, BatchPage } from '../../mimecast/siem.js';
import { listBatchPage, MAX_RELISTINGS, tokenDigest } from '../files/batch-pages.js';
import { FilesDone } from '../files/files-done.js';
import { readBatchFile } from '../files/read-batch-file.js';
import type { Rereading } from './reread-state.js';

/** Files are listed in the order in which they were made; a page whose records are all later than this ends the range. */
const LATE_MS = 86_400_000;
/** So many pages in a row that do not move forward are no listing that will end. */
const MAX_IDLE = 20;

/** @returns whether all of the range was read; else the slice's time is over. */
export async function rereadFiles(reading: Rereading, stream: SiemStream): Promise<boolean> {
  const { endToken } = reading.state;
  for (;;) {
    const { pageToken } = reading.state;
    if (pageToken !== undefined && pageToken === endToken) return true;
    const page = await readPage(reading, stream);
    if (page === 'spent') return false;
    if (page === 'past') return true;
    const step = nextBatchStep({ requestedToken: pageToken, returnedToken: page.pageToken, ...page });
    if (step.next === 'wait') reading.noteUnseen('Mimecast says that this is not the end, but not how to go on');
    if (step.next !== 'more' || step.keepToken === undefined) return true;
    const { idle } = reading.state;
    if (idle !== undefined && (idle.isCircle === true || idle.pages >= MAX_IDLE)) {
      reading.noteUnseen(idleText(idle));
      return true;
    }
    await reading.move({ pageToken: step.keepToken, filesDone: [] });
    if (reading.spent) return false;
  }
}

async function readPage(reading: Rereading, stream: SiemStream): Promise<BatchPage | 'spent' | 'past'> {
  for (let relistings = 0; ; relistings += 1) {
    const page = await listPage(reading, stream);
    if (page === undefined) return 'past';
    try {
      const end = await readFiles(reading, stream, page, relistings < MAX_RELISTINGS);
      if (end === 'spent') return end;
      const { failure } = page;
      if (failure?.incompleteness === 'partial') throw failure;
      if (failure === undefined || end === 'past') return end ?? page;
      reading.noteUnseen(failure.message);
      return 'past';
    } catch (error) {
      if (!isExpiredFile(error)) throw error;
    }
  }
}

/** @returns nothing when the page has gone out of the API's reach meanwhile. */
async function listPage(reading: Rereading, stream: SiemStream): Promise<BatchPage | undefined> {
  const { source, signal } = reading.options;
  const { pageToken } = reading.state;
  try {
    return await listBatchPage(source, stream, { pageToken, beginAt: reading.from }, signal);
  } catch (error) {
    if (!(error instanceof TroubleError) || !isOutOfReach(error.trouble)) throw error;
    reading.note(`Mimecast does not hand out this range any more: ${error.trouble.message}`);
    return undefined;
  }
}

async function readFiles(
  reading: Rereading,
  stream: SiemStream,
  { files, pageToken }: BatchPage,
  canRelist: boolean,
): Promise<'spent' | 'past' | undefined> {
  let isPast = files.length > 0;
  let newest: Date | undefined;
  const done = new FilesDone(files, reading.state.filesDone);
  for (const file of files) {
    if (done.has(file)) {
      // What it held is not known any more.
      isPast = false;
      continue;
    }
    if (reading.spent) return 'spent';
    const read = await readFile(reading, stream, file, canRelist);
    if (!read.isPast) isPast = false;
    newest = laterOf(newest, read.newest);
    done.add(file);
    await reading.move({ filesDone: done.take() });
  }
  const token = pageToken === reading.state.pageToken ? undefined : pageToken;
  const news = { isNew: false, newest, ...(token === undefined ? {} : { token: tokenDigest(token) }) };
  reading.noteIdle(afterPage(reading.state.idle, news, new Date()));
  return isPast ? 'past' : undefined;
}

/** What is known of a file that was read. */
interface FileRead {
  /** Whether it holds records, and none but from long after the range; those count too that no rule lets in. */
  readonly isPast: boolean;
  /** Time of its newest record. */
  readonly newest?: Date | undefined;
}

async function readFile(
  reading: Rereading,
  stream: SiemStream,
  file: BatchFile,
  canRelist: boolean,
): Promise<FileRead> {
  const { source, signal } = reading.options;
  const past = reading.to.getTime() + LATE_MS;
  let isPast = true;
  let isEmpty = true;
  let isCovered = true;
  let newest: Date | undefined;
  try {
    for await (const { times, ...batch } of readBatchFile(source, stream, file, {}, signal)) {
      await reading.take({ ...batch, place: file.path });
      newest = times.reduce(laterOf, newest);
      if (times.length > 0) isEmpty = false;
      if (times.some((time) => time === undefined || time.getTime() <= past)) isPast = false;
      if (times.some((time) => time === undefined || !reading.covers(time))) isCovered = false;
    }
  } catch (error) {
    if (fileFaultOf(error) === undefined || (canRelist && isExpiredFile(error))) throw error;
    reading.skipFile(`${file.path}: ${error instanceof Error ? error.message : String(error)}`);
    return { isPast: false };
  }
  if (isCovered) await reading.resolveFile(file);
  return { isPast: isPast && !isEmpty, newest };
}
