/** The content of an object: unzipped if it begins like gzip, whatever its name and its headers say. */

import { Readable } from 'node:stream';
import type { GetObjectCommandOutput } from '@aws-sdk/client-s3';
import { RawError } from '../domain/failures/failure.js';
import { present } from '../domain/present.js';
import { DamagedFileError, damageOf } from '../http-client/file-damage.js';
import { type GunzipOptions, gunzipIfGzip } from '../http-client/gunzip.js';
import { MIN_PACE, Pace, type PaceLimits } from '../http-client/pace.js';
import type { Observer } from '../metrics/observer.js';
import { discard, ResumedBody, type ResumeOptions } from './resumed-body.js';

export interface ObjectContent {
  /** To be iterated once and at once; leaving the loop early closes the connection. */
  readonly bytes: AsyncIterable<Uint8Array>;
  /** Version of a bucket that keeps versions. */
  readonly versionId?: string;
  /** After the last of `bytes`: whether a checksum proves that they are whole. */
  isProven(): boolean;
}

export interface ReadLimits extends GunzipOptions {
  readonly pace?: Partial<PaceLimits>;
}

interface Reading extends ReadLimits, Pick<ResumeOptions, 'rest' | 'explain'> {
  /** For people. */
  readonly what: string;
  readonly host: string;
  readonly observer?: Observer;
}

/** No object is so large that an hour of waiting for it is not a fault. */
const TOTAL_MS = 60 * 60_000;

export function readContent(
  { Body, ETag, VersionId }: Pick<GetObjectCommandOutput, 'Body' | 'ETag' | 'VersionId'>,
  reading: Reading,
  signal: AbortSignal | undefined,
): ObjectContent {
  const { what, host } = reading;
  if (!(Body instanceof Readable) || ETag === undefined) {
    if (Body instanceof Readable) discard(Body);
    const message = `${host} answered with something that is not an object of S3`;
    throw new RawError({ origin: 's3', endpoint: what, cause: 'unreadable', message });
  }
  let isProven = false;
  const onEnd = (proven: boolean) => {
    isProven = proven;
  };
  const body = new ResumedBody({ Body, ETag }, { ...reading, signal });
  const bytes = unpacked(body, reading, onEnd, signal);
  // S3 says "null" of objects that were written before versions were kept.
  return { bytes, isProven: () => isProven, ...present({ versionId: VersionId === 'null' ? undefined : VersionId }) };
}

/** The bytes of a body as they come. */
export async function* rawContent(
  body: GetObjectCommandOutput['Body'],
  explain: (error: unknown) => RawError,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (!(body instanceof Readable)) return;
  try {
    yield* body;
  } catch (error) {
    signal?.throwIfAborted();
    throw explain(error);
  } finally {
    discard(body);
  }
}

async function* unpacked(
  body: ResumedBody,
  reading: Reading,
  onEnd: (isProven: boolean) => void,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    onEnd(yield* gunzipIfGzip(paced(body.chunks(), reading), reading));
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof RawError) throw error;
    const damage = damageOf(error);
    if (damage === undefined) throw reading.explain(error);
    const said = error instanceof Error ? error.message : String(error);
    throw new DamagedFileError(damage, `an object is damaged: ${said} (${reading.what})`, { cause: error });
  } finally {
    body.discard();
  }
}

/** Only the time counts in which we wait for the other side. */
async function* paced(
  chunks: AsyncGenerator<Uint8Array>,
  { pace, what, host, observer }: Reading,
): AsyncGenerator<Uint8Array, void, undefined> {
  const watch = new Pace({ ...MIN_PACE, totalMs: TOTAL_MS, ...pace });
  let since = performance.now();
  for await (const chunk of chunks) {
    observer?.count('mimecast_bytes_read_total', { endpoint: 's3' }, chunk.length);
    const tooSlow = watch.add(performance.now() - since, chunk.length);
    if (tooSlow !== undefined) {
      throw new RawError({ origin: 's3', endpoint: what, cause: 'timeout', message: `${host} sent ${tooSlow}` });
    }
    yield chunk;
    since = performance.now();
  }
}
