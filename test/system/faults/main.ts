/** `npm run test:faults`: the fault suite, seed by seed. Exit code 0 all kept, 1 a promise broken, 2 wrong usage. */

import { Command, InvalidArgumentError, Option } from 'commander';
import { EXIT, runProgram } from '../../../src/runtime/program.js';
import { noticeOnStderr, stopOnSignals } from '../../../src/runtime/stop-signals.js';
import { failureOf, markdown, report, summaryOf } from './report.js';
import { isGood, type RunResult } from './result.js';
import { runSeed } from './run-seed.js';
import { LEAST_DURATION_MS } from './schedule.js';

interface Options {
  readonly seed?: number;
  readonly seeds: number;
  readonly records?: number;
  readonly duration: number;
  readonly limit: number;
  readonly s3?: true;
  readonly objects?: number;
  readonly markdown?: true;
  readonly json?: true;
}

const DEFAULTS = { seeds: 5, duration: 40, limit: 240, objects: 1_000 } as const;
/** Of the API; with buckets it is one source of four. */
const RECORDS = { api: 26_000, s3: 8_000 } as const;

const program = new Command('test:faults')
  .description('Kills, cuts and corrupts everything around a source by a seeded schedule, and compares what is stored.')
  .addOption(new Option('--seed <n>', 'run this seed alone').argParser(whole(0)).conflicts('seeds'))
  .addOption(
    new Option('--seeds <n>', 'run the seeds 1 to n, one after another').argParser(whole(1)).default(DEFAULTS.seeds),
  )
  .option(
    '--records <n>',
    `about how many records the API has (default: ${RECORDS.api}, with --s3 ${RECORDS.s3})`,
    whole(1_000),
  )
  .option('--duration <s>', 'seconds in which faults strike', whole(LEAST_DURATION_MS / 1_000), DEFAULTS.duration)
  .option('--limit <s>', 'seconds after the faults in which the source must be at rest', whole(1), DEFAULTS.limit)
  .option('--s3', 'sources that read and write buckets, in place of one that reads the API alone')
  .option(
    '--objects <n>',
    `with --s3: how many lie in the bucket at the start (default: ${DEFAULTS.objects})`,
    whole(1),
  )
  .option('--markdown', 'print the tables once more, as the documentation has them')
  .option('--json', 'last line of the output: one JSON object with all results')
  .addHelpText(
    'after',
    '\nExit codes: 0 nothing lost, twice or stuck, 1 otherwise, 2 wrong usage. A run that fails keeps its data and logs.',
  )
  .allowExcessArguments(false)
  .action(main);

const stopping = stopOnSignals(
  noticeOnStderr('Stopping the servers …'),
  new Error('Stopped before the suite was through'),
);

async function main(options: Options): Promise<void> {
  if (options.objects !== undefined && !options.s3) program.error('--objects is for a run with --s3');
  const seeds = options.seed === undefined ? Array.from({ length: options.seeds }, (_, at) => at + 1) : [options.seed];
  const say = (text: string) => void process.stderr.write(`${text}\n`);
  const results: RunResult[] = [];
  for (const [at, seed] of seeds.entries()) {
    say(`\nseed ${seed} (${at + 1} of ${seeds.length})`);
    const { records = RECORDS[options.s3 ? 's3' : 'api'], duration, limit, objects = DEFAULTS.objects } = options;
    const times = { durationMs: duration * 1_000, limitMs: limit * 1_000 };
    const buckets = options.s3 ? { buckets: { objects } } : {};
    const result = await runSeed({ seed, records, ...times, ...buckets, say, signal: stopping.signal });
    results.push(result);
    if (!isGood(result)) say(failureOf(result, replay(options)));
  }
  process.stdout.write(`\n${report(results, replay(options))}\n`);
  if (options.markdown) process.stdout.write(`\n${markdown(results)}\n`);
  if (options.json) process.stdout.write(`${JSON.stringify({ ...summaryOf(results), runs: results })}\n`);
  process.exitCode = results.every(isGood) ? EXIT.done : EXIT.failed;
}

function replay({ records, duration, s3, objects }: Options): (seed: number) => string {
  const changed = [
    ...(s3 ? ['--s3'] : []),
    ...(objects === undefined ? [] : [`--objects ${objects}`]),
    ...(records === undefined ? [] : [`--records ${records}`]),
    ...(duration === DEFAULTS.duration ? [] : [`--duration ${duration}`]),
  ];
  return (seed) => ['npm run test:faults --', `--seed ${seed}`, ...changed].join(' ');
}

function whole(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least)
      throw new InvalidArgumentError(`It must be a whole number from ${least}.`);
    return value;
  };
}

await runProgram(program);
process.exit();
