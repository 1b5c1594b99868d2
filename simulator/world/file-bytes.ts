/**
 * Log files as they are downloaded: gzip files of NDJSON, with the oddities that readers meet in the wild, chosen by
 * the file's name so that a file is the same at every download.
 */
import { promisify } from 'node:util';
import { constants, gzip, type ZlibOptions } from 'node:zlib';
import { LRUCache } from 'lru-cache';
import { hash32 } from '../mail/random.js';
import { fileStem, type LogFile } from './position.js';
import type { TenantWorld } from './tenant-world.js';

const gzipped = promisify<Buffer, ZlibOptions, Buffer>(gzip);

function compress(bytes: Buffer): Promise<Buffer> {
  return gzipped(bytes, { level: constants.Z_BEST_SPEED });
}

const MULTI_MEMBER_EVERY = 3;
const BLANK_LINES_EVERY = 5;
const CRLF_EVERY = 7;
const NO_LAST_LINE_END_EVERY = 4;
const BLANK_LINE_AFTER = 10;

/** Joins lines and compresses them; `name` decides the oddities. */
export async function fileBytes(lines: readonly Buffer[], name: string): Promise<Buffer> {
  const hash = hash32(name);
  const lineEnd = Buffer.from(hash % CRLF_EVERY === 0 ? '\r\n' : '\n');
  const pieces: Buffer[] = [];
  for (const [at, line] of lines.entries()) {
    pieces.push(line, lineEnd);
    if ((hash >>> 3) % BLANK_LINES_EVERY === 0 && at % BLANK_LINE_AFTER === 0) pieces.push(lineEnd);
  }
  if ((hash >>> 6) % NO_LAST_LINE_END_EVERY === 0) {
    while (pieces.at(-1) === lineEnd) pieces.pop();
  }
  const text = Buffer.concat(pieces);
  if ((hash >>> 9) % MULTI_MEMBER_EVERY !== 0) return compress(text);
  // Not at a line's end: nothing says that a member holds whole lines.
  const middle = Math.floor(text.length / 2);
  return Buffer.concat([await compress(text.subarray(0, middle)), await compress(text.subarray(middle))]);
}

/** Names a file among all tenants' files. */
export function fileKey(tenant: TenantWorld, file: LogFile): string {
  return `${tenant.accountId}/${fileStem(file)}`;
}

/** Makes files on demand and remembers the latest, as a listing is soon followed by its downloads. */
export class FileCache {
  readonly #files: LRUCache<string, Buffer>;
  readonly #sizes = new Map<string, number>();

  constructor(readonly maxBytes: number) {
    this.#files = new LRUCache({ maxSize: maxBytes, sizeCalculation: ({ length }) => length });
  }

  async bytes(tenant: TenantWorld, file: LogFile): Promise<Buffer> {
    const key = fileKey(tenant, file);
    const cached = this.#files.get(key);
    if (cached) return cached;
    const bytes = (await tenant.stored(file)) ?? (await fileBytes(await tenant.lines(file, 'batch'), key));
    this.#sizes.set(key, bytes.length);
    this.#files.set(key, bytes);
    return bytes;
  }

  /** Bytes of the file as downloaded; what a listing calls `size`. */
  async size(tenant: TenantWorld, file: LogFile): Promise<number> {
    const known = this.#sizes.get(fileKey(tenant, file));
    return known ?? (await this.bytes(tenant, file)).length;
  }
}
