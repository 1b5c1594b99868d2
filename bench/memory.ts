/**
 * `npm run bench -- memory`: the worker's memory while it collects gigabytes. Whole processes, as in `npm start`; the
 * simulator serves files of about 200 MB, in several streams at once.
 */

import { once } from 'node:events';
import { createWriteStream, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createGzip } from 'node:zlib';
import { Command } from 'commander';
import { compare, isComplete } from '../devstack/comparison.js';
import { openDataFolder } from '../devstack/data-folder.js';
import { ensureSampleSource } from '../devstack/sample-source.js';
import { type Stack, startStack } from '../devstack/stack.js';
import { positiveNumber } from '../src/cli/arguments.js';
import { FieldService } from '../src/management/fields/field-service.js';
import { SourceService } from '../src/management/sources/source-service.js';
import { connectTemporal } from '../src/management/temporal/temporal-client.js';
import { EXIT } from '../src/runtime/program.js';
import { keyringOf } from '../src/runtime/program-keyring.js';
import { checkpointsOf } from '../src/store/checkpoints.js';
import { type Collections, collectionsOf } from '../src/store/collections.js';
import { openDatabase } from '../src/store/database.js';
import { SeededRandom } from '../test/support/random.js';
import { residentMiB } from './recovery/processes.js';

const STREAMS = ['receipt', 'process', 'delivery', 'url_protect'] as const;
const LINE_BYTES = 2_000;
const LINES_PER_FILE = 100_000;
/** The worker may not need more, in MiB, and the last quarter not much more than the first. */
const LIMIT_MIB = 400;
const GROWTH_LIMIT = 1.25;
const SAMPLE_MS = 250;

export const memory = new Command('memory')
  .description("the worker's peak memory while it collects gigabytes of NDJSON, by quarters of the run")
  .option('--gigabytes <n>', 'of NDJSON, unzipped', positiveNumber, 2)
  .option('--json', 'last line: one JSON object')
  .action(measure);

interface Measured {
  readonly gigabytes: number;
  readonly records: number;
  readonly seconds: number;
  /** Highest resident memory of the worker, MiB. */
  readonly peakMiB: number;
  /** The same by quarters of the records. */
  readonly quartersMiB: readonly number[];
  /** Last quarter over first. */
  readonly growth: number;
  readonly complete: boolean;
}

async function measure({ gigabytes, json = false }: { readonly gigabytes: number; readonly json?: boolean }) {
  const folder = mkdtempSync(join(tmpdir(), 'mimecast-memory-'));
  try {
    const lines = Math.round((gigabytes * 1e9) / LINE_BYTES / STREAMS.length);
    console.error(`Writing ${gigabytes} GB of NDJSON …`);
    await Promise.all(STREAMS.map((stream, index) => writeRecords(join(folder, 'records'), stream, lines, index)));
    const measured = { gigabytes, ...(await run(folder, lines * STREAMS.length)) };
    const good = measured.complete && measured.peakMiB < LIMIT_MIB && measured.growth < GROWTH_LIMIT;
    console.log(json ? JSON.stringify({ good, ...measured }) : textOf(measured, good));
    if (!good) process.exitCode = EXIT.failed;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function writeRecords(folder: string, stream: string, lines: number, seed: number): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const random = new SeededRandom(seed);
  const gzip = createGzip({ level: 1 });
  const file = createWriteStream(join(folder, `${stream}.ndjson.gz`));
  gzip.pipe(file);
  const type = stream.replaceAll('_', ' ');
  const start = Date.now() - 3_600_000;
  for (let n = 0; n < lines; n += 1) {
    const record = {
      type,
      timestamp: start + n,
      processingId: `${seed}-${n}`,
      subject: random.between(0, 1e9),
      text: '',
    };
    record.text = Array.from({ length: 20 }, () => random.between(0, 1e9).toString(36))
      .join(' ')
      .repeat(12)
      .slice(0, 1_880);
    if (!gzip.write(`${JSON.stringify(record)}\n`)) await once(gzip, 'drain');
  }
  gzip.end();
  await once(file, 'close');
}

async function run(folder: string, records: number): Promise<Omit<Measured, 'gigabytes'>> {
  const data = openDataFolder(join(folder, 'data'));
  const given = [
    '--records',
    join(folder, 'records'),
    '--rate',
    '0',
    '--frozen',
    '--lines-per-file',
    String(LINES_PER_FILE),
  ];
  const stack = await startStack({ data, simulatorArguments: given, onProgress: (text) => console.error(text) });
  try {
    return await withSource(stack, (collections, sourceId) => watch(stack, collections, sourceId, records));
  } finally {
    await stack.stop();
    data.release();
  }
}

async function withSource<T>(
  stack: Stack,
  work: (collections: Collections, sourceId: number) => Promise<T>,
): Promise<T> {
  const database = openDatabase({ uri: stack.mongodbUri, name: stack.mongodbDb });
  const temporal = await connectTemporal(stack.env);
  try {
    const collections = collectionsOf(database);
    const keyring = keyringOf(stack.env);
    const service = new SourceService({ collections, client: temporal.client, allowInsecure: true, keyring });
    const fields = new FieldService(collections);
    const options = { simulatorUrl: stack.simulatorUrl, pollInterval: '5s', fields };
    return await work(collections, await ensureSampleSource(service, [], options, false));
  } finally {
    await temporal.close();
    await database.close();
  }
}

async function watch(
  stack: Stack,
  collections: Collections,
  sourceId: number,
  records: number,
): Promise<Omit<Measured, 'gigabytes'>> {
  const startedAt = Date.now();
  const quarters = [0, 0, 0, 0];
  let told = 0;
  for (let stored = 0; stored < records; ) {
    const totals = await checkpointsOf(collections, sourceId);
    stored = totals.reduce((sum, { totals: { stored: of, quarantined } }) => sum + of + quarantined, 0);
    const quarter = Math.min(3, Math.floor((4 * stored) / records));
    quarters[quarter] = Math.max(quarters[quarter] ?? 0, residentMiB(stack.workerPid()));
    if (Date.now() - told > 10_000) {
      told = Date.now();
      console.error(
        `${stored} of ${records} records stored; worker ${quarters.map(Math.round).join(', ')} MiB by quarter`,
      );
    }
    await pause(SAMPLE_MS);
  }
  const seconds = (Date.now() - startedAt) / 1_000;
  const complete = isComplete(await compare(collections, sourceId, stack.simulatorUrl));
  const [first = 0, , , last = 0] = quarters;
  return { records, seconds, peakMiB: Math.max(...quarters), quartersMiB: quarters, growth: last / first, complete };
}

function textOf(
  { gigabytes, records, seconds, peakMiB, quartersMiB, growth, complete }: Measured,
  good: boolean,
): string {
  return [
    `${gigabytes} GB, ${records} records in ${seconds.toFixed(0)} s (${Math.round(records / seconds)} per second), ${complete ? 'all stored' : 'NOT all stored'}`,
    `peak of the worker ${peakMiB.toFixed(0)} MiB (limit ${LIMIT_MIB}); by quarter ${quartersMiB.map((mib) => mib.toFixed(0)).join(', ')} MiB; last over first ${growth.toFixed(2)} (limit ${GROWTH_LIMIT})`,
    good ? 'good' : 'NOT good',
  ].join('\n');
}
