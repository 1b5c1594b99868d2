/** Row by row what Sumo Logic's page "Mimecast Source" promises of states, error types and restarts. */

import { describe, expect, test } from 'vitest';
import type { ErrorFacts } from '../../src/domain/failures/failure.js';
import { type HealthEvent, healthEventOf } from '../../src/domain/health/health-event.js';
import type { Problem, SourceSnapshot } from '../../src/domain/lifecycle/snapshot.js';
import { isSourceStep } from '../../src/domain/streams/outcome.js';
import { type ActivityName, FAULTS, type FailingPart, type FakeSource } from '../support/fake-activities.js';
import { attributeValues } from '../support/histories.js';
import type { SourceRun } from '../support/source-runs.js';
import { timeSkippingRuns } from '../support/time-skipping-runs.js';
import { until } from '../support/until.js';

const MINUTE = 60_000;
const FIVE_STATES = ['Pending', 'Started', 'Initialized', 'Authenticated', 'Collecting'] as const;
const runs = timeSkippingRuns();

/** One stream and hourly polls keep the tests short. */
function start(prepare: (fake: FakeSource) => unknown = () => undefined): Promise<SourceRun> {
  return runs.start({
    streams: ['receipt'],
    prepare: (fake) => {
      fake.settings = { ...fake.settings, pollIntervalMs: 60 * MINUTE };
      prepare(fake);
    },
  });
}

async function statesOf(run: SourceRun): Promise<unknown[]> {
  return attributeValues(await run.histories(), 'MimecastSourceState');
}

/** The states that can be watched while the step that they wait for is under way. */
const WAITING_FOR = [
  ['Pending', 'validate'],
  ['Started', 'initialize'],
  ['Initialized', 'authenticate'],
] as const satisfies readonly (readonly [SourceSnapshot['state'], ActivityName])[];

describe('a source goes through the following states when created', () => {
  test('1. Pending, 2. Started, 3. Initialized, 4. Authenticated, 5. Collecting', async () => {
    const run = await start();
    await run.caughtUp();
    expect(await statesOf(run)).toEqual(FIVE_STATES);
  });

  test.for(WAITING_FOR)('%s lasts until the step %s has succeeded', async ([state, step]) => {
    const run = await start((fake) => fake.hold(step));
    await run.attempted(step);
    expect(await run.status()).toMatchObject({ state, stage: state, health: 'Healthy' });
    expect(
      run.fake.calls
        .map(({ activity }) => activity)
        .filter((activity) => activity !== 'recordHealth')
        .at(-1),
    ).toBe(step);
    run.fake.release();
    await run.state('Collecting');
  });

  test.for(WAITING_FOR)(
    'an issue during %s is an Error, and when it ends the source goes on',
    async ([state, step]) => {
      const run = await start((fake) => fake.fail(step, FAULTS.mongodbAway));
      expect(await run.state('Error')).toMatchObject({ stage: state, health: 'Error', problem: { step } });
      run.fake.heal(step);
      await runs.pass('1 minute');
      await run.caughtUp();
      const at = FIVE_STATES.indexOf(state);
      const until = FIVE_STATES.slice(0, at + 1);
      // It returns to the state that it was in when the step had failed, and then moves on.
      expect(await statesOf(run)).toEqual([...until, 'Error', state, ...FIVE_STATES.slice(at + 1)]);
    },
  );

  test('an issue found when it is Authenticated is an Error', async () => {
    const failure = { type: 'ThirdPartyConfig', code: 'app_forbidden', message: 'Forbidden', retry: false } as const;
    const run = await start((fake) => {
      fake.permissions = { denied: [{ stream: 'receipt', failure: { ...failure, severity: 'error' } }] };
    });
    await run.when(({ state, stage }) => state === 'Error' && stage === 'Collecting');
    expect(await statesOf(run)).toEqual([...FIVE_STATES.slice(0, 4), 'Error']);
  });

  test('an issue while Collecting is an Error, and Collecting comes back', async () => {
    const run = await start();
    await run.caughtUp();
    run.fake.fail('receipt', FAULTS.unavailable);
    await run.signal('collectNow');
    await run.state('Error');
    run.fake.heal('receipt');
    await runs.pass('1 minute');
    await run.caughtUp();
    expect(await statesOf(run)).toEqual([...FIVE_STATES, 'Error', 'Collecting']);
  });
});

describe('when it is deleted, it is Stopping, and when it has stopped it is gone', () => {
  test.for([
    ['kept', {}, 'Stopped'],
    ['removed', { remove: true }, 'Deleted'],
  ] as const)('%s', async ([, request, end]) => {
    const run = await start((fake) => fake.hold('finalize'));
    await run.caughtUp();
    await run.stop(request);
    await run.attempted('finalize');
    expect(await run.status()).toMatchObject({ state: 'Stopping' });
    run.fake.release();
    expect(await run.end()).toMatchObject({ state: end });
    expect(await statesOf(run)).toEqual([...FIVE_STATES, 'Stopping', end]);
  });
});

interface Row {
  readonly type: Problem['type'];
  readonly event: string;
  readonly what: FailingPart;
  readonly facts: ErrorFacts;
}

const timeout: ErrorFacts = { origin: 'mimecast', cause: 'timeout', message: 'no answer in time' };
const NO_RETRIES: readonly Row[] = (['authenticate', 'receipt'] as const).flatMap((what) =>
  [FAULTS.credentials, FAULTS.forbidden].map((facts) => {
    return { type: 'ThirdPartyConfig', event: 'ThirdPartyConfigError', what, facts } as const;
  }),
);
const RETRIES: readonly Row[] = [
  ...(['authenticate', 'receipt'] as const).flatMap((what) =>
    [FAULTS.unavailable, timeout].map((facts) => {
      return { type: 'ThirdPartyGeneric', event: 'ThirdPartyGenericError', what, facts } as const;
    }),
  ),
  ...(['validate', 'receipt'] as const).map((what) => {
    return { type: 'FirstPartyGeneric', event: 'FirstPartyGenericError', what, facts: FAULTS.mongodbAway } as const;
  }),
];

