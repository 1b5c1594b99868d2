/** Writes lines as an object, once. */

import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { RawError } from '../../domain/failures/failure.js';
import type { Bucket } from '../../s3/bucket.js';
import { S3_CODE } from '../../s3/s3-error.js';
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
  const result = await bucket.put({ key, body, contentType, fileName, metadata: { [MARK]: mark } }, signal);
  if (result === 'exists' && (await bucket.metadataOf(key, signal))?.[MARK] !== mark) throw keyTaken(bucket.name, key);
  return result;
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

function keyTaken(bucketName: string, key: string): RawError {
  const message = `another object is under the key ${bucketName}/${key}, and is left as it is`;
  return new RawError({ origin: 's3', endpoint: `write ${bucketName}/${key}`, code: S3_CODE.keyTaken, message });
}
