/** Before a deployment: checks that this version of the workflow code can go on with everything that runs. */

import { Command } from 'commander';
import { readEnvironment } from './config/environment.js';
import { type Installation, taskQueueOf } from './domain/contract/installation.js';
import { RefusedError } from './management/common/errors.js';
import { connectTemporal } from './management/temporal/temporal-client.js';
import { placeOf } from './management/temporal/temporal-command.js';
import { temporalRefusalText } from './management/temporal/temporal-errors.js';
import { countLive, liveHistories } from './runtime/live-histories.js';
import { createLogger, installTemporalLogger } from './runtime/logger.js';
import { EXIT, messageOf, runProgram } from './runtime/program.js';
import { type Replayed, replayHistories } from './runtime/replay-history.js';
import { environmentWithStack } from './runtime/running-stack.js';
import { stopOnSignals } from './runtime/stop-signals.js';
import { workflowCode } from './runtime/workflow-code.js';
import { openDatabase } from './store/database.js';
import { storedInstallation } from './store/installation-identity.js';
import { storeErrorFactsOf } from './store/mongo-error.js';

/** Between two lines of progress. */
const PROGRESS_MS = 2_000;

interface Options {
  readonly json?: boolean;
  readonly allowNone?: boolean;
}

async function main({ json = false, allowNone = false }: Options): Promise<void> {
  const env = environmentWithStack();
  const { logLevel } = readEnvironment(env);
  installTemporalLogger(createLogger(logLevel === 'info' ? 'silent' : logLevel, 'replay'));
  const { signal: stopping } = stopOnSignals(() => undefined);
  const installation = await installationIn(env);
  const { client, namespace, close } = await connectTemporal(env);
  const say = (line: string) => process.stderr.write(`${line}\n`);
  try {
    const { workflowBundle } = await workflowCode();
    const total = await countLive(client, installation);
    say(`${total} workflows run on the task queue ${taskQueueOf(installation)} of the namespace ${namespace}`);
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
    report(counts, failures, { json, allowNone, isWhole: !stopping.aborted });
  } catch (error) {
    const refusal = temporalRefusalText(error, placeOf(client));
    throw refusal === undefined ? error : new RefusedError(refusal);
  } finally {
    await close();
  }
}

/** As the programs have it: the name is given, or stands in the database. */
async function installationIn(env: NodeJS.ProcessEnv): Promise<Pick<Installation, 'name'>> {
  const { installation: given, mongodbUri: uri, mongodbDb } = readEnvironment(env);
  if (given !== undefined) return { name: given };
  const database = openDatabase({ uri, name: mongodbDb, appName: 'mimecast-replay' });
  try {
    const recorded = await storedInstallation(database);
    return recorded?.name === undefined ? {} : { name: recorded.name };
  } catch (error) {
    const reason = storeErrorFactsOf(error)?.message ?? messageOf(error);
    throw new Error(
      `Only MongoDB knows which installation is meant, and it does not answer (${reason}). Set MONGODB_URI and ` +
        'MONGODB_DB as for a worker, or MIMECAST_INSTALLATION.',
    );
  } finally {
    await database.close();
  }
}

interface Manner {
  readonly json: boolean;
  readonly allowNone: boolean;
  readonly isWhole: boolean;
}

function report(
  counts: Readonly<Record<Replayed['outcome'], number>>,
  failures: readonly Replayed[],
  { json, allowNone, isWhole }: Manner,
): void {
  const { replayed, nothing, failed } = counts;
  const isNothing = replayed === 0 && failed === 0 && isWhole;
  const good = failed === 0 && isWhole && (allowNone || !isNothing);
  const shownFailures = failures.map(({ workflowId, runId, error }) => ({ workflowId, runId, error: error?.message }));
  const summary = `${replayed} replayed, ${nothing} had nothing to replay, ${failed} failed`;
  const verdict = good
    ? 'This version can take them over.'
    : isNothing
      ? 'That proves nothing: is it the right server and installation? If nothing runs there, add --allow-none.'
      : isWhole
        ? 'This version cannot take over the failed ones: do not deploy it.'
        : 'Interrupted: the others were not checked.';
  const line = json ? JSON.stringify({ good, ...counts, failures: shownFailures }) : `${summary}. ${verdict}`;
  process.stdout.write(`${line}\n`);
  if (!good) process.exitCode = EXIT.failed;
}

await runProgram(
  new Command('replay')
    .description(
      'Replays the histories of all running sources, and of their backfill and verify, with the workflow code of this ' +
        'version: exit code 0 if it can take over all of them. Changes nothing. Which Temporal: TEMPORAL_ADDRESS, ' +
        'TEMPORAL_NAMESPACE, MIMECAST_INSTALLATION or MONGODB_URI and MONGODB_DB; see the README',
    )
    .option('--json', 'the result as one JSON object')
    .option('--allow-none', 'exit code 0 even if there is nothing to replay')
    .action(main),
);
process.exit();
