/**
 * `npm run bench -- ingest`: how many records a second the real worker and workflow bring from the simulator's socket to
 * acknowledged majority writes, beside what MongoDB and a bare loop do with the same records in the same run. In turns; of
 * each, the median of the rounds.
 */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { positiveNumber } from '../src/cli/arguments.js';
import { generatedInput, givenInput, type Input } from './ingest/input.js';
import { mongoimport } from './ingest/mongoimport.js';
import { type Measured, medianOf, type Round, text } from './ingest/report.js';
import { type Speed, WorkerRounds } from './ingest/worker-rounds.js';
import { machine } from './machine.js';
import { type BenchStack, withStack } from './with-stack.js';

interface Options {
  readonly input?: string;
  readonly records: number;
  readonly rounds: number;
  readonly json?: boolean;
}

export const ingest = new Command('ingest')
  .description('records per second from the API to majority writes, beside those of MongoDB alone and of a bare loop')
  .option(
    '--input <file>',
    'NDJSON of SIEM records, also .gz (default: generated receipt, process and delivery records)',
  )
  .option('--records <n>', 'how many are generated', positiveNumber, 150_000)
  .option('--rounds <n>', 'of which the medians are shown', positiveNumber, 3)
  .option('--json', 'last line: one JSON object')
  .action(measure);

async function measure({ input: file, records, rounds, json = false }: Options): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'mimecast-ingest-'));
  try {
    console.error(file === undefined ? `Generating ${records} records …` : `Reading ${file} …`);
    const input = await (file === undefined ? generatedInput(folder, records) : givenInput(folder, file));
    const given = ['--records', folder, '--rate', '0', '--frozen'];
    const measured = await withStack('ingest', given, (bench) => inTurns(bench, input, rounds));
    console.log(json ? JSON.stringify(measured) : text(measured));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function inTurns({ stack, say }: BenchStack, input: Input, count: number): Promise<Measured> {
  const worker = await WorkerRounds.open(stack, input.lines);
  try {
    const rounds: Round[] = [];
    for (let at = 1; at <= count; at += 1) {
      const floors = {
        mongodb: floor('mongodb', input, stack.mongodbUri),
        loop: floor('loop', input, stack.mongodbUri),
        indicatorLoop: floor('indicatorLoop', input, stack.mongodbUri),
        mongoimport: mongoimport(input, stack.mongodbUri),
      };
      const { fresh, again } = await worker.freshAndAgain();
      const withRules = await worker.withRules();
      const round = { ...floors, fresh, again, withRules };
      rounds.push(round);
      say(`round ${at} of ${count}: ${Math.round(fresh.recordsPerSecond)} records per second`);
    }
    const total = [...input.lines.values()].reduce((sum, lines) => sum + lines, 0);
    return {
      machine: machine(),
      records: total,
      bytesPerRecord: input.bytes / total,
      rounds,
      median: medianOf(rounds),
    };
  } finally {
    await worker.close();
  }
}

const FLOOR = fileURLToPath(new URL('ingest/floor.ts', import.meta.url));

function floor(kind: string, { folder }: Input, uri: string): Speed {
  const args = ['--max-old-space-size=8192', '--import', 'tsx', FLOOR, kind, folder, uri, 'bench_floor'];
  const { stdout, status } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) throw new Error(`the measurement ${kind} ended with code ${status}`);
  const { records, seconds, cpuSeconds } = JSON.parse(stdout);
  return { recordsPerSecond: records / seconds, cpuMicros: (cpuSeconds / records) * 1e6 };
}
