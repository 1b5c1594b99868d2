/**
 * Splits one stream's given lines into the files that are served, kept gzipped on disk: an input of some gigabytes is
 * never in memory. Identical lines of a stream go to the same file, wherever they stood in the input, because a reader
 * can only tell two equal records from one record read twice by where they stand.
 */
import { createHash } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { constants, gzipSync } from 'node:zlib';

/** A file is also full at this many bytes of lines, so that serving one never needs much memory. */
const MAX_FILE_BYTES = 16 << 20;
/** Lines that repeat one of an earlier file wait for each other, so that a file doesn't get a gzip member per line. */
const MAX_WAITING_BYTES = 4 << 20;
const NEWLINE = Buffer.from('\n');

export interface SpooledFile {
  readonly path: string;
  lines: number;
}

export class Spool {
  readonly files: SpooledFile[] = [];
  readonly #folder: string;
  readonly #stem: string;
  readonly #linesPerFile: number;
  /** First 52 bits of each line's hash -> file. A collision only places a line in another file. */
  readonly #fileOf = new Map<number, number>();
  #open: Buffer[] = [];
  #openBytes = 0;
  #waiting = new Map<number, Buffer[]>();
  #waitingBytes = 0;

  constructor(folder: string, stem: string, linesPerFile: number) {
    this.#folder = folder;
    this.#stem = stem;
    this.#linesPerFile = linesPerFile;
  }

  add(line: Buffer): void {
    const hash = Number.parseInt(createHash('sha1').update(line).digest('hex').slice(0, 13), 16);
    const earlier = this.#fileOf.get(hash);
    if (earlier !== undefined && earlier < this.files.length) {
      const lines = this.#waiting.get(earlier);
      if (lines) lines.push(Buffer.from(line));
      else this.#waiting.set(earlier, [Buffer.from(line)]);
      this.#waitingBytes += line.length;
      if (this.#waitingBytes >= MAX_WAITING_BYTES) this.#writeWaiting();
      return;
    }
    this.#fileOf.set(hash, this.files.length);
    this.#open.push(Buffer.from(line));
    this.#openBytes += line.length;
    if (this.#open.length >= this.#linesPerFile || this.#openBytes >= MAX_FILE_BYTES) this.#writeOpen();
  }

  finish(): void {
    if (this.#open.length > 0) this.#writeOpen();
    this.#writeWaiting();
    this.#fileOf.clear();
  }

  #writeOpen(): void {
    const file = { path: join(this.#folder, `${this.#stem}_${this.files.length}.gz`), lines: 0 };
    this.files.push(file);
    append(file, this.#open);
    this.#open = [];
    this.#openBytes = 0;
  }

  #writeWaiting(): void {
    for (const [at, lines] of this.#waiting) {
      const file = this.files[at];
      if (file) append(file, lines);
    }
    this.#waiting = new Map();
    this.#waitingBytes = 0;
  }
}

function append(file: SpooledFile, lines: readonly Buffer[]): void {
  const bytes = Buffer.concat(lines.flatMap((line) => [line, NEWLINE]));
  appendFileSync(file.path, gzipSync(bytes, { level: constants.Z_BEST_SPEED }));
  file.lines += lines.length;
}
