/** Tries a configuration's credentials: one call, within seconds, whose result is told and not thrown. */

import { once } from 'node:events';
import { classify, type ErrorFacts, type FailureType, RawError } from '../../domain/failures/failure.js';
import { type Connections, processConnections } from '../../http-client/connections.js';
import { MimecastClient } from '../../mimecast/client.js';
import type { Bucket, BucketOptions } from '../../s3/bucket.js';

export interface ConnectionTestOptions {
  readonly baseUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly allowInsecure: boolean;
  /** Default 5,000 ms. */
  readonly limitMs?: number;
  /** Default those of the process. */
  readonly connections?: Connections;
}

export interface ConnectionResult {
  readonly ok: boolean;
  /** The bucket that was tried, in place of a token call. */
  readonly bucket?: string;
  /** Host and port of the proxy that it went through. */
  readonly proxy?: string;
  /** How long it took. */
  readonly ms: number;
  /** Why it failed. */
  readonly errorType?: FailureType;
  readonly errorCode?: string;
  readonly errorInfo?: string;
}

export function testConnection({ limitMs, ...access }: ConnectionTestOptions): Promise<ConnectionResult> {
  const { allowInsecure, connections = processConnections(allowInsecure) } = access;
  return tried(
    { origin: 'mimecast', address: access.baseUrl, what: 'issue a token', limitMs, connections },
    async (signal) => new MimecastClient({ ...access, connections }).authenticate(signal),
  );
}

/**
 * One key is listed: what is not permitted below another prefix is told when that is read.
 *
 * @param queue URL of the queue of its notifications, where it has one.
 */
export async function testBucket(
  options: BucketOptions,
  prefix: string,
  { limitMs, queue }: { readonly limitMs?: number; readonly queue?: string | undefined } = {},
): Promise<ConnectionResult> {
  return triedBucket(options, { what: 'list the bucket', limitMs }, async (bucket, connected, signal) => {
    await bucket.list({ prefix, limit: 1 }, signal);
    if (queue === undefined) return;
    const { Queue } = await import('../../s3/queue.js');
    await new Queue({ ...connected, url: queue }).probe(signal);
  });
}

/** Whether objects may be written. None is. @param key such as those that are written, since a policy may permit some only. */
export function testExport(
  options: BucketOptions,
  key: string,
  { limitMs }: { readonly limitMs?: number } = {},
): Promise<ConnectionResult> {
  return triedBucket(options, { what: 'accept an upload', limitMs }, (bucket, _, signal) =>
    bucket.tryToWrite(key, signal),
  );
}

async function triedBucket(
  options: BucketOptions,
  { what, limitMs }: Pick<Trial, 'what' | 'limitMs'>,
  call: (bucket: Bucket, connected: BucketOptions & Pick<Trial, 'connections'>, signal: AbortSignal) => Promise<void>,
): Promise<ConnectionResult> {
  const { allowInsecure = false, connections = processConnections(allowInsecure), region } = options;
  const address = options.endpoint ?? `https://s3.${region}.amazonaws.com`;
  const trial = { origin: 's3', address, what, limitMs, connections } as const;
  const connected = { ...options, connections };
  const { Bucket } = await import('../../s3/bucket.js');
  const result = await tried(trial, async (signal) => call(new Bucket(connected), connected, signal));
  return { ...result, bucket: options.bucket };
}

interface Trial {
  readonly origin: 'mimecast' | 's3';
  readonly address: string;
  /** For people: what it did not do in time. */
  readonly what: string;
  readonly limitMs: number | undefined;
  readonly connections: Connections;
}

async function tried(
  { origin, address, what, limitMs = 5_000, connections }: Trial,
  call: (signal: AbortSignal) => Promise<void>,
): Promise<ConnectionResult> {
  const begun = performance.now();
  const took = () => Math.round(performance.now() - begun);
  const signal = AbortSignal.timeout(limitMs);
  const url = URL.parse(address);
  const proxy = url === null ? undefined : connections.proxyOf(url);
  const way = proxy === undefined ? {} : { proxy };
  try {
    // Not everything that is asked for on the way hears the signal: credentials of a role do not.
    const late = once(signal, 'abort').then(() => signal.throwIfAborted());
    await Promise.race([call(signal), late]);
    return { ok: true, ms: took(), ...way };
  } catch (error) {
    if (signal.aborted) return failed(tooLate());
    if (!(error instanceof RawError)) throw error;
    return failed(error.facts);
  }

  function tooLate(): ErrorFacts {
    const via = url === null ? '' : connections.via(url);
    return { origin, cause: 'timeout', message: `${address} did not ${what} within ${limitMs / 1_000} s${via}` };
  }

  function failed(facts: ErrorFacts): ConnectionResult {
    const { type: errorType, code: errorCode, message, advice } = classify(facts);
    const errorInfo = advice === undefined ? message : `${message}. ${advice}`;
    return { ok: false, ms: took(), ...way, errorType, errorCode, errorInfo };
  }
}
