/** Which files of a page are stored, as its checkpoint keeps them. */

import { createHash } from 'node:crypto';
import type { BatchFile } from '../../mimecast/siem.js';

/** Pages of more files than this keep digests, in place of names that may have a thousand bytes each. */
const LONG_PAGE = 1_000;
const DIGEST_BYTES = 12;
/** In how many writes the files of a long page are noted: each write holds all that are done. */
const WRITES_OF_A_PAGE = 100;

export class FilesDone {
  private readonly done: Set<string>;
  private readonly ambiguous: ReadonlySet<string>;
  private readonly isLong: boolean;
  private readonly every: number;
  private unwritten = 0;

  /** @param noted as the checkpoint has them. */
  constructor(files: readonly BatchFile[], noted: readonly string[]) {
    this.done = new Set(noted);
    this.ambiguous = repeatedPaths(files);
    this.isLong = files.length > LONG_PAGE;
    this.every = Math.ceil(files.length / WRITES_OF_A_PAGE);
  }

  /** Also when an earlier version noted it by its path, unless that is the path of several files of the page. */
  has({ name, path }: Pick<BatchFile, 'name' | 'path'>): boolean {
    return this.done.has(this.keyOf(name)) || (this.done.has(this.keyOf(path)) && !this.ambiguous.has(path));
  }

  add({ name }: Pick<BatchFile, 'name'>): void {
    this.done.add(this.keyOf(name));
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

  private keyOf(name: string): string {
    if (!this.isLong) return name;
    return createHash('sha256').update(name).digest().subarray(0, DIGEST_BYTES).toString('base64');
  }
}

function repeatedPaths(files: readonly BatchFile[]): ReadonlySet<string> {
  const met = new Set<string>();
  const repeated = new Set<string>();
  for (const { path } of files) (met.has(path) ? repeated : met).add(path);
  return repeated;
}
