/** A connection that hangs: each attempt ends by the limit of the request. */

import { expect, test } from 'vitest';
import type { ErrorFacts } from '../../src/domain/failures/failure.js';
import { FAULTS, type FakeSource } from '../support/fake-activities.js';
import { timeSkippingRuns } from '../support/time-skipping-runs.js';

const MINUTE = 60_000;
const HUNG: ErrorFacts = { origin: 'mimecast', cause: 'timeout', endpoint: 'batch list', message: 'no answer in time' };
const HUNG_FILE: ErrorFacts = { origin: 'file', cause: 'timeout', message: 'the file stopped in the middle' };
const runs = timeSkippingRuns();

function hourly(fake: FakeSource): void {
  fake.settings = { ...fake.settings, pollIntervalMs: 60 * MINUTE };
}

test.for([
  ['Mimecast', HUNG],
  ['the file store', HUNG_FILE],
] as const)('a hung connection to %s is given up 85 to 90 minutes after its first failure', async ([, facts]) => {
  const run = await runs.start({
    prepare: (fake) => {
      hourly(fake);
      fake.fail('receipt', facts);
      fake.deliver('receipt', 4);
    },
  });
  const { streams } = await run.when((snapshot) => snapshot.streams[0]?.problem !== undefined);
  const { since = '' } = streams[0]?.problem ?? {};
  expect(streams[0]?.problem).toMatchObject({ type: 'ThirdPartyGeneric', code: 'timeout', gaveUp: false });
  await runs.passUntil(since, 85 * MINUTE);
  expect(await run.stream('receipt')).toMatchObject({ phase: 'retrying', problem: { gaveUp: false, since } });
  await runs.passUntil(since, 90 * MINUTE);
  await run.when((snapshot) => snapshot.streams[0]?.phase === 'parked');
  expect(await run.status()).toMatchObject({ state: 'Error', totals: { stored: 0 } });
  run.fake.heal('receipt');
  await run.restart();
  await run.when(({ restarts }) => restarts === 1);
  await run.caughtUp();
  expect(await run.status()).toMatchObject({ state: 'Collecting', health: 'Healthy', totals: { stored: 4 } });
});

test('a connection that hangs for 80 minutes costs nothing but time', async () => {
  const run = await runs.start({
    prepare: (fake) => {
      hourly(fake);
      fake.fail('receipt', HUNG);
      fake.deliver('receipt', 5, 7);
    },
  });
  const { streams } = await run.when((snapshot) => snapshot.streams[0]?.problem !== undefined);
  await runs.passUntil(streams[0]?.problem?.since ?? '', 80 * MINUTE);
  run.fake.heal('receipt');
  await runs.pass('2 minutes');
  await run.caughtUp();
  expect(await run.status()).toMatchObject({
    state: 'Collecting',
    health: 'Healthy',
    totals: { stored: 12 },
    restarts: 0,
  });
});

test('an error that changes its shape is one budget: 503, then a hung connection, then 503', async () => {
  const run = await runs.start({
    prepare: (fake) => {
      hourly(fake);
      fake.fail('receipt', FAULTS.unavailable);
    },
  });
  const { streams } = await run.when((snapshot) => snapshot.streams[0]?.problem !== undefined);
  const { since = '' } = streams[0]?.problem ?? {};
  await runs.passUntil(since, 40 * MINUTE);
  run.fake.fail('receipt', HUNG);
  await runs.passUntil(since, 70 * MINUTE);
  expect(await run.stream('receipt')).toMatchObject({ problem: { code: 'timeout', since } });
  run.fake.fail('receipt', FAULTS.unavailable);
  await runs.passUntil(since, 85 * MINUTE);
  expect(await run.stream('receipt')).toMatchObject({ phase: 'retrying', problem: { code: 'http_503', since } });
  await runs.passUntil(since, 90 * MINUTE);
  await run.when((snapshot) => snapshot.streams[0]?.phase === 'parked');
});

test('a wrong secret that is corrected meanwhile: the restart validates, gets a token and loses nothing', async () => {
  const run = await runs.start({ prepare: (fake) => fake.deliver('audit', 3) });
  await run.caughtUp();
  run.fake.fail('authenticate', FAULTS.credentials);
  run.fake.deliver('audit', 4);
  await run.restart();
  expect(await run.state('Error')).toMatchObject({
    problem: { step: 'authenticate', gaveUp: true },
    totals: { stored: 3 },
  });
  await runs.pass('2 hours');
  expect(run.fake.callsOf('authenticate')).toHaveLength(2);
  run.fake.heal('authenticate');
  await run.restart();
  await run.when(({ restarts }) => restarts === 2);
  await run.caughtUp();
  expect(run.fake.callsOf('validate')).toHaveLength(3);
  expect(await run.status()).toMatchObject({ state: 'Collecting', health: 'Healthy', totals: { stored: 7 } });
});
