/** `npm run test:api`: calls made up from the OpenAPI document against the real stack. Exit code 0 good, 1 not, 2 usage. */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { EXIT, runProgram } from '../../../src/runtime/program.js';
import { noticeOnStderr, stopOnSignals } from '../../../src/runtime/stop-signals.js';
import { temporaryFolder } from '../../support/temporary-folder.js';
import { wholeFrom } from '../../support/whole-option.js';
import { startLiveStack } from './live-stack.js';
import { callsOf, failuresOf, failureText, isGood, type Result, roundText, summaryOf, tableOf } from './result.js';
import { type RoundResult, runRound } from './run-round.js';
import { installSchemathesis } from './schemathesis-install.js';

interface Options {
  readonly calls: number;
  readonly seed: number;
  readonly json?: true;
}

const program = new Command('test:api')
  .description(
    'Lets Schemathesis call the management API of a fresh stack, seed by seed, as its document describes it.',
  )
  .option('--calls <n>', 'go on with the next seed until so many calls were answered', wholeFrom(1), 10_000)
  .option('--seed <n>', 'the first seed', wholeFrom(0), 1)
  .option('--json', 'last line of the output: one JSON object with the result')
  .addHelpText(
    'after',
    '\nExit codes: 0 enough calls and no failure, 1 otherwise, 2 wrong usage. "--seed N --calls 1" plays one seed again.',
  )
  .allowExcessArguments(false)
  .action(main);

const stopping = stopOnSignals(
  noticeOnStderr('Stopping the servers …'),
  new Error('Stopped before there were enough calls'),
);

async function main({ calls: wanted, seed, json }: Options): Promise<void> {
  const say = (text: string) => void process.stderr.write(`${text}\n`);
  // Not on any exit: what dies hard leaves servers that still write, and the next run removes its folder.
  const folder = temporaryFolder();
  const result = await callAll(folder.path, { wanted, seed }, say).finally(() => folder.remove());
  for (const failure of failuresOf(result.rounds)) process.stdout.write(`\n${failureText(failure)}\n`);
  for (const facts of result.troubles) process.stdout.write(`\n${facts}\n`);
  process.stdout.write(`\n${tableOf(result)}\n`);
  if (json) process.stdout.write(`${JSON.stringify(summaryOf(result))}\n`);
  process.exitCode = isGood(result) ? EXIT.done : EXIT.failed;
}

async function callAll(
  folder: string,
  { wanted, seed: first }: { readonly wanted: number; readonly seed: number },
  say: (text: string) => void,
): Promise<Result> {
  const { signal } = stopping;
  const python = await installSchemathesis(say, signal);
  say('Starting Temporal, MongoDB, the simulator, a worker and the server …');
  const stack = await startLiveStack(join(folder, 'data'), say);
  const rounds: RoundResult[] = [];
  try {
    for (let seed = first; callsOf(rounds) < wanted; seed += 1) {
      signal.throwIfAborted();
      const round = join(folder, `seed-${seed}`);
      mkdirSync(round);
      const result = await runRound({ stack, python, folder: round, seed, signal });
      if (result.calls === 0) throw new Error(`Seed ${seed} made no call that was answered`);
      rounds.push(result);
      say(roundText(result, callsOf(rounds), wanted));
    }
    return { wanted, rounds, troubles: stack.selfEnds };
  } finally {
    say('Stopping the servers …');
    await stack.stop();
  }
}

await runProgram(program);
process.exit();
