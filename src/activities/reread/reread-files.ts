/** Reads the batch files of a range again. */

import { fileFaultOf, isExpiredFile } from '../../mimecast/file-fault.js';
import { nextBatchStep } from '../../mimecast/paging.js';
import type { BatchFile, BatchPage } from '../../mimecast/siem.js';
import { isOutOfReach, TroubleError } from '../../source/failure.js';
import type { SiemStream } from '../../source/streams.js';
import { listBatchPage, MAX_RELISTINGS } from '../files/batch-pages.js';
import { readBatchFile } from '../files/read-batch-file.js';
import type { Rereading } from './reread-state.js';

/** Files are listed in the order in which they were made; a page whose records are all later than this ends the range. */
const LATE_MS = 86_400_000;

/** @returns whether all of the range was read; else the slice's time is over. */
export async function rereadFiles(reading: Rereading, stream: SiemStream): Promise<boolean> {
  const { endToken } = reading.state;
  for (;;) {
    const { pageToken } = reading.state;
    if (pageToken !== undefined && pageToken === endToken) return true;
    const page = await readPage(reading, stream);
    if (page === 'spent') return false;
    if (page === 'past') return true;
    const step = nextBatchStep({
      requestedToken: pageToken,
      returnedToken: page.pageToken,
      isCaughtUp: page.isCaughtUp,
    });
    if (step.next !== 'more' || step.keepToken === undefined) return true;
    await reading.move({ pageToken: step.keepToken, filesDone: [] });
    if (reading.spent) return false;
  }
}

async function readPage(reading: Rereading, stream: SiemStream): Promise<BatchPage | 'spent' | 'past'> {
  for (let relistings = 0; ; relistings += 1) {
    const page = await listPage(reading, stream);
    if (page === undefined) return 'past';
    try {
      return (await readFiles(reading, stream, page, relistings < MAX_RELISTINGS)) ?? page;
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
  { files }: BatchPage,
  canRelist: boolean,
): Promise<'spent' | 'past' | undefined> {
  let isPast = files.length > 0;
  const done = new Set(reading.state.filesDone);
  for (const file of files) {
    if (done.has(file.path)) {
      // What it held is not known any more.
      isPast = false;
      continue;
    }
    if (reading.spent) return 'spent';
    if (!(await readFile(reading, stream, file, canRelist))) isPast = false;
    done.add(file.path);
    await reading.move({ filesDone: [...done] });
  }
  return isPast ? 'past' : undefined;
}

/** @returns whether it holds records, and none but from long after the range; those count too that no rule lets in. */
async function readFile(reading: Rereading, stream: SiemStream, file: BatchFile, canRelist: boolean): Promise<boolean> {
  const { source, signal } = reading.options;
  const past = reading.to.getTime() + LATE_MS;
  let isPast = true;
  let isEmpty = true;
  let isCovered = true;
  try {
    for await (const { times, ...batch } of readBatchFile(source, stream, file, {}, signal)) {
      await reading.take({ ...batch, place: file.path });
      if (times.length > 0) isEmpty = false;
      if (times.some((time) => time === undefined || time.getTime() <= past)) isPast = false;
      if (times.some((time) => time === undefined || !reading.covers(time))) isCovered = false;
    }
  } catch (error) {
    if (fileFaultOf(error) === undefined || (canRelist && isExpiredFile(error))) throw error;
    reading.skipFile(`${file.path}: ${error instanceof Error ? error.message : String(error)}`);
    return false;
  }
  if (isCovered) await reading.resolveFile(file.path);
  return isPast && !isEmpty;
}
