import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';

/** More than enough for the lines that explain why a server gave up. */
const TAIL_BYTES = 16_384;

/** Bytes in a file; 0 when there is none. */
export function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/**
 * The last `count` lines of a log file, reading only its end; empty when there is no such file.
 *
 * @param from byte at which the lines of interest begin: those before are of an earlier run
 */
export function lastLines(file: string, count: number, from = 0): string {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch {
    return '';
  }
  try {
    const { size } = fstatSync(descriptor);
    const length = Math.min(Math.max(0, size - from), TAIL_BYTES);
    const buffer = Buffer.alloc(length);
    readSync(descriptor, buffer, 0, length, size - length);
    return buffer.toString('utf8').trimEnd().split('\n').slice(-count).join('\n');
  } finally {
    closeSync(descriptor);
  }
}
