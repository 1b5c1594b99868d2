/** Listing a bucket, and what can be said of its objects without reading them. */

import { type ErrorFacts, RawError } from '../../domain/failures/failure.js';
import type { Bucket, ListedObject, ListQuery, ObjectPage } from '../../s3/bucket.js';
import type { ObjectDocument } from '../../store/objects.js';

/** @returns `refused` when the store does not know the token of an earlier slice any more: the listing has to begin anew. */
export async function listObjects(
  bucket: Bucket,
  { prefix, token, after }: ListQuery,
  signal: AbortSignal,
): Promise<ObjectPage | 'refused'> {
  try {
    return await bucket.list({ prefix, token, after }, signal);
  } catch (error) {
    const isRefused = error instanceof RawError && error.facts.status === 400 && error.facts.code === 'InvalidArgument';
    if (token === undefined || !isRefused) throw error;
    return 'refused';
  }
}

/** A folder, as consoles mark it, or nothing at all. */
export function isNothing({ key, size }: ListedObject): boolean {
  return size === 0 || key.endsWith('/');
}

export function isSameVersion(known: ObjectDocument, { etag, size, lastModified }: ListedObject): boolean {
  return known.etag === etag && known.size === size && known.lastModified.getTime() === lastModified.getTime();
}

/** Whether an error says that the object, though it was listed, is not there. */
export function isGone({ code, status }: ErrorFacts): boolean {
  return code === 'NoSuchKey' || (status === 404 && code !== 'NoSuchBucket');
}

/** Whether an error says that the object has to be restored from an archive first. */
export function isArchived({ code }: ErrorFacts): boolean {
  return code === 'InvalidObjectState';
}
