import { ObjectId } from 'mongodb';
import { expect, test } from 'vitest';
import { formatTime } from '../../src/domain/duration.js';
import type { HealthChange, ProblemChange } from '../../src/domain/health/health-ledger.js';
import { collectorDatabase } from '../support/collector-database.js';
import { raw } from '../support/raw-collections.js';
import { simulatedSource } from '../support/simulated-source.js';
import { FORBIDDEN, LIMITED, minutes, problemOf, T0, UNAVAILABLE } from '../support/source-fixtures.js';

const collections = collectorDatabase();
const { healthEvents, sources } = raw(collections);

function changeOf(changes: Partial<ProblemChange> = {}): ProblemChange {
  return {
    kind: 'opened',
    eventId: `event of ${expect.getState().currentTestName}`,
    closingId: `closing of ${expect.getState().currentTestName}`,
    subject: 'dlp',
    problem: problemOf(UNAVAILABLE, { until: minutes(90) }),
    occurrences: 1,
    at: minutes(1),
    ...changes,
  };
}

async function record(...changes: readonly HealthChange[]) {
  const source = await simulatedSource(collections);
  const write = () => source.run(({ recordHealth }, id) => recordHealth(id, changes));
  await write();
  const read = () => healthEvents.find({ sourceId: source.id }).sort({ eventTime: 1, status: -1 }).toArray();
  return { source, write, read, events: await read() };
}

test('an open event has the shape of the system event index', async () => {
  const { source, events } = await record(changeOf());
  const stored = await sources.findOne({ _id: source.id });
  const { eventId } = changeOf();
  const hex = (id: number | undefined) => (id ?? 0).toString(16).toUpperCase().padStart(16, '0');
  expect(events).toEqual([
    {
      _id: eventId,
      eventId,
      eventType: 'Health-Change',
      eventName: 'ThirdPartyGenericError',
      eventFormatVersion: '1.0',
      eventTime: T0,
      subsystem: 'Collection',
      status: 'UnHealthy',
      severityLevel: 'Error',
      details: {
        trackerId: 'ThirdPartyGeneric',
        error: 'dlp: http_503',
        name: 'dlp: http_503',
        description: `batch list: down (HTTP 503). It is retried until ${formatTime(minutes(90))}.`,
      },
      resourceIdentity: {
        id: hex(source.id),
        name: stored?.name,
        type: 'Source',
        collectorId: hex(stored?.collectorId),
        collectorName: 'cloud',
      },
      sourceId: source.id,
      news: expect.any(ObjectId),
      subject: 'dlp',
      attempts: 1,
      occurrences: 1,
      updatedAt: new Date(minutes(1)),
    },
  ]);
});

test('what to do stands in the description and by itself; an event that has ended has none', async () => {
  const problem = problemOf({ ...UNAVAILABLE, advice: 'Look at the status page.' });
  const { events } = await record(changeOf({ problem }), changeOf({ problem, kind: 'closed', at: minutes(7) }));
  expect(events.map(({ details }) => details.advice)).toEqual(['Look at the status page.', undefined]);
  expect(events[0]?.details.description).toMatch(/ Look at the status page\.$/);
});

test('its end is an event of its own, and resolves it', async () => {
  const { events } = await record(changeOf(), changeOf({ kind: 'closed', at: minutes(7) }));
  const { eventId, closingId } = changeOf();
  expect(events).toMatchObject([
    { eventId, status: 'UnHealthy', resolvedAt: new Date(minutes(7)) },
    {
      eventId: closingId,
      status: 'Healthy',
      eventTime: minutes(7),
      closes: eventId,
      details: { error: 'dlp: http_503 has ended', description: expect.stringMatching(/recovered from: batch list/) },
    },
  ]);
  expect(events[1]).not.toHaveProperty('resolvedAt');
});

test('the same changes written again, after a crash, change nothing', async () => {
  const again = problemOf(UNAVAILABLE, { attempt: 2 });
  const changes = [
    changeOf(),
    changeOf({ problem: again, at: minutes(3) }),
    changeOf({ kind: 'closed', at: minutes(7) }),
  ];
  const { write, read, events } = await record({ kind: 'cleared', at: minutes(0) }, ...changes);
  await write();
  expect(await read()).toEqual(events);
});

test('a source that was started again has no open events of before', async () => {
  const { source, read } = await record(changeOf());
  await source.run(({ recordHealth }, id) => recordHealth(id, [{ kind: 'cleared', at: minutes(5) }]));
  expect((await read()).map(({ status, resolvedAt }) => [status, resolvedAt !== undefined])).toEqual([
    ['UnHealthy', true],
    ['Healthy', false],
  ]);
});

test.each([
  ['a warning', problemOf(LIMITED, { until: minutes(90) }), 'ThirdPartyGenericError', 'Warning', /retried until/],
  ['a warning given up', problemOf(LIMITED, { gaveUp: true }), 'ThirdPartyGenericError', 'Error', /given up/],
  ['no retries', problemOf(FORBIDDEN, { gaveUp: true }), 'ThirdPartyConfigError', 'Error', /No retries are made/],
  [
    'our own',
    problemOf({ ...UNAVAILABLE, type: 'FirstPartyGeneric' }),
    'FirstPartyGenericError',
    'Error',
    /It is retried until it works/,
  ],
] as const)('%s', async (_, problem, eventName, severityLevel, description) => {
  const { events } = await record(changeOf({ problem }));
  expect(events).toMatchObject([
    { eventName, severityLevel, details: { description: expect.stringMatching(description) } },
  ]);
});

test('a source that was removed in the meantime still gets its events', async () => {
  const source = await simulatedSource(collections);
  await sources.deleteOne({ _id: source.id });
  await source.run(({ recordHealth }, id) => recordHealth(id, [changeOf()]));
  const event = await healthEvents.findOne({ sourceId: source.id });
  expect(event?.resourceIdentity).toMatchObject({ name: `source ${source.id}`, collectorName: '' });
});
