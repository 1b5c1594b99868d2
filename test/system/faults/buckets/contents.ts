/**
 * What is in a bucket and what is stored, read without any code of the collection: a reader that is wrong must not be its own
 * judge.
 */

import { gunzipSync } from 'node:zlib';
import { GetObjectCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import { STREAMS, type StreamName } from '../../../../src/domain/streams/streams.js';
import type { Collections } from '../../../../src/store/collections.js';
import { raw } from '../../../support/raw-collections.js';
import type { Multiset, Records } from '../../../support/simulator-control.js';
import { hashOf, Tally } from './tally.js';

export interface Contents {
  /** A record that is in several objects counts as often as the one that holds it most often says. */
  readonly records: Records;
  /** Records by object, those that are in several each time. */
  readonly lines: number;
  readonly objects: number;
}

const AT_ONCE = 16;
const STREAM_OF_FOLDER = new Map(STREAMS.map((stream) => [stream.replaceAll(' ', '_'), stream]));

/** @param client that leads past all faults. @throws Error for a key or an object of no known form. */
export async function contentsOf(client: S3Client, bucket: string): Promise<Contents> {
  const keys: string[] = [];
  for await (const { Contents: page = [] } of paginateListObjectsV2({ client }, { Bucket: bucket })) {
    keys.push(...page.flatMap(({ Key }) => Key ?? []));
  }
  const tally = new Tally();
  let lines = 0;
  const left = [...keys];
  const reading = async () => {
    for (let key = left.pop(); key !== undefined; key = left.pop()) {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      const records = recordsIn(Buffer.from((await Body?.transformToByteArray()) ?? []));
      const counts = new Map<string, number>();
      for (const record of records) counts.set(hashOf(record), (counts.get(hashOf(record)) ?? 0) + 1);
      for (const [hash, count] of counts) tally.atLeast(streamOf(key), hash, count);
      lines += records.length;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, reading));
  return { records: tally.records, lines, objects: keys.length };
}

function streamOf(key: string): StreamName {
  const stream = STREAM_OF_FOLDER.get(key.split('/')[0] ?? '');
  if (stream === undefined) throw new Error(`the object ${key} is below the prefix of no stream`);
  return stream;
}

/** The JSON of each record of an object: a list, or lines, bare or as `{"event": …}`. */
export function recordsIn(bytes: Buffer): string[] {
  const text = (bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes).toString();
  const values: unknown[] = text.startsWith('[')
    ? (JSON.parse(text) as unknown[])
    : text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as unknown]));
  return values.map((value) => JSON.stringify(unwrapped(value)));
}

function unwrapped(value: unknown): unknown {
  const entries = Object.entries(value as object);
  return entries.length === 1 && entries[0]?.[0] === 'event' ? entries[0][1] : value;
}

/** The records of a source, by what of each document came from outside. */
export async function storedBy(collections: Collections, sourceId: number): Promise<Records> {
  const tally = new Tally();
  for (const stream of STREAMS) {
    for await (const document of raw(collections).records(stream).find({ _sourceId: sourceId })) {
      tally.add(stream, hashOf(JSON.stringify(received(document))), 1);
    }
  }
  return tally.records;
}

/** As the contract names it; the records have keys of their own that begin with `_`. */
const METADATA: ReadonlySet<string> = new Set([
  ...['_id', '_sourceId', '_source', '_collector', '_sourceCategory', '_dataType', '_messageTime', '_receiptTime'],
  ...['_fields', '_siemForward', '_siemVendor', '_siemProduct', '_siemFormat', '_siemEventID'],
  ...['_received', '_maskedText', '_queue', '_indicators'],
]);

function received(document: object): object {
  const { _vendor, ...others } = document as Record<string, unknown>;
  const own = Object.entries(others).filter(([key]) => !METADATA.has(key));
  return { ...Object.fromEntries(own), ...(_vendor as object | undefined) };
}

/** What a source puts on its records by itself, and how long a message has been held, which is not part of the record. */
const OF_THE_SOURCE = new Set(['_id', '_sourceId', '_source', '_receiptTime', '_queue']);

/** Sentences about streams in which two sources have not stored the same documents, but for what is theirs. */
export async function unequalStores(collections: Collections, one: number, other: number): Promise<string[]> {
  const unequal: string[] = [];
  for (const stream of STREAMS) {
    const [left, right] = await Promise.all([one, other].map((id) => documentsOf(collections, stream, id)));
    const hashes = new Set([...Object.keys(left ?? {}), ...Object.keys(right ?? {})]);
    const count = [...hashes].filter((hash) => left?.[hash] !== right?.[hash]).length;
    if (count > 0) unequal.push(`${stream}: ${count} documents are not the same after the round trip`);
  }
  return unequal;
}

async function documentsOf(collections: Collections, stream: StreamName, sourceId: number): Promise<Multiset> {
  const counts: Record<string, number> = {};
  for await (const document of raw(collections).records(stream).find({ _sourceId: sourceId })) {
    const entries = Object.entries(document).filter(([key]) => !OF_THE_SOURCE.has(key));
    const hash = hashOf(JSON.stringify(Object.fromEntries(entries)));
    counts[hash] = (counts[hash] ?? 0) + 1;
  }
  return counts;
}
