import { expect, test } from 'vitest';
import { FAULTS, type FakeSource } from '../support/fake-activities.js';
import { POLL_PASSED_MS } from '../support/source-runs.js';
import { timeSkippingRuns } from '../support/time-skipping-runs.js';
import { until } from '../support/until.js';

const runs = timeSkippingRuns();

function changesOf(fake: FakeSource): string[] {
  return fake.problemChanges().map(({ kind, subject }) => `${kind} ${subject}`);
}

function recorded(fake: FakeSource, wanted: (changes: string[]) => boolean): Promise<string[]> {
  return until(() => changesOf(fake), wanted);
}

test('a healthy source raises no event', async () => {
  const run = await runs.start();
  await run.caughtUp();
  await runs.pass('1 hour');
  expect(changesOf(run.fake)).toEqual([]);
});

test('an event is opened once, counts on while the problem lasts, and is closed when it ends', async () => {
  const run = await runs.start({ prepare: (fake) => fake.fail('receipt', FAULTS.unavailable) });
  await recorded(run.fake, (changes) => changes.length > 0);
  await runs.pass('10 minutes');
  run.fake.heal('receipt');
  await runs.pass('3 minutes');
  await run.caughtUp();
  await recorded(run.fake, (changes) => changes.at(-1) === 'closed receipt');
  const changes = run.fake.problemChanges();
  expect(new Set(changes.map(({ eventId }) => eventId)).size).toBe(1);
  expect(changes.filter(({ kind }) => kind === 'closed')).toHaveLength(1);
  const attempts = changes.filter(({ kind }) => kind === 'opened').map(({ problem }) => problem.attempt);
  expect(attempts).toEqual([...attempts].sort((a, b) => a - b));
  expect(attempts.at(-1)).toBe(run.fake.callsOf('collect', 'receipt').length - 1);
  const { eventId, closingId } = changes.at(-1) ?? {};
  expect(closingId).toMatch(/^[0-9a-f-]{36}$/);
  expect(closingId).not.toBe(eventId);
});

test('an event says at last that the stream was given up', async () => {
  const run = await runs.start({ prepare: (fake) => fake.fail('receipt', FAULTS.unavailable) });
  await recorded(run.fake, (changes) => changes.length > 0);
  await runs.pass('91 minutes');
  await run.when(({ streams }) => streams[0]?.phase === 'parked');
  await until(
    () => run.fake.problemChanges().at(-1)?.problem.gaveUp,
    (gaveUp) => gaveUp === true,
  );
  expect(new Set(run.fake.problemChanges().map(({ eventId }) => eventId)).size).toBe(1);
});

test('each stream has an event of its own', async () => {
  const run = await runs.start({
    prepare: (fake) => {
      fake.fail('receipt', FAULTS.forbidden);
      fake.fail('dlp', FAULTS.forbidden);
    },
  });
  const changes = await recorded(run.fake, (seen) => seen.length === 2);
  expect([...changes].sort()).toEqual(['opened dlp', 'opened receipt']);
  expect(new Set(run.fake.problemChanges().map(({ eventId }) => eventId)).size).toBe(2);
});

test('a problem that turns into another closes its event and opens one', async () => {
  const run = await runs.start({ prepare: (fake) => fake.fail('receipt', FAULTS.unavailable) });
  await recorded(run.fake, (changes) => changes.length > 0);
  run.fake.fail('receipt', FAULTS.forbidden);
  await runs.pass('3 minutes');
  await run.when(({ streams }) => streams[0]?.phase === 'parked');
  await until(
    () => run.fake.problemChanges().at(-1)?.problem.code,
    (code) => code === 'app_forbidden',
  );
  const changes = run.fake.problemChanges();
  const closed = changes.filter(({ kind }) => kind === 'closed');
  expect(closed.map(({ problem }) => problem.code)).toEqual(['http_503']);
  expect(changes.at(-1)).toMatchObject({ kind: 'opened', problem: { code: 'app_forbidden', gaveUp: true } });
});

test('a restart closes the events of problems that it mends', async () => {
  const run = await runs.start({ prepare: (fake) => fake.fail('authenticate', FAULTS.credentials) });
  await recorded(run.fake, (changes) => changes.length === 1);
  run.fake.heal('authenticate');
  await run.restart();
  await run.caughtUp();
  expect(await recorded(run.fake, (changes) => changes.length === 2)).toEqual([
    'opened authenticate',
    'closed authenticate',
  ]);
});

test('events wait while they cannot be written, and none is missing afterwards', async () => {
  const run = await runs.start({
    prepare: (fake) => {
      fake.fail('recordHealth', FAULTS.mongodbAway);
      fake.fail('dlp', FAULTS.forbidden);
    },
  });
  await run.when(({ streams }) => streams.map(({ phase }) => phase).join() === 'waiting,waiting,parked');
  run.fake.fail('audit', FAULTS.unavailable);
  await runs.pass(POLL_PASSED_MS);
  await run.when(({ streams }) => streams[1]?.problem !== undefined);
  await runs.pass('2 hours');
  run.fake.heal('audit');
  await run.restart();
  await run.when(({ streams }) => streams.map(({ phase }) => phase).join() === 'waiting,waiting,parked');
  expect(run.fake.recorded).toEqual([]);
  run.fake.heal('recordHealth');
  await runs.pass('3 minutes');
  const changes = await recorded(run.fake, (seen) => seen.includes('closed audit'));
  expect(changes).toEqual(expect.arrayContaining(['opened dlp', 'opened audit', 'closed audit']));
  const audit = run.fake.problemChanges().filter(({ subject }) => subject === 'audit');
  expect(audit.at(-1)?.kind).toBe('closed');
  const dlp = run.fake.problemChanges().filter(({ subject }) => subject === 'dlp');
  expect(dlp.at(-1)?.kind).toBe('opened');
});

test('a source that is stopped writes its last events before it ends', async () => {
  const run = await runs.start({ prepare: (fake) => void fake.hold('recordHealth') });
  await run.caughtUp();
  run.fake.fail('dlp', FAULTS.forbidden);
  await run.signal('collectNow');
  await run.when(({ streams }) => streams[2]?.phase === 'parked');
  await run.stop();
  run.fake.release();
  expect(await run.end()).toMatchObject({ state: 'Stopped' });
  expect(changesOf(run.fake)).toContain('opened dlp');
});
