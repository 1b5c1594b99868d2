/**
 * Searches over generated records of all collections: how long the first page takes, and how much MongoDB reads for it.
 *
 * `npm run bench -- search [--records N] [--rounds N] [--data FOLDER] [--json]`
 */

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { findExecutables } from '../devstack/executables.js';
import { startMongod } from '../devstack/mongod.js';
import type { RecordDocument } from '../src/domain/records/record.js';
import { definitionOf, STREAMS, type StreamName } from '../src/domain/streams/streams.js';
import { indicatorsOf } from '../src/indicators/extract.js';
import { toDocument } from '../src/records/document.js';
import { identityOf } from '../src/records/identity.js';
import { parseQuery } from '../src/search/parse-query.js';
import { type Collections, collectionsOf } from '../src/store/collections.js';
import { openDatabase } from '../src/store/database.js';
import { insertRecords } from '../src/store/records.js';
import { findRecords } from '../src/store/search/find-records.js';
import { SeededRandom } from '../test/support/random.js';
import { databaseOf } from '../test/support/raw-collections.js';
import { type Cost, costOf } from './search-cost.js';
import { type IocCost, iocCosts } from './search-iocs.js';

const ANCHOR = Date.UTC(2026, 0, 1);
const DAYS_MS = 30 * 86_400_000;
const BATCH = 2_000;
const PAGE = 50;
const BUDGET_MS = 10_000;

/** Common values, rare ones and absent ones. */
const QUERIES: readonly string[] = [
  ...['*', 'domain:example.com', 'email:common1@example.com', 'email:rare77@example.com', 'email:absent@absent.test'],
  ...['senderEnvelope:common2@out3.example', 'senderIp:10.1.0.0/16', 'ip:10.2.17.0/24', 'ip:192.0.2.0/24'],
  ...['message:m4711@example.com', 'file:file77.pdf', 'subject:hay', 'subject:needle', 'absent'],
  ...['domain:example.com AND subject:zzz', 'domain:example.com AND email:rare77@example.com'],
];

interface Options {
  readonly records: number;
  readonly rounds: number;
  readonly data?: string;
  readonly json?: boolean;
}

interface Result extends Cost {
  readonly query: string;
  readonly plan: string;
  readonly found: number;
  readonly complete: boolean;
}

export const search = new Command('search')
  .description('time of the first page of searches, and what MongoDB reads for them')
  .option('--records <n>', 'how many, over all collections', Number, 2_000_000)
  .option('--rounds <n>', 'how often each search is made', Number, 100)
  .option('--data <folder>', 'keeps the records there, or takes the ones that are there')
  .option('--json', 'last line: one JSON object')
  .action(measure);

async function measure({ records, rounds, data, json }: Options): Promise<void> {
  const folder = data ?? mkdtempSync(join(tmpdir(), 'mimecast-search-'));
  mkdirSync(folder, { recursive: true });
  const { mongod: executable } = await findExecutables(['mongod'], { onProgress: say });
  const server = await startMongod({ executable, dataDir: join(folder, 'db'), logFile: join(folder, 'mongod.log') });
  const database = openDatabase({ uri: server.uri, name: 'bench' });
  try {
    const collections = collectionsOf(database);
    await collections.ensureIndexes();
    if ((await storedRecords(collections)) === 0) await fill(collections, records);
    const stored = await storedRecords(collections);
    say(`${stored} records`);
    const results: Result[] = [];
    for (const query of QUERIES) {
      const result = await measured(collections, query, rounds);
      results.push(result);
      say(textOf(result));
    }
    const iocs: IocCost[] = [];
    for await (const cost of iocCosts(collections, Math.ceil(rounds / 5))) {
      iocs.push(cost);
      say(JSON.stringify(cost));
    }
    if (json) process.stdout.write(`${JSON.stringify({ records: stored, rounds, results, iocs })}\n`);
  } finally {
    await database.close();
    await server.stop();
    if (data === undefined) rmSync(folder, { recursive: true, force: true });
  }
}

async function storedRecords(collections: Collections): Promise<number> {
  const db = databaseOf(collections);
  const counts = STREAMS.map((stream) => db.collection(definitionOf(stream).collection).estimatedDocumentCount());
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
}

async function fill(collections: Collections, count: number): Promise<void> {
  const random = new SeededRandom(1);
  for (let begin = 0; begin < count; begin += BATCH) {
    const batches = new Map<StreamName, RecordDocument[]>();
    for (let at = begin; at < Math.min(count, begin + BATCH); at += 1) {
      const stream = random.pick(STREAMS);
      batches.set(stream, [...(batches.get(stream) ?? []), documentOf(random, stream, at, count)]);
    }
    await Promise.all([...batches].map(([stream, documents]) => insertRecords(collections, stream, documents)));
    if (begin % 100_000 === 0) say(`${begin} of ${count} records stored`);
  }
}

function documentOf(random: SeededRandom, stream: StreamName, at: number, count: number): RecordDocument {
  const person = () => (random.next() < 0.5 ? `common${random.between(1, 9)}` : `rare${random.between(1, 50_000)}`);
  const record = {
    at,
    subject: random.next() < 0.00001 ? 'a needle' : 'hay',
    accountId: 'C1',
    aggregateId: `agg${Math.floor(at / 3)}`,
    messageId: `<m${Math.floor(at / 3)}@example.com>`,
    senderEnvelope: `${person()}@out${random.between(1, 500)}.example`,
    recipients: `${person()}@example.com`,
    senderIp: `10.${random.between(0, 3)}.${random.between(0, 255)}.${random.between(1, 254)}`,
    fileName: `file${random.between(1, 100_000)}.pdf`,
  };
  const metadata = {
    sourceId: random.between(1, 50),
    source: 'bench',
    collector: 'bench',
    fields: {},
    siemForward: false,
  };
  const time = new Date(ANCHOR + Math.floor((at / count) * DAYS_MS));
  const document = toDocument(record, identityOf(1, stream, String(at), 1), stream, metadata, time, time);
  return { ...document, _indicators: indicatorsOf(stream, record) };
}

async function measured(collections: Collections, query: string, rounds: number): Promise<Result> {
  const wanted = { condition: parseQuery(query), streams: STREAMS, hasIndicators: true };
  const once = () => findRecords(collections, wanted, { limit: PAGE, budgetMs: BUDGET_MS });
  const { plan, items, isComplete } = await once();
  const cost = await costOf(collections, once, plan === 'scan' ? Math.ceil(rounds / 10) : rounds);
  return { query, plan, found: items.length, complete: isComplete, ...cost };
}

function textOf({ query, plan, found, complete, p50Ms, p99Ms, keys, documents }: Result): string {
  const end = complete ? '' : ' (time was up)';
  return `${query}: ${plan}, ${found} found${end}, ${p50Ms} ms / ${p99Ms} ms, read ${keys} keys and ${documents} documents`;
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
