/** `npm run fuzz`: inputs made up for each reader of outside bytes. Exit code 0 nothing found, 1 something, 2 wrong usage. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { EXIT, runProgram } from '../../src/runtime/program.js';
import { endWithReader, noticeOnStderr, stopOnSignals } from '../../src/runtime/stop-signals.js';
import { wholeFrom } from '../support/whole-option.js';
import { fuzzTarget, type TargetResult } from './fuzz-target.js';
import { findText, summaryOf } from './report.js';
import type { FuzzTarget } from './target.js';
import { MODULE, TARGETS } from './targets/list.js';
import { FuzzThread } from './thread.js';

interface Options {
  readonly seed: number;
  readonly from: number;
  readonly runs?: number;
  readonly seconds?: number;
  readonly target?: readonly string[];
  readonly limit: number;
  readonly save?: string;
  readonly json?: true;
}

const DEFAULT_RUNS = 2_000;
const TRIES = 400;

const program = new Command('fuzz')
  .description('Gives made-up inputs to each reader of outside bytes, and tells what they break.')
  .option('--seed <n>', 'which inputs are made up', wholeFrom(0), 1)
  .option('--runs <n>', `inputs for each target, ${DEFAULT_RUNS} unless --seconds is given`, wholeFrom(1))
  .option('--seconds <n>', 'time for all targets together', wholeFrom(1))
  .option('--from <n>', 'number of the first input', wholeFrom(0), 0)
  .option('--target <name...>', `only these: ${TARGETS.map(({ name }) => name).join(', ')}`)
  .option('--limit <seconds>', 'longest time for one input', wholeFrom(1), 5)
  .option('--save <folder>', 'writes each input that breaks something into a file there')
  .option('--json', 'last line of the output: one JSON object with the result')
  .addHelpText('after', '\nExit codes: 0 nothing found, 1 something found, 2 wrong usage.')
  .allowExcessArguments(false)
  .action(main);

const stopping = stopOnSignals(noticeOnStderr('Stopping …'), new Error('Stopped'));

async function main(options: Options): Promise<void> {
  const targets = chosen(options.target);
  const results: TargetResult[] = [];
  const thread = new FuzzThread({ module: MODULE, limitMs: options.limit * 1_000 });
  for (const target of targets) {
    if (stopping.signal.aborted) break;
    const result = await fuzzTarget(thread, target, limitsOf(options, targets.length));
    results.push(result);
    process.stderr.write(`${target.name}: ${result.ran} inputs, ${result.finds.length} finds\n`);
    for (const find of result.finds) process.stdout.write(`\n${findText(find)}\n`);
  }
  await thread.stop();
  if (options.save !== undefined) save(options.save, results);
  const summary = summaryOf(options.seed, results);
  const { inputs, finds } = summary;
  const stopped = stopping.signal.aborted ? ', stopped' : '';
  process.stdout.write(
    `\nseed ${options.seed}: ${results.length} of ${targets.length} targets, ${inputs} inputs, ${finds.length} finds${stopped}\n`,
  );
  if (options.json) process.stdout.write(`${JSON.stringify(summary)}\n`);
  process.exitCode = finds.length > 0 ? EXIT.failed : EXIT.done;
}

function chosen(names: readonly string[] | undefined): readonly FuzzTarget[] {
  const unknown = names?.find((name) => !TARGETS.some((target) => target.name === name));
  if (unknown !== undefined) program.error(`error: there is no target ${unknown}`, { exitCode: EXIT.usage });
  return names === undefined ? TARGETS : TARGETS.filter(({ name }) => names.includes(name));
}

/** Each target has an equal part of the time. */
function limitsOf({ seed, from, runs, seconds }: Options, count: number) {
  const until = seconds === undefined ? {} : { until: performance.now() + (seconds * 1_000) / count };
  const most = runs ?? (seconds === undefined ? DEFAULT_RUNS : Number.MAX_SAFE_INTEGER - from);
  const { signal } = stopping;
  return { seed, from, runs: most, tries: TRIES, signal, ...until };
}

function save(folder: string, results: readonly TargetResult[]): void {
  mkdirSync(folder, { recursive: true });
  for (const { finds } of results)
    for (const { target, seed, number, input } of finds)
      if (number !== undefined) writeFileSync(join(folder, `${target}-${seed}-${number}`), input);
}

endWithReader();
await runProgram(program);
process.exit();
