/**
 * `npm run bench -- recovery`: how long it takes after a restart until all sources are polled again. Histories are as long
 * as they get; then the worker is killed (SIGKILL), ended (SIGTERM), and Temporal is killed. Whole processes, as in
 * `npm start`.
 */

import { cpus, totalmem } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { Command } from 'commander';
import { positiveNumber } from '../src/cli/arguments.js';
import { EXIT } from '../src/runtime/program.js';
import { Fleet } from './recovery/fleet.js';
import { cpuSeconds, residentMiB, temporalPid } from './recovery/processes.js';
import { type Measured, type Outage, text } from './recovery/report.js';
import { withStack } from './with-stack.js';

/** Sources that are polled a second at most, so that the machine is not busy before anything has happened. */
const MAX_POLLS_PER_SECOND = 14;

interface Options {
  readonly sources: number;
  readonly events?: number;
  readonly json?: boolean;
}

export const recovery = new Command('recovery')
  .description('the time until all sources are polled again after the worker or Temporal was killed')
  .option('--sources <n>', 'how many there are, of thirteen streams each', positiveNumber, 69)
  .option('--events <n>', 'let each history grow to so many events first (default: as long as it gets)', positiveNumber)
  .option('--json', 'last line: one JSON object')
  .action(measure);

async function measure({ sources, events, json = false }: Options): Promise<void> {
  const simulatorArguments = ['--tenants', String(sources), '--history', '1h', '--history-rate', '1', '--rate', '6'];
  await withStack('recovery', simulatorArguments, async ({ stack, data, say }) => {
    const pollSeconds = Math.max(5, Math.ceil(sources / MAX_POLLS_PER_SECOND));
    const fleet = await Fleet.start(stack, { sources, pollSeconds, say });
    try {
      const outages: Outage[] = [];
      const strikes = {
        'worker killed': () => process.kill(stack.workerPid(), 'SIGKILL'),
        'worker ended': () => process.kill(stack.workerPid(), 'SIGTERM'),
        'Temporal killed': () => process.kill(temporalPid(data), 'SIGKILL'),
      };
      for (const [name, strike] of Object.entries(strikes)) {
        const length = await fleet.grow(events);
        say(`${name}, with histories of ${length.median} events (longest ${length.longest}) …`);
        const cpuBefore = cpuSeconds(stack.workerPid());
        const runs = await fleet.runs();
        const since = Date.now();
        strike();
        const { half, most, all } = await fleet.untilPolled(since);
        // A worker that was started again has used no time before.
        const cpuNow = cpuSeconds(stack.workerPid());
        const cpu = name === 'Temporal killed' ? cpuNow - cpuBefore : cpuNow;
        const late = await fleet.timedOutTasks(runs, since);
        outages.push({ name, ...length, half, most, all, cpu, late });
        say(`  half after ${half} s, 99 % after ${most} s, all after ${all} s; ${late} workflow tasks over the limit`);
        await pause(pollSeconds * 1_000);
      }
      const measured: Measured = {
        sources,
        pollSeconds,
        machine: `${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`,
        workerMiB: Math.round(residentMiB(stack.workerPid())),
        outages,
      };
      console.log(json ? JSON.stringify(measured) : text(measured));
      if (outages.some(({ late }) => late > 0)) process.exitCode = EXIT.failed;
    } finally {
      await fleet.close();
    }
  });
}
