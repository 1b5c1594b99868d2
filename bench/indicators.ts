/**
 * What `_indicators` and the indexes of records cost and bring: inserts with and without them, in turns on one mongod, as a
 * ratio; the time that it takes to find the indicators of a record; and the first 100 hits of a CIDR range, by the networks
 * that records carry and by a range of strings.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Command } from 'commander';
import { type Collection, type Db, type Document, type IndexDescription, MongoClient } from 'mongodb';
import { findExecutables } from '../devstack/executables.js';
import { startMongod } from '../devstack/mongod.js';
import { GeneratedMail } from '../simulator/world/generated-mail.js';
import { historySegment, planSegments } from '../simulator/world/segments.js';
import { positiveNumber } from '../src/cli/arguments.js';
import { addressKeys, rangeKeys } from '../src/domain/indicators/address-keys.js';
import { INDICATORS_KEY } from '../src/domain/indicators/indicator.js';
import type { RecordDocument } from '../src/domain/records/record.js';
import { withIndicators } from '../src/ingest/slice/insert-with-indicators.js';
import { decodeText } from '../src/records/decode.js';
import { toDocument } from '../src/records/document.js';
import { contentDigest, identityOf } from '../src/records/identity.js';
import { choosePort } from '../src/runtime/ports.js';
import { BY_INDICATOR, BY_SOURCE, BY_TIME } from '../src/store/record-indexes.js';
import { RECORD_INDEXES } from '../src/store/records.js';

const ANCHOR = Date.UTC(2026, 0, 1);
const METADATA = { sourceId: 1, source: 'bench', collector: 'bench', fields: {}, siemForward: false };
const BATCH = 1_000;

type Indexes = readonly IndexDescription[];

interface Variant {
  readonly name: string;
  readonly isFilled: boolean;
  readonly indexes: Indexes;
}

const WHOLE: Indexes = RECORD_INDEXES.mimecast_receipt_logs_v2 ?? [];
const without = (key: object): Indexes => WHOLE.filter((index) => !isDeepStrictEqual(index.key, key));

/** Each as a collection of its own. */
const VARIANTS: readonly Variant[] = [
  { name: 'no index', isFilled: false, indexes: [] },
  { name: 'by time and source', isFilled: false, indexes: without(BY_INDICATOR) },
  { name: 'by time and source, with _indicators', isFilled: true, indexes: without(BY_INDICATOR) },
  { name: 'by time, source and indicator', isFilled: true, indexes: WHOLE },
  { name: 'by source and indicator', isFilled: true, indexes: without(BY_TIME) },
  { name: 'by time and indicator', isFilled: true, indexes: without(BY_SOURCE) },
  {
    name: 'by time, source and indicator without _id',
    isFilled: true,
    indexes: [...without(BY_INDICATOR), { key: { [INDICATORS_KEY]: 1, _messageTime: -1 } }],
  },
];
/** What the ratios are to. */
const BASE = 'by time and source';
const FULL = 'by time, source and indicator';

async function simulatedDocuments(most: number): Promise<RecordDocument[]> {
  const history = historySegment(ANCHOR, 3_600_000, Math.ceil(most / 20), 60_000, 0);
  const mail = new GeneratedMail(1, 1, 'C0A1', planSegments(history === undefined ? [] : [history]));
  const documents: RecordDocument[] = [];
  for (const file of mail.files({ segment: 0, bucket: 0, type: 0 }, ANCHOR)) {
    for (const line of await mail.lines(file, 'batch')) {
      const decoded = decodeText(line.toString());
      const id = identityOf(1, 'receipt', contentDigest(line), documents.length);
      if (decoded.ok) documents.push(toDocument(decoded.record, id, 'receipt', METADATA, new Date(ANCHOR)));
    }
    if (documents.length >= most) break;
  }
  return documents.slice(0, most);
}

async function timed(work: () => unknown): Promise<number> {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
}

interface Run {
  readonly variant: Variant;
  readonly collection: Collection;
  readonly prepare: (document: RecordDocument) => Document;
  ms: number;
}

async function insertInTurns(runs: readonly Run[], documents: readonly RecordDocument[]): Promise<void> {
  for (let at = 0; at < documents.length; at += BATCH) {
    const batch = documents.slice(at, at + BATCH);
    // Each is first in its turn: the one that comes after others finds MongoDB busy with theirs.
    const first = (at / BATCH) % runs.length;
    for (const run of [...runs.slice(first), ...runs.slice(0, first)]) {
      run.ms += await timed(() => run.collection.insertMany(batch.map(run.prepare), { ordered: false }));
    }
  }
}

