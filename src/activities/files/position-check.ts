/** Holds a stream's position against what Mimecast lists by date. Only lists; what it finds is collected afterwards. */

import { createHash } from 'node:crypto';
import type { BatchFile } from '../../mimecast/siem.js';
import type { SiemStream } from '../../source/streams.js';
import { completeUntil } from '../../store/checkpoints.js';
import type { Slice } from '../slice.js';
import { listBatchPage } from './batch-pages.js';

/** Pages of a hundred files that a look takes at most; further ones are left to the next look. */
const MAX_PAGES = 20;
const DIGEST_BYTES = 12;

/** By which the last file of a page is recognized in another listing. */
export function fileDigest({ path }: BatchFile): string {
  return createHash('sha256').update(path).digest().subarray(0, DIGEST_BYTES).toString('base64');
}

/** @returns how many files are listed by date behind the last one that is stored, or at all if that is not listed. */
export async function filesBehind(slice: Slice, stream: SiemStream): Promise<number> {
  const { source, signal } = slice.options;
  const { lastFile } = slice.checkpoint;
  const beginAt = completeUntil(slice.checkpoint);
  let behind = 0;
  let pageToken: string | undefined;
  for (let pages = 1; pages <= MAX_PAGES; pages += 1) {
    const page = await listBatchPage(source, stream, { pageToken, beginAt }, signal);
    for (const file of page.files) behind = fileDigest(file) === lastFile ? 0 : behind + 1;
    if (page.isCaughtUp === true || page.pageToken === undefined || page.pageToken === pageToken) break;
    pageToken = page.pageToken;
  }
  return behind;
}
