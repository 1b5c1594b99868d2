/**
 * `npm run bench -- replay`: what the longest history that the workflow makes costs to replay. All thirteen streams fail, and
 * so each attempt is an event of its own: nothing makes histories longer.
 */

import { setTimeout as pause } from 'node:timers/promises';
import { DefaultLogger, type History, Runtime, Worker } from '@temporalio/worker';
import { Command } from 'commander';
import { positiveNumber } from '../src/cli/arguments.js';
import { EXIT } from '../src/runtime/program.js';
import { PAUSE_PROOF } from '../src/runtime/worker-limits.js';
import { workflowCode } from '../src/runtime/workflow-code.js';
import { Fleet } from './recovery/fleet.js';
import { withStack } from './with-stack.js';

/** CPU time, in milliseconds. */
const LIMIT_MS = 100;
const ROUNDS = 20;
const LOOK_MS = 1_000;

interface Options {
  readonly minutes: number;
  readonly json?: boolean;
}

export const replay = new Command('replay')
  .description('CPU time for a replay of the longest history that the workflow makes')
  .option('--minutes <n>', 'how long to look for it, while all streams of a source fail', positiveNumber, 3)
  .option('--json', 'last line: one JSON object')
  .action(measure);

async function measure({ minutes, json = false }: Options): Promise<void> {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const { workflowId, history } = await longestHistory(minutes);
  const once = await cpuOfReplays(workflowId, history, 1);
  const many = await cpuOfReplays(workflowId, history, ROUNDS + 1);
  // The start of the worker is in both.
  const cpuMs = (many - once) / ROUNDS;
  const events = history.events?.length ?? 0;
  const good = cpuMs < LIMIT_MS;
  const measured = { good, events, cpuMs: Math.round(cpuMs), limitMs: LIMIT_MS };
  console.log(
    json
      ? JSON.stringify(measured)
      : `The longest history has ${events} events; a replay takes ${cpuMs.toFixed(0)} ms of CPU (limit ${LIMIT_MS}): ${good ? 'good' : 'NOT good'}`,
  );
  if (!good) process.exitCode = EXIT.failed;
}

/** Of one source whose streams all fail, watched for some minutes. */
function longestHistory(minutes: number): Promise<{ readonly workflowId: string; readonly history: History }> {
  return withStack('replay', ['--rate', '60'], async ({ stack, say }) => {
    const fleet = await Fleet.start(stack, { sources: 1, pollSeconds: 5, say });
    try {
      await fleet.failAll();
      let longest: Awaited<ReturnType<typeof fleet.longestRun>> | undefined;
      for (const end = Date.now() + minutes * 60_000; Date.now() < end; await pause(LOOK_MS)) {
        const run = await fleet.longestRun();
        if (run.length > (longest?.length ?? 0)) longest = run;
      }
      if (longest === undefined) throw new Error('there was no run');
      say(`The longest run had ${longest.length} events`);
      return { workflowId: longest.workflowId, history: await fleet.historyOf(longest) };
    } finally {
      await fleet.close();
    }
  });
}

async function cpuOfReplays(workflowId: string, history: History, times: number): Promise<number> {
  const copies = (async function* () {
    for (let n = 0; n < times; n += 1) yield { workflowId, history };
  })();
  const before = process.cpuUsage();
  for await (const { error } of Worker.runReplayHistories({ ...PAUSE_PROOF, ...(await workflowCode()) }, copies)) {
    if (error !== undefined) throw error;
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}
