/** Holds a stream's position against what Mimecast lists by date. Only lists; what it finds is collected afterwards. */

import { createHash } from 'node:crypto';
import type { SiemStream } from '../../domain/streams/streams.js';
import type { BatchFile } from '../../mimecast/siem.js';
import { completeUntil } from '../../store/checkpoints.js';
import type { Slice } from '../slice/slice.js';
import { listBatchPage } from './batch-pages.js';

/** Pages of a hundred files that a look takes at most; further ones are left to the next look. */
const MAX_PAGES = 20;
const DIGEST_BYTES = 12;
const BETWEEN = '.';

/** By which the last file of a page is recognized in another listing: digests of its path and of its name. */
export function fileMark({ path, name }: BatchFile): string {
  return [path, name].map(digestOf).join(BETWEEN);
}

/** @returns how many files are listed by date behind the last one that is stored, or at all if that is not listed. */
export async function filesBehind(slice: Slice, stream: SiemStream): Promise<number> {
  const { source, signal } = slice.options;
  const beginAt = completeUntil(slice.checkpoint);
  const count = new FilesBehind(slice.checkpoint.lastFile);
  let pageToken: string | undefined;
  for (let pages = 1; pages <= MAX_PAGES; pages += 1) {
    const page = await listBatchPage(source, stream, { pageToken, beginAt }, signal);
    for (const file of page.files) count.add(file);
    if (page.isCaughtUp === true || page.pageToken === undefined || page.pageToken === pageToken) break;
    pageToken = page.pageToken;
  }
  return count.result;
}

/**
 * Counts the files behind the last one. Where none has its name it is recognized by its path: a store that is reached under
 * another host must not look like a position that was lost. Marks of earlier versions have the path's digest alone.
 */
class FilesBehind {
  private readonly path: string | undefined;
  private readonly name: string | undefined;
  private behindPath = 0;
  private behindName: number | undefined;

  constructor(mark = '') {
    [this.path, this.name] = mark.split(BETWEEN);
  }

  add(file: BatchFile): void {
    this.behindPath = digestOf(file.path) === this.path ? 0 : this.behindPath + 1;
    if (digestOf(file.name) === this.name) this.behindName = 0;
    else if (this.behindName !== undefined) this.behindName += 1;
  }

  get result(): number {
    return this.behindName ?? this.behindPath;
  }
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest().subarray(0, DIGEST_BYTES).toString('base64');
}
