import { beforeEach, expect, test } from 'vitest';
import { ensureCheckpoints, noteCaughtUp, readCheckpoint, resetCheckpoint } from '../../src/store/checkpoints.js';
import { openHealthEvent } from '../../src/store/health-events.js';
import { isAnswering } from '../../src/store/ping.js';
import { sourceFacts } from '../../src/store/source-facts.js';
import { createSource, markStopped } from '../../src/store/sources.js';
import { collectionsIn, raw } from '../support/raw-collections.js';
import { testDatabase } from '../support/test-database.js';

const collections = collectionsIn(testDatabase().db);
const LIMIT = { timeoutMS: 30_000 };
const BEGIN = new Date('2025-09-14T12:00:00Z');
const LATER = new Date('2025-09-15T12:00:00Z');

beforeEach(async () => {
  const { sources, checkpoints } = raw(collections);
  await Promise.all([sources.deleteMany({}), checkpoints.deleteMany({})]);
});

const made = async (name: string) =>
  (await createSource(collections, 1, name, { dataCollection: ['dlp'], clientID: 'x', secretNote: 'y' }))._id;

const failing = (sourceId: number, subject: string, severityLevel: 'Error' | 'Warning') =>
  openHealthEvent(collections, {
    ...{ _id: `${sourceId} ${subject}`, eventId: 'e', eventType: 'Health-Change', eventName: 'n', sourceId, subject },
    ...{ eventFormatVersion: '1.0', eventTime: BEGIN.toISOString(), subsystem: 'Collection', status: 'UnHealthy' },
    ...{ severityLevel, details: { trackerId: 't', error: 'e', name: 'n', description: 'd' }, attempts: 1 },
    resourceIdentity: { id: '1', name: 'n', type: 'Source', collectorId: '1', collectorName: 'c' },
    ...{ occurrences: 1, updatedAt: BEGIN },
  });

test('the facts of all sources come with their streams and open errors, and without anything secret', async () => {
  const [first, second] = [await made('a'), await made('b')];
  await ensureCheckpoints(collections, first, ['dlp', 'audit'], BEGIN);
  await noteCaughtUp(collections, first, ['dlp'], LATER);
  await failing(first, 'audit', 'Error');
  await failing(first, 'dlp', 'Warning');
  await markStopped(collections, second, true);
  const { total, sources } = await sourceFacts(collections, 10, LIMIT);
  expect(total).toBe(2);
  expect(sources).toEqual([
    {
      _id: first,
      config: { dataCollection: ['dlp'] },
      streams: expect.arrayContaining([
        expect.objectContaining({ stream: 'dlp', beginAt: BEGIN, caughtUpAt: LATER }),
        expect.not.objectContaining({ caughtUpAt: LATER }),
      ]),
      failing: ['audit'],
    },
    { _id: second, config: { dataCollection: ['dlp'] }, stoppedAt: expect.any(Date), streams: [], failing: [] },
  ]);
});

test('of more sources than that, the first are told, and all are counted', async () => {
  const [first] = [await made('a'), await made('b'), await made('c')];
  const { total, sources } = await sourceFacts(collections, 1, LIMIT);
  expect({ total, ids: sources.map(({ _id }) => _id) }).toEqual({ total: 3, ids: [first] });
});

test('what is noted of being caught up moves no version, is never moved back, and ends with the position', async () => {
  await ensureCheckpoints(collections, 3, ['dlp', 'audit'], BEGIN);
  const before = await readCheckpoint(collections, 3, 'dlp');
  await noteCaughtUp(collections, 3, [], LATER);
  await noteCaughtUp(collections, 3, ['dlp'], LATER);
  await noteCaughtUp(collections, 3, ['dlp'], BEGIN);
  expect(await readCheckpoint(collections, 3, 'dlp')).toEqual({ ...before, caughtUpAt: LATER });
  expect(await readCheckpoint(collections, 3, 'audit')).not.toHaveProperty('caughtUpAt');
  expect(await resetCheckpoint(collections, 3, 'dlp', BEGIN)).not.toHaveProperty('caughtUpAt');
});

test('MongoDB answers', async () => {
  expect(await isAnswering(collections, 10_000)).toBe(true);
});
