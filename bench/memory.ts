/**
 * `npm run bench -- memory`: the worker's memory while it collects gigabytes. Whole processes, as in `npm start`; the
 * simulator serves files of about 200 MB, in several streams at once.
 */

import { once } from 'node:events';
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createGzip } from 'node:zlib';
import { Command } from 'commander';
import { compare, isComplete } from '../devstack/comparison.js';
import type { Stack } from '../devstack/stack.js';
import { positiveNumber, wholeNumber } from '../src/cli/arguments.js';
import { EXIT } from '../src/runtime/program.js';
import { checkpointsOf } from '../src/store/checkpoints.js';
import type { Collections } from '../src/store/collections.js';
import { SeededRandom } from '../test/support/random.js';
import { openStackServices, tenantFile } from '../test/support/stack-services.js';
import { Fleet } from './recovery/fleet.js';
import { residentMiB } from './recovery/processes.js';
import { withStack } from './with-stack.js';

const STREAMS = ['receipt', 'process', 'delivery', 'url_protect'] as const;
const LINE_BYTES = 2_000;
const LINES_PER_FILE = 100_000;
/** The worker may not need more, in MiB, and the last quarter not much more than the first. */
const LIMIT_MIB = 400;
const GROWTH_LIMIT = 1.25;
const SAMPLE_MS = 250;
/** Of the sources in which nothing happens: none is polled again during the measurement. */
const QUIET_POLL_SECONDS = 3_600;

export const memory = new Command('memory')
  .description("the worker's peak memory while it collects gigabytes of NDJSON, by quarters of the run")
  .option('--gigabytes <n>', 'of NDJSON, unzipped', positiveNumber, 2)
  .option('--cached <n>', 'how many other sources the worker has, in which nothing happens', wholeNumber)
  .option('--json', 'last line: one JSON object')
  .action(measure);

interface Options {
  readonly gigabytes: number;
  readonly cached?: number;
  readonly json?: boolean;
}

interface Measured {
  readonly gigabytes: number;
  /** How many other sources the worker has. */
  readonly cached: number;
  /** Its resident memory before it collects, MiB. */
  readonly cachedMiB: number;
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

async function measure({ gigabytes, cached = 0, json = false }: Options): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'mimecast-memory-'));
  try {
    const lines = Math.round((gigabytes * 1e9) / LINE_BYTES / STREAMS.length);
    console.error(`Writing ${gigabytes} GB of NDJSON …`);
    await Promise.all(STREAMS.map((stream, index) => writeRecords(folder, stream, lines, index)));
    const measured = { gigabytes, cached, ...(await run(folder, lines * STREAMS.length, cached)) };
    const good = measured.complete && measured.peakMiB < LIMIT_MIB && measured.growth < GROWTH_LIMIT;
    console.log(json ? JSON.stringify({ good, ...measured }) : textOf(measured, good));
    if (!good) process.exitCode = EXIT.failed;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function writeRecords(folder: string, stream: string, lines: number, seed: number): Promise<void> {
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

async function run(folder: string, records: number, cached: number): Promise<Omit<Measured, 'gigabytes' | 'cached'>> {
  const given = ['--records', folder, '--rate', '0', '--frozen', '--lines-per-file', String(LINES_PER_FILE)];
  // The records are those of the first tenant; the others have none.
  const traffic = [...given, '--tenants', String(cached + 1)];
  return withStack('memory', traffic, async ({ stack, say }) => {
    const { service, collections, close } = await openStackServices(stack);
    let others: Fleet | undefined;
    try {
      if (cached > 0)
        others = await Fleet.start(stack, { pollSeconds: QUIET_POLL_SECONDS, sources: cached, firstTenant: 2, say });
      const cachedMiB = residentMiB(stack.workerPid());
      if (cached > 0) say(`The worker has ${cached} sources: ${cachedMiB.toFixed(0)} MiB`);
      const { sourceId } = await service.start(tenantFile(1, stack.simulatorUrl, '5s'), 'bench');
      return { cachedMiB, ...(await watch(stack, collections, sourceId, records, say)) };
    } finally {
      await others?.close();
      await close();
    }
  });
}

async function watch(
  stack: Stack,
  collections: Collections,
  sourceId: number,
  records: number,
  say: (line: string) => void,
): Promise<Omit<Measured, 'gigabytes' | 'cached' | 'cachedMiB'>> {
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
      say(`${stored} of ${records} records stored; worker ${quarters.map(Math.round).join(', ')} MiB by quarter`);
    }
    await pause(SAMPLE_MS);
  }
  const seconds = (Date.now() - startedAt) / 1_000;
  const complete = isComplete(await compare(collections, sourceId, stack.simulatorUrl));
  const [first = 0, , , last = 0] = quarters;
  return { records, seconds, peakMiB: Math.max(...quarters), quartersMiB: quarters, growth: last / first, complete };
}

function textOf(
  { gigabytes, cached, cachedMiB, records, seconds, peakMiB, quartersMiB, growth, complete }: Measured,
  good: boolean,
): string {
  return [
    `the worker with ${cached} other sources: ${cachedMiB.toFixed(0)} MiB`,
    `${gigabytes} GB, ${records} records in ${seconds.toFixed(0)} s (${Math.round(records / seconds)} per second), ${complete ? 'all stored' : 'NOT all stored'}`,
    `peak of the worker ${peakMiB.toFixed(0)} MiB (limit ${LIMIT_MIB}); by quarter ${quartersMiB.map((mib) => mib.toFixed(0)).join(', ')} MiB; last over first ${growth.toFixed(2)} (limit ${GROWTH_LIMIT})`,
    good ? 'good' : 'NOT good',
  ].join('\n');
}
