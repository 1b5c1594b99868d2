/** Anybody who may signal a workflow can send anything: the source must go on. */

import { expect, test } from 'vitest';
import { classify } from '../../src/domain/failures/failure.js';
import { FAULTS } from '../support/fake-activities.js';
import { type SourceRun, sourceRuns } from '../support/source-runs.js';
import { until } from '../support/until.js';

const runs = sourceRuns();
const failure = classify(FAULTS.unavailable);

/** The source still polls every stream when it is told to, and is well. */
async function expectWell(run: SourceRun): Promise<void> {
  const sweeps = run.fake.callsOf('sweep').length;
  const { totals } = await run.status();
  for (const stream of ['receipt', 'audit', 'dlp'] as const) run.fake.deliver(stream, 1);
  await run.signal('collectNow');
  await until(
    () => run.fake.callsOf('sweep').length,
    (count) => count > sweeps,
  );
  await run.when((snapshot) => snapshot.totals.stored === totals.stored + 3);
  await run.caughtUp();
  expect(await run.status()).toMatchObject({ state: 'Collecting', health: 'Healthy' });
}

test.for([
  ['nothing', []],
  ['null', [null]],
  ['a text', ['receipt']],
  ['an empty object', [{}]],
  ['a failure that is none', [{ subject: 'receipt', attempt: 1, failure: { type: 'Else' } }]],
  ['an unknown subject', [{ subject: 'weather', attempt: 1, failure }]],
  ['a subject of Object.prototype', [{ subject: '__proto__', attempt: 1, failure }]],
  ['a stream of another source', [{ subject: 'journal', attempt: 1, failure }]],
  ['a time that is a number', [{ subject: 'receipt', attempt: 1, failure, retryAt: 5 }]],
  ['a time that is null', [{ subject: 'receipt', attempt: 1, failure, retryAt: null }]],
  ['a time that is none', [{ subject: 'receipt', attempt: 1, failure, retryAt: 'soon' }]],
  ['an attempt that is no number', [{ subject: 'receipt', attempt: 'one', failure }]],
  ['a stream at which nothing fails', [{ subject: 'receipt', attempt: 3, failure }]],
  ['a stream that is said to be given up', [{ subject: 'dlp', attempt: 1, failure: { ...failure, retry: false } }]],
  ['a step that is long done', [{ subject: 'validate', attempt: 1, failure }]],
  ['a step that is said to be given up', [{ subject: 'sweep', attempt: 1, failure: { ...failure, retry: false } }]],
] as const)('attemptFailed with %s', async ([, payload]) => {
  const run = await runs.start();
  await run.caughtUp();
  await run.signal('attemptFailed', ...payload);
  await expectWell(run);
});

test.for([
  ['collectNow', [null]],
  ['collectNow', [{ now: true }, 2]],
  ['refresh', ['no such signal']],
  ['status', []],
] as const)('the signal %s with %j', async ([name, payload]) => {
  const run = await runs.start();
  await run.caughtUp();
  await run.signal(name, ...payload);
  await expectWell(run);
});

test('restart with a payload is a restart', async () => {
  const run = await runs.start();
  await run.caughtUp();
  await run.signal('restart', { remove: true }, null);
  await run.when(({ restarts }) => restarts === 1);
  await run.caughtUp();
  await expectWell(run);
});

/** Payloads that no converter of Temporal's can read: an unknown encoding, JSON that is none, and none that is named. */
test.for([
  ['an encoding that nobody knows', 'binary/sealed', 'x'],
  ['broken JSON', 'json/plain', '{"remove":'],
  ['no encoding', '', 'x'],
] as const)('a payload of %s counts as none', async ([, encoding, data]) => {
  const run = await runs.start();
  await run.caughtUp();
  const { client } = run.handle;
  const metadata = encoding === '' ? {} : { encoding: Buffer.from(encoding) };
  for (const signalName of ['attemptFailed', 'collectNow', 'restart']) {
    await client.workflowService.signalWorkflowExecution({
      namespace: client.options.namespace,
      workflowExecution: { workflowId: run.workflowId },
      signalName,
      input: { payloads: [{ metadata, data: Buffer.from(data) }] },
    });
  }
  await run.when(({ restarts }) => restarts === 1);
  await run.caughtUp();
  await expectWell(run);
});
