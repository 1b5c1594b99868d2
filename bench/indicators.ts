/**
 * What `_indicators` costs and brings: inserts a second without it, with it and with its index, in turns on one mongod; the
 * time that it takes to find the indicators of a record; and the first 100 hits of a CIDR range, by the networks that records
 * carry and by a range of strings.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { type Collection, type Document, MongoClient } from 'mongodb';
import { findExecutables } from '../devstack/executables.js';
import { startMongod } from '../devstack/mongod.js';
import { GeneratedMail } from '../simulator/world/generated-mail.js';
import { historySegment, planSegments } from '../simulator/world/segments.js';
import { addressKeys, rangeKeys } from '../src/domain/indicators/address-keys.js';
import { INDICATORS_KEY } from '../src/domain/indicators/indicator.js';
import type { RecordDocument } from '../src/domain/records/record.js';
import { withIndicators } from '../src/ingest/slice/insert-with-indicators.js';
import { decodeText } from '../src/records/decode.js';
import { toDocument } from '../src/records/document.js';
import { contentDigest, identityOf } from '../src/records/identity.js';
import { choosePort } from '../src/runtime/ports.js';

const ANCHOR = Date.UTC(2026, 0, 1);
const METADATA = { sourceId: 1, source: 'bench', collector: 'bench', fields: {}, siemForward: false };
const BATCH = 1_000;

/** As every collection of records has them. */
const TIME_INDEXES = [{ key: { _sourceId: 1, _messageTime: -1 } }, { key: { _messageTime: -1, _id: -1 } }] as const;
const INDEX = { [INDICATORS_KEY]: 1, _messageTime: -1, _id: -1 } as const;

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
  const cursor = collection.find(filter, { hint: INDEX }).sort({ _messageTime: -1, _id: -1 }).limit(100);
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
      [plain, filled, filled].map(async (prepare, at): Promise<Run> => {
        const collection = db.collection(`records_${at}`);
        await collection.createIndexes([...TIME_INDEXES, ...(at === 2 ? [{ key: INDEX }] : [])]);
        return { collection, prepare, ms: 0 };
      }),
    );
    const extractMs = await timed(() => documents.forEach(filled));
    await insertInTurns(runs, documents);
    const [without = 0, withField = 0, withIndex = 0] = runs.map(({ ms }) => ms);
    const [indexed] = runs.slice(-1);
    const stats = await db.command({ collStats: 'records_2' });
    const [from = ''] = addressKeys([10, 0, 0, 0]);
    const [to = ''] = addressKeys([10, 127, 255, 255]);
    const result = {
      records: documents.length,
      indicatorsPerRecord: documents.map(filled).reduce((sum, each) => sum + sizeOf(each), 0) / documents.length,
      extractMicroseconds: (extractMs * 1_000) / documents.length,
      recordsPerSecondWithout: (documents.length * 1_000) / without,
      ratioWithField: without / withField,
      ratioWithIndex: without / withIndex,
      indexBytesPerRecord: Object.entries(stats.indexSizes as Record<string, number>)
        .filter(([name]) => name.startsWith(INDICATORS_KEY))
        .reduce((sum, [, size]) => sum + size / documents.length, 0),
      rangeByNetworks:
        indexed &&
        (await rangeCost(indexed.collection, { [INDICATORS_KEY]: { $in: rangeKeys([10, 0, 0, 0], 9)?.keys } })),
      rangeByStrings:
        indexed &&
        (await rangeCost(indexed.collection, { [INDICATORS_KEY]: { $elemMatch: { $gte: from, $lte: to } } })),
    };
    process.stdout.write(`${json ? JSON.stringify(result) : JSON.stringify(result, null, 2)}\n`);
  } finally {
    await client.close();
    await mongod.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function sizeOf({ [INDICATORS_KEY]: indicators }: RecordDocument): number {
  return Array.isArray(indicators) ? indicators.length : 0;
}

export const indicators = new Command('indicators')
  .description('inserts with _indicators and its index as a ratio to without, and what a search for a range reads')
  .option('--records <n>', 'how many', Number, 100_000)
  .option('--json', 'last line: one JSON object')
  .action(measure);
