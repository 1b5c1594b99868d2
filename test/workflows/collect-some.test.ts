/** Collect now for some streams: they are polled at once, and the others keep their next poll. */

import { expect, test } from 'vitest';
import type { CommandAnswer } from '../../src/workflows/updates.js';
import { FAULTS } from '../support/fake-activities.js';
import { type SourceRun, type StartOptions, sourceRuns } from '../support/source-runs.js';
import { until } from '../support/until.js';

const runs = sourceRuns();
/** In one run: an update that meets its end is answered that it goes on in the next. */
const start = (options: StartOptions = {}) => runs.start({ maxHistoryEvents: 1_000, ...options });

const update = (run: SourceRun, payload: unknown) =>
  run.handle.executeUpdate<CommandAnswer, [unknown]>('collectNow', { args: [payload] });
/** Why an update was refused. */
const refusal = (run: SourceRun, payload: unknown): Promise<string> =>
  update(run, payload).then(
    (answer) => `not refused: ${JSON.stringify(answer)}`,
    (error: Error) => String((error.cause as Error | undefined)?.message ?? error),
  );
const sweeps = (run: SourceRun) => run.fake.callsOf('sweep').map(({ streams }) => streams.join());
const sweptLast = (run: SourceRun, streams: string) =>
  until(
    () => sweeps(run).at(-1),
    (last) => last === streams,
  );

test('only these streams are polled, and the next poll of all stays where it was', async () => {
  const run = await start();
  await run.caughtUp();
  run.fake.deliver('receipt', 2);
  run.fake.deliver('audit', 3);
  const { nextPollAt } = await run.status();
  expect(nextPollAt).toBeDefined();
  expect(await update(run, { streams: ['audit'] })).toEqual({
    ...{ outcome: 'done', state: 'Collecting', health: 'Healthy' },
  });
  expect(sweeps(run)).toEqual(['audit']);
  expect(await run.status()).toMatchObject({ totals: { stored: 3 }, nextPollAt });
  await run.signal('collectNow', { streams: ['dlp', 'receipt'] });
  await run.when(({ totals }) => totals.stored === 5);
  expect(sweeps(run)).toEqual(['audit', 'receipt,dlp']);
  expect((await run.status()).nextPollAt).toBe(nextPollAt);
});

test('the poll of all comes when it was due', async () => {
  const run = await start({
    prepare: (fake) => {
      fake.settings = { ...fake.settings, pollIntervalMs: 4_000 };
    },
  });
  await run.caughtUp();
  run.fake.deliver('receipt', 1);
  await run.signal('collectNow', { streams: ['dlp'] });
  await run.when(({ totals }) => totals.stored === 1);
  expect(sweeps(run)).toContain('dlp');
  expect(sweeps(run)).toContain('receipt,audit,dlp');
});

test('what is asked for during a poll shares the next one, and one request for all is for all', async () => {
  const run = await start();
  await run.caughtUp();
  let release = run.fake.hold('sweep');
  await run.signal('collectNow', { streams: ['receipt'] });
  await run.attempted('sweep', 1);
  await run.signal('collectNow', { streams: ['dlp'] });
  await run.signal('collectNow', { streams: ['audit'] });
  release();
  await sweptLast(run, 'audit,dlp');
  release = run.fake.hold('sweep');
  await run.signal('collectNow', { streams: ['receipt'] });
  await run.attempted('sweep', 3);
  await run.signal('collectNow', { streams: ['dlp'] });
  await run.signal('collectNow');
  release();
  await sweptLast(run, 'receipt,audit,dlp');
  expect(sweeps(run)).toHaveLength(4);
});

