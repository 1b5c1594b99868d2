/** Before a deployment: checks that this version of the workflow code can go on with everything that runs. */

import { Command } from 'commander';
import { readEnvironment } from './config/environment.js';
import { connectTemporal } from './management/temporal-client.js';
import { countLive, liveHistories } from './runtime/live-histories.js';
import { createLogger, installTemporalLogger } from './runtime/logger.js';
import { EXIT, runProgram } from './runtime/program.js';
import { type Replayed, replayHistories } from './runtime/replay-history.js';
import { environmentWithStack } from './runtime/running-stack.js';
import { stopOnSignals } from './runtime/stop-signals.js';
import { workflowCode } from './runtime/workflow-code.js';

/** Between two lines of progress. */
const PROGRESS_MS = 2_000;

interface Options {
  readonly json?: boolean;
}

async function main({ json = false }: Options): Promise<void> {
  const env = environmentWithStack();
  const { installation: name, logLevel } = readEnvironment(env);
  installTemporalLogger(createLogger(logLevel === 'info' ? 'silent' : logLevel, 'replay'));
  const { signal: stopping } = stopOnSignals(() => undefined);
  const { client, namespace, close } = await connectTemporal(env);
  const say = (line: string) => process.stderr.write(`${line}\n`);
  try {
    const installation = name === undefined ? {} : { name };
    const { workflowBundle } = await workflowCode();
    const total = await countLive(client, installation);
    say(`${total} workflows run in the namespace ${namespace}`);
    const counts = { replayed: 0, nothing: 0, failed: 0 };
    const failures: Replayed[] = [];
    let toldAt = Date.now();
    for await (const one of replayHistories(workflowBundle, liveHistories(client, installation))) {
      counts[one.outcome] += 1;
      if (one.outcome === 'failed') {
        failures.push(one);
        say(`FAILED ${one.workflowId} (run ${one.runId}): ${one.error?.message.split('\n')[0]}`);
      }
      if (stopping.aborted) break;
      if (Date.now() - toldAt < PROGRESS_MS) continue;
      toldAt = Date.now();
      say(`${counts.replayed + counts.nothing + counts.failed} of ${total}`);
    }
    report(counts, failures, { json, isWhole: !stopping.aborted });
  } finally {
    await close();
  }
}

interface Manner {
  readonly json: boolean;
  readonly isWhole: boolean;
}

function report(
  counts: Readonly<Record<Replayed['outcome'], number>>,
  failures: readonly Replayed[],
  { json, isWhole }: Manner,
): void {
  const { replayed, nothing, failed } = counts;
  const good = failed === 0 && isWhole;
  const told = failures.map(({ workflowId, runId, error }) => ({ workflowId, runId, error: error?.message }));
  const summary = `${replayed} replayed, ${nothing} had nothing to replay, ${failed} failed`;
  const verdict = good
    ? 'This version can go on with them.'
    : isWhole
      ? 'This version cannot go on with those: do not deploy it.'
      : 'Interrupted: the others were not looked at.';
  const line = json ? JSON.stringify({ good, ...counts, failures: told }) : `${summary}. ${verdict}`;
  process.stdout.write(`${line}\n`);
  if (!good) process.exitCode = EXIT.failed;
}

await runProgram(
  new Command('replay')
    .description(
      'Replays the histories of all running sources, and of their backfill and verify, with the workflow code of this ' +
        'version: exit code 0 when it can go on with all of them. Changes nothing. Which Temporal: TEMPORAL_ADDRESS, ' +
        'TEMPORAL_NAMESPACE, MIMECAST_INSTALLATION; see the README',
    )
    .option('--json', 'the result as one JSON object')
    .action(main),
);
process.exit();
