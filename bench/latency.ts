/**
 * `npm run bench -- latency`: how long after a record can be had from the API it can be read in MongoDB. Once almost without
 * traffic, once under load. Whole processes, as in `npm start`.
 */

import { Command } from 'commander';
import { positiveNumber } from '../src/cli/arguments.js';
import { EXIT } from '../src/runtime/program.js';
import { openStackServices, tenantFile } from '../test/support/stack-services.js';
import { until } from '../test/support/until.js';
import { type Appeared, deliveriesAppearing } from './latency/appearing.js';
import { type Lateness, latenessOf } from './latency/lateness.js';
import { publishing } from './latency/publishing.js';
import { machine } from './machine.js';
import { withStack } from './with-stack.js';

/** Records a second where there is nearly no traffic: enough for a figure in a minute. */
const QUIET = 5;
/** How far above the poll interval half and 99 % of the records may be, in ms. */
const HALF_LIMIT_MS = 500;
const P99_LIMIT_MS = 2_000;
/** So often a file appears. */
const FILE_INTERVAL_MS = 1_000;

interface Options {
  readonly rate: number;
  readonly poll: number;
  readonly seconds: number;
  readonly json?: boolean;
}

interface Part extends Lateness {
  /** Records of all streams, per second, as asked for. One in a few is a delivery, which is watched. */
  readonly rate: number;
  readonly good: boolean;
}

interface Measured {
  readonly machine: string;
  readonly pollSeconds: number;
  readonly parts: readonly Part[];
}

export const latency = new Command('latency')
  .description('from the moment that the API has a record until it can be read in MongoDB')
  .option('--rate <n>', 'records per second under load', positiveNumber, 2_000)
  .option('--poll <seconds>', 'poll interval', positiveNumber, 5)
  .option('--seconds <n>', 'how long each part is watched', positiveNumber, 60)
  .option('--json', 'last line: one JSON object')
  .action(measure);

async function measure(options: Options): Promise<void> {
  const parts: Part[] = [];
  for (const rate of [QUIET, options.rate]) parts.push(await watched(rate, options));
  const measured: Measured = { machine: machine(), pollSeconds: options.poll, parts };
  console.log(options.json ? JSON.stringify(measured) : text(measured));
  if (!parts.every(({ good }) => good)) process.exitCode = EXIT.failed;
}

async function watched(rate: number, { poll, seconds }: Options): Promise<Part> {
  const traffic = ['--history', '0s', '--rate', String(rate * 60), '--file-interval', `${FILE_INTERVAL_MS}ms`];
  return withStack('latency', traffic, async ({ stack, data, say }) => {
    const { service, collections, close } = await openStackServices(stack);
    try {
      const publishedAt = publishing(data);
      const { sourceId } = await service.start(tenantFile(1, stack.simulatorUrl, `${poll}s`), 'bench');
      // What had piled up before is no part of the figures.
      await until(
        () => service.status(String(sourceId)),
        ({ snapshot }) => snapshot?.stage === 'Collecting' && snapshot.streams.every(({ caughtUp }) => caughtUp),
      );
      say(`Watching ${rate} records per second for ${seconds} s …`);
      const appeared = await deliveriesAppearing(collections, { forMs: seconds * 1_000, sourceIds: [sourceId] });
      return partOf(rate, poll, appeared, publishedAt);
    } finally {
      await close();
    }
  });
}

function partOf(
  rate: number,
  poll: number,
  appeared: readonly Appeared[],
  publishedAt: (time: number) => number,
): Part {
  const late = latenessOf(appeared, publishedAt);
  const { watched: count, halfMs, p99Ms } = late;
  const good = count > 0 && halfMs < poll * 1_000 + HALF_LIMIT_MS && p99Ms < poll * 1_000 + P99_LIMIT_MS;
  return { rate, ...late, good };
}

function text({ machine: host, pollSeconds, parts }: Measured): string {
  const rows = parts.map(
    ({ rate, watched: count, halfMs, p99Ms, mostMs }) =>
      `| ${rate.toLocaleString('en')} | ${count.toLocaleString('en')} | ${[halfMs, p99Ms, mostMs].map((ms) => `${(ms / 1_000).toFixed(2)} s`).join(' | ')} |`,
  );
  return [
    `Polls of ${pollSeconds} s; ${host}`,
    '',
    '| records per second | watched | half | 99 % | all |',
    '|--:|--:|--:|--:|--:|',
    ...rows,
  ].join('\n');
}
