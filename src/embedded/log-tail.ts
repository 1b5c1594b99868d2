import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** More than enough for the lines that explain why a server gave up. */
const TAIL_BYTES = 16_384;

/** The last `count` lines of a log file, reading only its end; empty when there is no such file. */
export function lastLines(file: string, count: number): string {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch {
    return '';
  }
  try {
    const { size } = fstatSync(descriptor);
    const length = Math.min(size, TAIL_BYTES);
    const buffer = Buffer.alloc(length);
    readSync(descriptor, buffer, 0, length, size - length);
    return buffer.toString('utf8').trimEnd().split('\n').slice(-count).join('\n');
  } finally {
    closeSync(descriptor);
  }
}