/** The open problem of the row's subject. */
async function problemOf(run: SourceRun, { what }: Row): Promise<Problem> {
  const of = (snapshot: SourceSnapshot) => (isSourceStep(what) ? snapshot.problem : snapshot.streams[0]?.problem);
  const problem = of(await run.when((snapshot) => of(snapshot) !== undefined));
  if (problem === undefined) throw new Error(`${what} has no problem any more`);
  return problem;
}

function attemptsOf({ fake }: SourceRun, { what }: Row): number {
  return fake.callsOf(isSourceStep(what) ? what : 'collect').length;
}

/** The health events as they are stored, once the last of them is as wanted. */
async function eventsOf(run: SourceRun, wanted: (last: HealthEvent) => boolean): Promise<HealthEvent[]> {
  const source = { sourceId: run.sourceId, name: 'mail', collectorId: 1, collectorName: 'cloud' };
  return until(
    () => run.fake.problemChanges().map((change) => healthEventOf(change, source)),
    (events) => events.some((event, index) => index === events.length - 1 && wanted(event)),
  );
}

/** An update, as the service carries it out: a new version of the configuration and a restart. */
async function update(run: SourceRun): Promise<void> {
  run.fake.settings = { ...run.fake.settings, version: 2 };
  await run.restart();
  await run.when(({ restarts }) => restarts === 1);
}

async function expectRecovered(run: SourceRun, { event }: Row): Promise<void> {
  await run.caughtUp();
  expect(await run.status()).toMatchObject({ state: 'Collecting', health: 'Healthy', version: 2 });
  const events = await eventsOf(run, ({ status }) => status === 'Healthy');
  expect(new Set(events.map(({ eventName }) => eventName))).toEqual(new Set([event]));
  expect(events.filter(({ closes }) => closes !== undefined).map(({ closes }) => closes)).toEqual([events[0]?.eventId]);
}

describe('error types', () => {
  test.for(NO_RETRIES)('$type of $what ($trouble.code): $event, no retries until it is updated', async (row) => {
    const run = await start((fake) => fake.fail(row.what, row.facts));
    const problem = await problemOf(run, row);
    expect(problem).toMatchObject({ type: row.type, retry: false, gaveUp: true, attempt: 1 });
    expect(problem).not.toHaveProperty('until');
    const [event] = await eventsOf(run, () => true);
    expect(event).toMatchObject({ eventName: row.event, status: 'UnHealthy', severityLevel: 'Error' });
    expect(event?.details).toMatchObject({ trackerId: row.type });
    expect(event?.details.description).toContain('No retries are made until the source is updated or restarted');
    expect(attributeValues(await run.histories(), 'MimecastErrorType').at(-1)).toBe(row.type);
    await runs.pass('1 day');
    expect(attemptsOf(run, row)).toBe(1);
    expect(await run.status()).toMatchObject({ state: 'Error', health: 'Error' });
    run.fake.heal(row.what);
    await update(run);
    await expectRecovered(run, row);
  });

  test.for(RETRIES)('$type of $what: $event, retried for up to 90 minutes, then it quits', async (row) => {
    const run = await start((fake) => fake.fail(row.what, row.facts));
    const { since, ...problem } = await problemOf(run, row);
    expect(problem).toMatchObject({ type: row.type, retry: true, gaveUp: false });
    expect(Date.parse(problem.until ?? '') - Date.parse(since)).toBe(90 * MINUTE);
    const [event] = await eventsOf(run, () => true);
    expect(event).toMatchObject({ eventName: row.event, status: 'UnHealthy', eventTime: since });
    expect(event?.details).toMatchObject({ trackerId: row.type });
    await runs.passUntil(since, 85 * MINUTE);
    expect(await problemOf(run, row)).toMatchObject({ gaveUp: false, since });
    expect(attemptsOf(run, row)).toBeGreaterThan(40);
    await runs.passUntil(since, 90 * MINUTE);
    const events = await eventsOf(run, ({ details }) => details.description.includes('given up'));
    expect(new Set(events.map(({ eventId }) => eventId)).size).toBe(1);
    expect(await problemOf(run, row)).toMatchObject({ gaveUp: true, since, type: row.type });
    const attempts = attemptsOf(run, row);
    await runs.pass('1 day');
    expect(attemptsOf(run, row)).toBe(attempts);
    expect(await run.status()).toMatchObject({ state: 'Error', health: 'Error' });
    run.fake.heal(row.what);
    await update(run);
    await expectRecovered(run, row);
  });
});

test('a source that encounters ThirdPartyConfig errors can be restarted, as often as it takes', async () => {
  const run = await start((fake) => fake.fail('authenticate', FAULTS.credentials));
  expect(await run.state('Error')).toMatchObject({ problem: { message: 'Client credentials are invalid' } });
  for (const restarts of [1, 2]) {
    await run.restart();
    await run.when((snapshot) => snapshot.restarts === restarts && snapshot.state === 'Error');
    expect(run.fake.callsOf('authenticate')).toHaveLength(restarts + 1);
  }
  run.fake.heal('authenticate');
  await run.restart();
  await run.caughtUp();
  const [one, two, three] = [FIVE_STATES.slice(0, 3), FIVE_STATES.slice(0, 3), FIVE_STATES];
  expect(await statesOf(run)).toEqual([...one, 'Error', ...two, 'Error', ...two, 'Error', ...three]);
});
