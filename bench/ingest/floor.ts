/**
 * What the ingest is compared with, as a program of its own: `floor.ts KIND FOLDER URI DATABASE` with KIND one of
 *
 * - `mongodb`: the very documents that the worker stores, prepared in memory; only inserting them is measured.
 * - `loop`: files are read, unzipped, parsed, hashed and inserted; no metadata, indicators or checkpoints.
 * - `indicatorLoop`: the same, and the indicators are found and stored.
 *
 * Batches of 1,000, two in flight, majority writes, the indexes of the real collections. Prints one JSON line.
 */

import { createReadStream, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { type Collection, type Document, MongoClient } from 'mongodb';
import { definitionOf, SIEM_STREAMS, type SiemStream } from '../../src/domain/streams/streams.js';
import { indicatorsOf } from '../../src/indicators/extract.js';
import { withIndicators } from '../../src/ingest/slice/insert-with-indicators.js';
import { contentDigest, identityOf } from '../../src/records/identity.js';
import { recordOfLine } from '../../src/records/line-record.js';
import { Occurrences } from '../../src/records/occurrences.js';
import { NO_RULES } from '../../src/rules/compile.js';
import { RECORD_INDEXES } from '../../src/store/records.js';
import { fileOf } from './input.js';

const BATCH = 1_000;
const IN_FLIGHT = 2;
const METADATA = { sourceId: 1, source: 'bench', collector: 'bench', fields: {}, siemForward: false };

const [, , kind = '', folder = '', uri = '', database = ''] = process.argv;
const client = new MongoClient(uri, { writeConcern: { w: 'majority' } });
const db = client.db(database);
await db.dropDatabase();
const names = readdirSync(folder).map((name) => join(folder, name));
const streams = SIEM_STREAMS.filter((stream) => names.includes(fileOf(folder, stream)));
const prepared = kind === 'mongodb' ? await prepare() : undefined;
const collections = new Map<SiemStream, Collection>();
for (const stream of streams) {
  const { collection } = definitionOf(stream);
  await db.createCollection(collection);
  await db.collection(collection).createIndexes([...(RECORD_INDEXES[collection] ?? [])]);
  collections.set(stream, db.collection(collection));
}

const begin = performance.now();
let records = 0;
const flying = new Set<Promise<unknown>>();
for (const stream of streams) {
  for await (const batch of prepared?.get(stream) ?? parsed(stream)) await insert(stream, batch);
}
await Promise.all(flying);
const seconds = (performance.now() - begin) / 1_000;
const { user, system } = process.cpuUsage();
await db.dropDatabase();
await client.close();
console.log(JSON.stringify({ records, seconds, cpuSeconds: (user + system) / 1e6 }));

async function insert(stream: SiemStream, batch: Document[]): Promise<void> {
  records += batch.length;
  const inserting = collections.get(stream)?.insertMany(batch, { ordered: false }) ?? Promise.resolve();
  flying.add(inserting);
  inserting.finally(() => flying.delete(inserting)).catch(() => undefined);
  if (flying.size >= IN_FLIGHT) await Promise.race(flying);
}

function linesOf(stream: SiemStream): AsyncIterable<string> {
  return createInterface({ input: createReadStream(fileOf(folder, stream)).pipe(createGunzip()) });
}

async function* parsed(stream: SiemStream): AsyncGenerator<Document[]> {
  const occurrences = new Occurrences();
  let batch: Document[] = [];
  for await (const line of linesOf(stream)) {
    const record = JSON.parse(line);
    const digest = contentDigest(line);
    const _id = identityOf(1, stream, digest, occurrences.next(digest));
    const indicators = kind === 'indicatorLoop' ? { _indicators: indicatorsOf(stream, record) } : {};
    batch.push({ _id, ...record, _sourceId: 1, _messageTime: new Date(record.timestamp), ...indicators });
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

async function prepare(): Promise<Map<SiemStream, Document[][]>> {
  const all = new Map<SiemStream, Document[][]>();
  for (const stream of streams) {
    const origin = { stream, metadata: METADATA, rules: NO_RULES, receiptTime: new Date(), path: 'bench' };
    const occurrences = new Occurrences();
    const documents: Document[] = [];
    for await (const line of linesOf(stream)) {
      const made = recordOfLine({ bytes: Buffer.from(line), number: 1 }, { ...origin, occurrences });
      if (made.kind === 'document') documents.push(withIndicators(stream, made.document));
    }
    const batches = Array.from({ length: Math.ceil(documents.length / BATCH) }, (_, at) =>
      documents.slice(at * BATCH, (at + 1) * BATCH),
    );
    all.set(stream, batches);
  }
  return all;
}
