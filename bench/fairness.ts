/**
 * `npm run bench -- fairness`: what tenants with little traffic notice of one with a huge backlog. First they are alone, then the other
 * one collects beside them on the same worker. Whole processes, as in `npm start`.
 */

import { Command } from 'commander';
import { openDataFolder } from '../devstack/data-folder.js';
import { type SimulatorProcess, startSimulatorProcess } from '../devstack/simulator-process.js';
import { positiveNumber } from '../src/cli/arguments.js';
import { EXIT } from '../src/runtime/program.js';
import { checkpointsOf } from '../src/store/checkpoints.js';
import { openStackServices, type StackServices, tenantFile } from '../test/support/stack-services.js';
import { until } from '../test/support/until.js';
import { deliveriesAppearing } from './latency/appearing.js';
import { type Lateness, latenessOf } from './latency/lateness.js';
import { publishing } from './latency/publishing.js';
import { machine } from './machine.js';
import { type BenchStack, withStack } from './with-stack.js';

/** Records per minute of each small tenant. */
const TRICKLE = 60;
/** Of the large one's history, which is not as old as its source looks back. */
const HISTORY_HOURS = 12;
const START_LIMIT_MS = 15 * 60_000;
/** In poll intervals: how late 99 % of the small ones' records may be. */
const LATE_LIMIT = 2;

interface Options {
  readonly tenants: number;
  readonly records: number;
  readonly poll: number;
  readonly seconds: number;
  readonly json?: boolean;
}

interface Part extends Lateness {
  /** That the large tenant stored meanwhile, per second. */
  readonly recordsPerSecond: number;
}

interface Measured {
  readonly machine: string;
  readonly tenants: number;
  readonly pollSeconds: number;
  readonly alone: Part;
  readonly beside: Part;
  /** Of the large tenant's backlog, when the watching was over. */
  readonly left: number;
  readonly good: boolean;
}

export const fairness = new Command('fairness')
  .description('how late the records of many small tenants are, alone and beside one with a huge backlog')
  .option('--tenants <n>', 'small tenants, of thirteen streams each', positiveNumber, 50)
  .option('--records <n>', 'backlog of the large one', positiveNumber, 5_000_000)
  .option('--poll <seconds>', 'poll interval of the small ones', positiveNumber, 30)
  .option('--seconds <n>', 'how long each part is watched', positiveNumber, 120)
  .option('--json', 'last line: one JSON object')
  .action(measure);

async function measure(options: Options): Promise<void> {
  const { tenants } = options;
  const traffic = ['--tenants', String(tenants), '--history', '0s', '--rate', String(TRICKLE), '--file-interval', '1s'];
  const measured = await withStack('fairness', traffic, async (bench) => {
    const services = await openStackServices(bench.stack);
    try {
      return await watched(bench, services, options);
    } finally {
      await services.close();
    }
  });
  console.log(options.json ? JSON.stringify(measured) : text(measured));
  if (!measured.good) process.exitCode = EXIT.failed;
}

async function watched(bench: BenchStack, services: StackServices, options: Options): Promise<Measured> {
  const { tenants, records, poll } = options;
  const { stack, data, say } = bench;
  const publishedAt = publishing(data);
  const small = await startSmall(services, stack.simulatorUrl, options);
  say(`Watching ${tenants} tenants alone …`);
  const alone = await part(services, small, publishedAt, options);
  const large = openDataFolder(data.file('large'));
  const rate = String(Math.ceil(records / (HISTORY_HOURS * 60)));
  const history = ['--history', `${HISTORY_HOURS}h`, '--history-rate', rate, '--frozen', '--prepare'];
  let simulator: SimulatorProcess | undefined;
  try {
    simulator = await startSimulatorProcess(large, history);
    const { config, ...rest } = tenantFile(1, simulator.url, '5s').source;
    const file = { 'api.version': 'v1', source: { ...rest, config: { ...config, name: 'Large' } } };
    const { sourceId } = await services.service.start(file, 'bench');
    await until(
      () => storedBy(services, sourceId),
      (count) => count > 0,
    );
    say(`Watching them beside a backlog of ${records.toLocaleString('en')} records …`);
    const beside = await part(services, small, publishedAt, options, sourceId);
    const left = Math.max(0, records - (await storedBy(services, sourceId)));
    const good = beside.watched > 0 && beside.p99Ms < LATE_LIMIT * poll * 1_000 && left > 0;
    return { machine: machine(), tenants, pollSeconds: poll, alone, beside, left, good };
  } finally {
    await simulator?.stop();
    large.release();
  }
}

async function startSmall({ service }: StackServices, url: string, { tenants, poll }: Options): Promise<number[]> {
  const ids: number[] = [];
  for (let n = 1; n <= tenants; n += 1)
    ids.push((await service.start(tenantFile(n, url, `${poll}s`), 'bench')).sourceId);
  await until(
    () => service.list(),
    (all) => all.every(({ health, state }) => health === 'Healthy' && state === 'Collecting'),
    { limitMs: START_LIMIT_MS },
  );
  return ids;
}

async function part(
  services: StackServices,
  sourceIds: readonly number[],
  publishedAt: (time: number) => number,
  { seconds }: Options,
  large?: number,
): Promise<Part> {
  const [before, since] = [large === undefined ? 0 : await storedBy(services, large), performance.now()];
  const appeared = await deliveriesAppearing(services.collections, { forMs: seconds * 1_000, sourceIds });
  const after = large === undefined ? 0 : await storedBy(services, large);
  const recordsPerSecond = (after - before) / ((performance.now() - since) / 1_000);
  return { ...latenessOf(appeared, publishedAt), recordsPerSecond };
}

async function storedBy({ collections }: StackServices, sourceId: number): Promise<number> {
  const checkpoints = await checkpointsOf(collections, sourceId);
  return checkpoints.reduce((sum, { totals }) => sum + totals.stored, 0);
}

function text({ machine: host, tenants, pollSeconds, alone, beside, left }: Measured): string {
  const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;
  const row = (name: string, { watched: count, halfMs, p99Ms, mostMs, recordsPerSecond }: Part) => {
    const rate = Math.round(recordsPerSecond).toLocaleString('en');
    return `| ${name} | ${count.toLocaleString('en')} | ${[halfMs, p99Ms, mostMs].map(seconds).join(' | ')} | ${rate} |`;
  };
  return [
    `${tenants} tenants, polled every ${pollSeconds} s; ${host}`,
    '',
    '| | watched | half | 99 % | all | records per second of the large one |',
    '|:--|--:|--:|--:|--:|--:|',
    row('alone', alone),
    row('beside the backlog', beside),
    '',
    `${left.toLocaleString('en')} records of the backlog were left when the watching was over`,
  ].join('\n');
}
