/** `npm run bench -- profile`: where the worker's time goes while it collects a backlog. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { positiveNumber } from '../src/cli/arguments.js';
import { generatedInput, givenInput } from './ingest/input.js';
import { WorkerRounds } from './ingest/worker-rounds.js';
import { machine } from './machine.js';
import { Inspector } from './profile/inspector.js';
import { type Share, summaryOf } from './profile/summary.js';
import { withStack } from './with-stack.js';

interface Options {
  readonly input?: string;
  readonly records: number;
  readonly output?: string;
  readonly json?: boolean;
}

export const profile = new Command('profile')
  .description("where the worker's time goes while it collects a backlog, by folder and by library")
  .option(
    '--input <file>',
    'NDJSON of SIEM records, also .gz (default: generated receipt, process and delivery records)',
  )
  .option('--records <n>', 'how many are generated', positiveNumber, 150_000)
  .option('--output <file>', 'also write the profile, for the developer tools of Chromium (.cpuprofile)')
  .option('--json', 'last line: one JSON object')
  .action(measure);

async function measure({ input: file, records, output, json = false }: Options): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'mimecast-profile-'));
  try {
    const input = await (file === undefined ? generatedInput(folder, records) : givenInput(folder, file));
    const given = ['--records', folder, '--rate', '0', '--frozen'];
    await withStack('profile', given, async ({ stack }) => {
      const worker = await WorkerRounds.open(stack, input.lines);
      try {
        const inspector = await Inspector.open(stack.workerPid());
        const speed = await worker.fresh(() => inspector.begin());
        const recorded = await inspector.end();
        if (output !== undefined) writeFileSync(output, JSON.stringify(recorded));
        const measured = { machine: machine(), ...speed, ...summaryOf(recorded) };
        const { busySeconds, places, functions } = measured;
        const head = `${busySeconds.toFixed(1)} s of processor time in JavaScript; ${measured.machine}`;
        console.log(json ? JSON.stringify(measured) : [head, '', ...rows(places), '', ...rows(functions)].join('\n'));
      } finally {
        await worker.close();
      }
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function rows(shares: readonly Share[]): string[] {
  return shares.map(({ name, percent }) => `${percent.toFixed(1).padStart(5)} %  ${name}`);
}