test('streams that cannot be polled are refused with the reason, and the signal polls the others', async () => {
  const run = await start({ prepare: (fake) => fake.fail('dlp', FAULTS.forbidden) });
  await run.when(({ streams }) => streams.map(({ phase }) => phase).join() === 'waiting,waiting,parked');
  const release = run.fake.hold('receipt');
  run.fake.deliver('receipt', 1, 1, 1);
  await run.signal('collectNow', { streams: ['receipt'] });
  await run.when(({ streams }) => streams[0]?.phase === 'collecting');
  const before = sweeps(run);
  const reasons = await refusal(run, { streams: ['receipt', 'audit', 'dlp', 'journal'] });
  expect(reasons).toMatch(/^Nothing is polled: receipt: it is being collected already; journal: /);
  expect(reasons).toContain('journal: the source does not collect it; it collects: receipt, audit, dlp; ');
  expect(reasons).toContain('dlp: it is parked. app_forbidden: ');
  expect(reasons).not.toContain('audit: ');
  expect(sweeps(run)).toEqual(before);
  await run.signal('collectNow', { streams: ['receipt', 'audit', 'dlp', 'journal'] });
  await sweptLast(run, 'audit');
  await run.signal('collectNow', { streams: ['dlp', 'journal'] });
  release();
  await run.when(({ streams }) => streams[0]?.phase === 'waiting' && streams[0].stored === 3);
  expect(await update(run, { streams: ['receipt'] })).toMatchObject({ outcome: 'done' });
  expect(sweeps(run).slice(before.length)).toEqual(['audit', 'receipt']);
  expect(run.fake.callsOf('collect', 'dlp')).toHaveLength(1);
});

test('a stream that begins to fail in the poll is answered with its problem', async () => {
  const run = await start();
  await run.caughtUp();
  run.fake.fail('audit', FAULTS.forbidden);
  expect(await update(run, { streams: ['audit', 'dlp'] })).toMatchObject({
    ...{ outcome: 'pending', state: 'Error' },
    reason: expect.stringMatching(/^audit: app_forbidden/),
  });
  expect(await update(run, { streams: ['dlp'] })).toMatchObject({ outcome: 'done' });
});

test('a source that does not collect yet says so', async () => {
  const run = await start({ prepare: (fake) => fake.fail('authenticate', FAULTS.credentials) });
  await run.state('Error');
  expect(await refusal(run, { streams: ['audit'] })).toMatch(
    /the source does not collect, as its step "authenticate" fails: InvalidClientIdentifier/,
  );
  await run.signal('collectNow', { streams: ['audit'] });
  run.fake.heal('authenticate');
  await run.restart();
  await run.caughtUp();
  expect(await update(run, { streams: ['audit'] })).toMatchObject({ outcome: 'done' });
});

test('during an outage it is refused, and once the polls were given up, the signal tries all of them', async () => {
  const run = await start();
  await run.caughtUp();
  run.fake.fail('sweep', FAULTS.credentials);
  await run.signal('collectNow', { streams: ['audit'] });
  await run.when(({ problem }) => problem?.gaveUp === true);
  expect(await refusal(run, { streams: ['dlp'] })).toMatch(/dlp: it is parked\. InvalidClientIdentifier/);
  run.fake.heal('sweep');
  await run.signal('collectNow', { streams: ['dlp'] });
  await run.when(({ state, problem }) => state === 'Collecting' && problem === undefined);
  expect(sweeps(run)).toEqual(['audit', 'receipt,audit,dlp']);
});

test.for([
  ['a text', 'audit'],
  ['a list', ['audit']],
  ['another key', { stream: 'audit' }],
  ['no streams', { streams: [] }],
  ['an unknown stream beside a known one', { streams: ['audit', 'weather'] }],
  ['a stream that is a number', { streams: [1] }],
] as const)('%s is no payload: the update is refused, and the signal polls nothing', async ([, payload]) => {
  const run = await start();
  await run.caughtUp();
  expect(await refusal(run, payload)).toMatch(/^The payload is invalid: /);
  await run.signal('collectNow', payload);
  expect(await update(run, { streams: ['dlp'] })).toMatchObject({ outcome: 'done' });
  expect(sweeps(run)).toEqual(['dlp']);
  expect(await run.status()).toMatchObject({ state: 'Collecting', health: 'Healthy' });
});

test('what was asked for and not polled is handed over to the next run', async () => {
  const run = await start({ maxHistoryEvents: 60 });
  await run.caughtUp();
  const release = run.fake.hold('sweep');
  await run.signal('collectNow', { streams: ['receipt'] });
  await run.attempted('sweep', 1);
  const { nextPollAt } = await run.status();
  const before = (await run.histories()).length;
  while ((await run.handle.describe()).historyLength < 65) await run.signal('attemptFailed', null);
  await run.signal('collectNow', { streams: ['dlp'] });
  release();
  await sweptLast(run, 'dlp');
  await run.caughtUp();
  expect(await run.histories()).toHaveLength(before + 1);
  expect(sweeps(run)).toEqual(['receipt', 'dlp']);
  expect((await run.status()).nextPollAt).toBe(nextPollAt);
});
