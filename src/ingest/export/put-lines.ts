/** Writes lines as an object, once. */

import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { RawError } from '../../domain/failures/failure.js';
import type { Bucket } from '../../s3/bucket.js';
import { S3_CODE } from '../../s3/s3-code.js';
import type { ObjectName } from './object-name.js';

const zipped = promisify(gzip);
/** Metadata of an object: whose it is, and what it holds. */
const MARK = 'mimecast-export';
const LF = Buffer.from('\n');

export interface LinesToPut extends ObjectName {
  readonly lines: readonly Buffer[];
  /** The same at every attempt, and in no other object. */
  readonly mark: string;
}

/** An object may be removed after the store has refused to overwrite it, and is then written; not again and again. */
const MOST_TRIES = 3;

/**
 * @returns `exists` if it was written before.
 * @throws {RawError} `KeyTaken` if another object is under its key.
 */
export async function putLines(
  bucket: Bucket,
  { key, fileName, lines, mark }: LinesToPut,
  signal?: AbortSignal,
): Promise<'written' | 'exists'> {
  const body = await zipped(Buffer.concat(lines.flatMap((line) => [line, LF])));
  const contentType = 'application/gzip';
  const object = { key, body, contentType, fileName, metadata: { [MARK]: mark } };
  for (let tries = 1; tries <= MOST_TRIES; tries += 1) {
    if ((await bucket.put(object, signal)) === 'written') return 'written';
    const there = await bucket.metadataOf(key, signal);
    if (there?.[MARK] === mark) return 'exists';
    if (there !== undefined) throw keyTaken(bucket.name, key);
  }
  throw neither(bucket.name, key);
}

/** Whether an object is there as it was written before. Without the right to list, nobody says that it is not. */
export async function isThere(
  bucket: Bucket,
  { key, mark }: Pick<LinesToPut, 'key' | 'mark'>,
  signal?: AbortSignal,
): Promise<boolean> {
  try {
    return (await bucket.metadataOf(key, signal))?.[MARK] === mark;
  } catch (error) {
    if (error instanceof RawError && error.facts.status === 403) return false;
    throw error;
  }
}

/** What may pass: whoever removes objects, or a store that contradicts itself. */
function neither(bucketName: string, key: string): RawError {
  const message = `the store does not write ${bucketName}/${key}, as if it were there, and says that it is not`;
  return new RawError({ origin: 's3', endpoint: `write ${bucketName}/${key}`, status: 412, code: 'Removed', message });
}

function keyTaken(bucketName: string, key: string): RawError {
  const message = `another object is under the key ${bucketName}/${key}, and is left as it is`;
  return new RawError({ origin: 's3', endpoint: `write ${bucketName}/${key}`, code: S3_CODE.keyTaken, message });
}
