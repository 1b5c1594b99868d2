/** The commands as updates: each is answered when it has happened, or when it is held up. */

import { expect, test } from 'vitest';
import type { StopRequest } from '../../src/domain/contract/contract.js';
import type { CommandAnswer } from '../../src/workflows/updates.js';
import { FAULTS } from '../support/fake-activities.js';
import { type SourceRun, sourceRuns } from '../support/source-runs.js';

const runs = sourceRuns();

const update = (run: SourceRun, name: 'restart' | 'collectNow') => run.handle.executeUpdate<CommandAnswer, []>(name);
const stop = (run: SourceRun, request: StopRequest = {}) =>
  run.handle.executeUpdate<CommandAnswer, [StopRequest]>('stop', { args: [request] });

test('a restart is answered when the source collects again', async () => {
  const run = await runs.start();
  await run.caughtUp();
  expect(await update(run, 'restart')).toEqual({ outcome: 'done', state: 'Collecting', health: 'Healthy' });
  expect(await run.status()).toMatchObject({ restarts: 1, stage: 'Collecting' });
  expect(run.fake.callsOf('authenticate')).toHaveLength(2);
});

test('a restart that meets wrong credentials says so', async () => {
  const run = await runs.start();
  await run.caughtUp();
  run.fake.fail('authenticate', FAULTS.credentials);
  expect(await update(run, 'restart')).toEqual({
    ...{ outcome: 'pending', state: 'Error', health: 'Error' },
    reason: expect.stringContaining('InvalidClientIdentifier'),
  });
});

test('several restarts at once are one, and all are answered', async () => {
  const run = await runs.start();
  await run.caughtUp();
  const answers = await Promise.all([1, 2, 3].map(() => update(run, 'restart')));
  expect(answers.map(({ outcome }) => outcome)).toEqual(['done', 'done', 'done']);
});

test('a poll is answered when it has been made, with what it found', async () => {
  const run = await runs.start();
  await run.caughtUp();
  run.fake.deliver('audit', 7);
  expect(await update(run, 'collectNow')).toEqual({ outcome: 'done', state: 'Collecting', health: 'Healthy' });
  expect((await run.status()).totals.stored).toBe(7);
});

test('a poll that fails is answered at the first failure', async () => {
  const run = await runs.start();
  await run.caughtUp();
  run.fake.fail('sweep', FAULTS.mongodbAway);
  const held = { outcome: 'pending', state: 'Error', reason: expect.stringContaining('MongoDB: connection refused') };
  expect(await update(run, 'collectNow')).toMatchObject(held);
  expect(await update(run, 'collectNow')).toMatchObject(held);
  run.fake.heal('sweep');
  expect(await update(run, 'restart')).toMatchObject({ outcome: 'done', state: 'Collecting' });
  expect(await update(run, 'collectNow')).toMatchObject({ outcome: 'done', state: 'Collecting' });
});

test('a poll that is given up is no poll that was made', async () => {
  const run = await runs.start();
  await run.caughtUp();
  run.fake.fail('sweep', FAULTS.credentials);
  const held = { outcome: 'pending', state: 'Error', reason: expect.stringContaining('InvalidClientIdentifier') };
  expect(await update(run, 'collectNow')).toMatchObject(held);
  expect(await update(run, 'collectNow')).toMatchObject(held);
});

test('a source whose start was given up answers all that is asked of it', async () => {
  const run = await runs.start({ prepare: (fake) => fake.fail('authenticate', FAULTS.credentials) });
  await run.state('Error');
  // More than Temporal lets a workflow have unanswered at a time.
  for (let asked = 0; asked < 12; asked += 1)
    expect(await update(run, 'collectNow')).toMatchObject({
      ...{ outcome: 'pending', state: 'Error', reason: expect.stringContaining('InvalidClientIdentifier') },
    });
  expect(await stop(run)).toMatchObject({ outcome: 'done', state: 'Stopped' });
});

test('a stop is answered when the source has ended', async () => {
  const run = await runs.start();
  await run.caughtUp();
  expect(await stop(run)).toMatchObject({ outcome: 'done', state: 'Stopped' });
  expect(await run.end()).toMatchObject({ state: 'Stopped' });
});

test('a stop that cannot be stored is answered as held up, and carried out later', async () => {
  const run = await runs.start({ prepare: (fake) => fake.fail('finalize', FAULTS.mongodbAway) });
  await run.caughtUp();
  expect(await stop(run, { remove: true })).toEqual({
    ...{ outcome: 'pending', state: 'Stopping', health: 'Error' },
    reason: expect.stringContaining('MongoDB: connection refused'),
  });
  run.fake.heal('finalize');
  expect(await run.end()).toMatchObject({ state: 'Deleted' });
});

test('whatever is asked while a source stops is answered, too', async () => {
  const run = await runs.start();
  await run.caughtUp();
  const release = run.fake.hold('finalize', { deaf: true });
  const stopping = stop(run);
  await run.attempted('finalize');
  expect(await update(run, 'collectNow')).toMatchObject({ outcome: 'pending', reason: 'the source is stopping' });
  expect(await update(run, 'restart')).toMatchObject({ outcome: 'pending', reason: 'the source is stopping' });
  release();
  expect(await stopping).toMatchObject({ outcome: 'done', state: 'Stopped' });
});

test('polls that are asked for over many runs are all answered', async () => {
  const run = await runs.start({ maxHistoryEvents: 60 });
  await run.caughtUp();
  let stored = 0;
  while ((await run.histories()).length < 3) {
    run.fake.deliver('audit', 1);
    const { outcome, reason } = await update(run, 'collectNow');
    if (outcome === 'pending') expect(reason).toContain('is being continued as new');
    stored += 1;
    await run.when(({ totals }) => totals.stored === stored);
  }
});

test('a cancelled source still answers', async () => {
  const run = await runs.start();
  await run.caughtUp();
  const release = run.fake.hold('finalize', { deaf: true });
  await run.handle.cancel();
  await run.attempted('finalize');
  // Accepted before the source may end.
  const args: [StopRequest] = [{ remove: true }];
  const asked = await run.handle.startUpdate<CommandAnswer, [StopRequest]>('stop', { args, waitForStage: 'ACCEPTED' });
  release();
  expect(await asked.result()).toMatchObject({ outcome: 'done' });
});