/** Keys and records read, and milliseconds, for the newest 100 of a range. */
async function rangeCost(collection: Collection, filter: Document): Promise<object> {
  const cursor = collection.find(filter, { hint: BY_INDICATOR }).sort({ _messageTime: -1, _id: -1 }).limit(100);
  const { executionStats } = await cursor.explain('executionStats');
  const { totalKeysExamined: keys, totalDocsExamined: records, nReturned, executionTimeMillis: ms } = executionStats;
  return { returned: nReturned, keys, records, ms };
}

async function measure({ records, json }: { readonly records: number; readonly json?: boolean }): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'mimecast-indicators-'));
  const { mongod: executable } = await findExecutables(['mongod']);
  const options = { executable, dataDir: join(folder, 'data'), logFile: join(folder, 'mongod.log') };
  const mongod = await startMongod({ ...options, port: await choosePort(0) });
  const client = new MongoClient(mongod.uri, { writeConcern: { w: 'majority' } });
  try {
    const db = client.db('bench');
    // Simulated senders come from few addresses: spread, so that a range holds some of them.
    const documents = (await simulatedDocuments(records)).map((document, n) => ({
      ...document,
      senderIp: `10.${n % 64}.${(n >> 6) % 256}.${n % 250}`,
      _messageTime: new Date(ANCHOR + n * 100),
    }));
    const plain = (document: RecordDocument) => document;
    const filled = (document: RecordDocument) => withIndicators('receipt', document);
    const runs = await Promise.all(
      VARIANTS.map(async (variant, at): Promise<Run> => {
        const collection = await db.createCollection(`records_${at}`);
        if (variant.indexes.length > 0) await collection.createIndexes([...variant.indexes]);
        return { variant, collection, prepare: variant.isFilled ? filled : plain, ms: 0 };
      }),
    );
    const extractMs = await timed(() => documents.forEach(filled));
    await insertInTurns(runs, documents);
    const msOf = (name: string) => runs.find(({ variant }) => variant.name === name)?.ms ?? Number.NaN;
    const whole = runs.find(({ variant }) => variant.name === FULL)?.collection;
    const [from = ''] = addressKeys([10, 0, 0, 0]);
    const [to = ''] = addressKeys([10, 127, 255, 255]);
    const result = {
      records: documents.length,
      indicatorsPerRecord: documents.map(filled).reduce((sum, each) => sum + sizeOf(each), 0) / documents.length,
      extractMicroseconds: (extractMs * 1_000) / documents.length,
      recordsPerSecond: (documents.length * 1_000) / msOf(BASE),
      inserts: Object.fromEntries(runs.map(({ variant, ms }) => [variant.name, ratio(msOf(BASE) / ms)])),
      indexBytesPerRecord: whole && (await indexSizes(db, whole.collectionName, documents.length)),
      rangeByNetworks:
        whole && (await rangeCost(whole, { [INDICATORS_KEY]: { $in: rangeKeys([10, 0, 0, 0], 9)?.keys } })),
      rangeByStrings: whole && (await rangeCost(whole, { [INDICATORS_KEY]: { $elemMatch: { $gte: from, $lte: to } } })),
    };
    process.stdout.write(`${json ? JSON.stringify(result) : JSON.stringify(result, null, 2)}\n`);
  } finally {
    await client.close();
    await mongod.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function indexSizes(db: Db, collection: string, records: number): Promise<Readonly<Record<string, number>>> {
  const { indexSizes: sizes } = await db.command({ collStats: collection });
  return Object.fromEntries(
    Object.entries(sizes as Record<string, number>).map(([name, size]) => [name, Math.round(size / records)]),
  );
}

function ratio(value: number): number {
  return Math.round(value * 100) / 100;
}

function sizeOf({ [INDICATORS_KEY]: indicators }: RecordDocument): number {
  return Array.isArray(indicators) ? indicators.length : 0;
}

export const indicators = new Command('indicators')
  .description('inserts with _indicators and each index as a ratio to without, and what a search for a range reads')
  .option('--records <n>', 'how many', positiveNumber, 100_000)
  .option('--json', 'last line: one JSON object')
  .action(measure);
