/**
 * `npm run bench -- workers`: the backlog of many tenants with one worker process and with more, and with one of two that is killed
 * in the middle. Whole processes, as in `npm start`; all of them share this machine.
 */

import { Command } from 'commander';
import { positiveNumber, wholeNumber } from '../src/cli/arguments.js';
import { EXIT } from '../src/runtime/program.js';
import { machine } from './machine.js';
import { withStack } from './with-stack.js';
import { type Backlog, BacklogRounds } from './workers/backlog-rounds.js';

/** What a worker's death may cost, in seconds. */
const DEATH_LIMIT_SECONDS = 60;
const HISTORY_HOURS = 12;

interface Options {
  readonly n: readonly number[];
  readonly tenants: number;
  readonly records: number;
  readonly json?: boolean;
}

interface Measured {
  readonly machine: string;
  readonly tenants: number;
  readonly records: number;
  /** By number of workers. */
  readonly rounds: readonly (Backlog & { readonly workers: number })[];
  /** Of two workers, one was killed when half of the records were stored. */
  readonly killed: Backlog;
  readonly good: boolean;
}

export const workers = new Command('workers')
  .description('the backlog of many tenants with one worker and with more, and with one that is killed')
  .option('--n <numbers>', 'how many workers, in turns', (text) => text.split(',').map(wholeNumber), [1, 2, 4])
  .option('--tenants <n>', 'how many sources there are, of thirteen streams each', positiveNumber, 20)
  .option('--records <n>', 'of each tenant', positiveNumber, 10_000)
  .option('--json', 'last line: one JSON object')
  .action(measure);

async function measure({ n: counts, tenants, records, json = false }: Options): Promise<void> {
  // In files of some hundred records, and none of it as old as the sources look back.
  const rate = String(Math.ceil(records / (HISTORY_HOURS * 60)));
  const files = ['--history-file-interval', '2h', '--frozen', '--prepare'];
  const history = ['--history', `${HISTORY_HOURS}h`, '--history-rate', rate, ...files];
  const measured = await withStack('workers', ['--tenants', String(tenants), ...history], async (bench) => {
    const running = await BacklogRounds.open(bench, tenants);
    try {
      const rounds: (Backlog & { readonly workers: number })[] = [];
      for (const workerCount of counts) {
        const round = await running.collect({ workers: workerCount });
        bench.say(`${workerCount} workers: ${Math.round(round.recordsPerSecond)} records per second`);
        rounds.push({ workers: workerCount, ...round });
      }
      const killed = await running.collect({ workers: 2, killAtHalf: true });
      return { rounds, killed };
    } finally {
      await running.close();
    }
  });
  report({ machine: machine(), tenants, records: measured.killed.records, ...measured, good: isGood(measured) }, json);
}

function isGood({ rounds, killed }: Pick<Measured, 'rounds' | 'killed'>): boolean {
  const pair = rounds.find(({ workers: count }) => count === 2);
  const complete = [...rounds, killed].every(({ missing }) => missing === 0);
  return complete && (pair === undefined || killed.seconds - pair.seconds < DEATH_LIMIT_SECONDS);
}

function report(measured: Measured, json: boolean): void {
  console.log(json ? JSON.stringify(measured) : text(measured));
  if (!measured.good) process.exitCode = EXIT.failed;
}

function text({ machine: host, tenants, records, rounds, killed }: Measured): string {
  const [one] = rounds;
  const row = (name: string, { seconds, recordsPerSecond, missing }: Backlog) => {
    const ratio = one === undefined ? '' : (recordsPerSecond / one.recordsPerSecond).toFixed(2);
    return `| ${name} | ${seconds.toFixed(1)} s | ${Math.round(recordsPerSecond).toLocaleString('en')} | ${ratio} | ${missing} |`;
  };
  return [
    `${tenants} sources, ${records.toLocaleString('en')} records; ${host}`,
    '',
    '| workers | until all is stored | records per second | to the first row | not as the API has it |',
    '|:--|--:|--:|--:|--:|',
    ...rounds.map((round) => row(String(round.workers), round)),
    row('2, one killed in the middle', killed),
  ].join('\n');
}
