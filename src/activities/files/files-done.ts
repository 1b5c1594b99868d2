/** Which files of a page are stored, as its checkpoint keeps them. */

import { createHash } from 'node:crypto';
import type { BatchFile } from '../../mimecast/siem.js';

/** Pages of more files than this keep digests, in place of paths that may have a thousand bytes each. */
const LONG_PAGE = 1_000;
const DIGEST_BYTES = 12;
/** In how many writes the files of a long page are noted: each write holds all that are done. */
const WRITES_OF_A_PAGE = 100;

export class FilesDone {
  private readonly done: Set<string>;
  private readonly isLong: boolean;
  private readonly every: number;
  private unwritten = 0;

  /** @param noted as the checkpoint has them. */
  constructor(files: readonly BatchFile[], noted: readonly string[]) {
    this.done = new Set(noted);
    this.isLong = files.length > LONG_PAGE;
    this.every = Math.ceil(files.length / WRITES_OF_A_PAGE);
  }

  has(path: string): boolean {
    return this.done.has(this.keyOf(path));
  }

  add(path: string): void {
    this.done.add(this.keyOf(path));
    this.unwritten += 1;
  }

  /** Whether enough has come together to be written: each file of a page of up to 100, one in a hundred of a longer. */
  get isDue(): boolean {
    return this.unwritten >= this.every;
  }

  get hasUnwritten(): boolean {
    return this.unwritten > 0;
  }

  /** What to write into the checkpoint. */
  take(): string[] {
    this.unwritten = 0;
    return [...this.done];
  }

  private keyOf(path: string): string {
    if (!this.isLong) return path;
    return createHash('sha256').update(path).digest().subarray(0, DIGEST_BYTES).toString('base64');
  }
}
