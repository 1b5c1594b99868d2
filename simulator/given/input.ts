/** Finds the record files in a folder and reads them line by line, however large they are. */
import { createHash } from 'node:crypto';
import { createReadStream, type Dirent, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { type NamedStream, streamOfName } from './names.js';

export interface InputFile {
  readonly path: string;
  /** Relative to the records folder; how messages name the file. */
  readonly name: string;
  readonly stream: NamedStream;
}

const RECORD_FILE = /\.(ndjson|jsonl|json|log|txt)(\.gz)?$/i;

/**
 * All record files below `folder`, in order of their names. A file's own name goes before the folder's it lies in.
 *
 * @param mistakes gets a sentence for each file that can't be used.
 */
export function findInput(folder: string, mistakes: string[]): InputFile[] {
  let entries: Dirent[];
  try {
    entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  } catch (error) {
    mistakes.push(`--records ${folder}: ${error instanceof Error ? error.message : String(error)}`);
    return [];
  }
  const files: InputFile[] = [];
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  for (const path of paths.sort()) {
    const name = relative(folder, path);
    if (basename(path).startsWith('.')) continue;
    const parent = dirname(name) === '.' ? undefined : streamOfName(basename(dirname(name)));
    const stream = streamOfName(basename(path)) ?? parent;
    if (!RECORD_FILE.test(path)) mistakes.push(`${name}: not an NDJSON file (.ndjson, .jsonl, .json, each also .gz)`);
    else if (!stream) mistakes.push(`${name}: neither its name nor its folder's begins with the name of a stream`);
    else files.push({ path, name, stream });
  }
  if (entries.length === 0) mistakes.push(`--records ${folder}: the folder is empty`);
  return files;
}

/** Changes when other files are given; a stored world can't go on with other records. */
export function fingerprint(files: readonly InputFile[]): string {
  const hash = createHash('sha256');
  for (const { path, name } of files) hash.update(`${name}\n${statSync(path).size}\n`);
  return hash.digest('hex');
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

function withoutReturn(line: Buffer): Buffer {
  return line.at(-1) === CARRIAGE_RETURN ? line.subarray(0, -1) : line;
}

function isBlank(line: Buffer): boolean {
  return line.every((byte) => byte === 0x20 || byte === 0x09 || byte === CARRIAGE_RETURN);
}

/** The file's non-blank lines as bytes, without line ends; a gzip file may have several members. */
export async function* readLines(path: string): AsyncIterable<Buffer> {
  const file = createReadStream(path, { highWaterMark: 1 << 20 });
  const source = path.toLowerCase().endsWith('.gz') ? pipeline(file, createGunzip(), () => undefined) : file;
  let parts: Buffer[] = [];
  for await (const chunk of source as AsyncIterable<Buffer>) {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
      const piece = chunk.subarray(start, end);
      const line = withoutReturn(parts.length > 0 ? Buffer.concat([...parts, piece]) : piece);
      parts = [];
      start = end + 1;
      if (!isBlank(line)) yield line;
    }
    if (start < chunk.length) parts.push(chunk.subarray(start));
  }
  const last = withoutReturn(Buffer.concat(parts));
  if (!isBlank(last)) yield last;
}
