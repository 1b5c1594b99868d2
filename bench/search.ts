/**
 * Searches over generated records of all collections: how long the first page takes, and how much MongoDB reads for it.
 *
 * `npm run bench -- search [--records N] [--rounds N] [--json]`
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { findExecutables } from '../devstack/executables.js';
import { startMongod } from '../devstack/mongod.js';
import type { RecordDocument } from '../src/domain/records/record.js';
import { STREAMS, type StreamName } from '../src/domain/streams/streams.js';
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
];

interface Options {
  readonly records: number;
  readonly rounds: number;
  readonly json?: boolean;
}

interface Result {
  readonly query: string;
  readonly plan: string;
  readonly found: number;
  readonly complete: boolean;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly keys: number;
  readonly documents: number;
}

export const search = new Command('search')
  .description('time of the first page of searches, and what MongoDB reads for them')
  .option('--records <n>', 'how many, over all collections', Number, 2_000_000)
  .option('--rounds <n>', 'how often each search is made', Number, 100)
  .option('--json', 'last line: one JSON object')
  .action(measure);

async function measure({ records, rounds, json }: Options): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'mimecast-search-'));
  const { mongod: executable } = await findExecutables(['mongod'], { onProgress: say });
  const server = await startMongod({ executable, dataDir: join(folder, 'db'), logFile: join(folder, 'mongod.log') });
  const database = openDatabase({ uri: server.uri, name: 'bench' });
  try {
    const collections = collectionsOf(database);
    await collections.ensureIndexes();
    await fill(collections, records);
    const results: Result[] = [];
    for (const query of QUERIES) {
      const result = await measured(collections, query, rounds);
      results.push(result);
      say(textOf(result));
    }
    if (json) process.stdout.write(`${JSON.stringify({ records, rounds, results })}\n`);
  } finally {
    await database.close();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function fill(collections: Collections, count: number): Promise<void> {
  const random = new SeededRandom(1);
  for (let begin = 0; begin < count; begin += BATCH) {
    const batches = new Map<StreamName, RecordDocument[]>();
    for (let at = begin; at < Math.min(count, begin + BATCH); at += 1) {
      const stream = random.pick(STREAMS);
      batches.set(stream, [...(batches.get(stream) ?? []), documentOf(random, stream, at, count)]);
    }
    for (const [stream, documents] of batches) await insertRecords(collections, stream, documents);
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
  const { keys, documents } = await reads(collections, once);
  const { plan, items, isComplete } = await once();
  const times: number[] = [];
  for (let round = 0; round < (plan === 'scan' ? Math.ceil(rounds / 10) : rounds); round += 1) {
    const began = performance.now();
    await once();
    times.push(performance.now() - began);
  }
  times.sort((a, b) => a - b);
  const quantile = (share: number) =>
    Math.round(times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0);
  return {
    query,
    plan,
    found: items.length,
    complete: isComplete,
    p50Ms: quantile(0.5),
    p99Ms: quantile(0.99),
    keys,
    documents,
  };
}

/** What MongoDB's profiler says that it has read. */
async function reads(collections: Collections, work: () => Promise<unknown>) {
  const db = databaseOf(collections);
  await db.command({ profile: 2 });
  await work();
  await db.command({ profile: 0 });
  const all = await db
    .collection('system.profile')
    .find({ ns: /mimecast_/ })
    .toArray();
  await db.collection('system.profile').drop();
  const sum = (key: string) => all.reduce((total, one) => total + Number(one[key] ?? 0), 0);
  return { keys: sum('keysExamined'), documents: sum('docsExamined') };
}

function textOf({ query, plan, found, complete, p50Ms, p99Ms, keys, documents }: Result): string {
  const end = complete ? '' : ' (time was up)';
  return `${query}: ${plan}, ${found} found${end}, ${p50Ms} ms / ${p99Ms} ms, read ${keys} keys and ${documents} documents`;
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
