import { beforeAll, describe, expect, test } from 'vitest';
import {
  newSnapshot,
  newStreamStatus,
  type SourceSnapshot,
  type StreamStatus,
} from '../../../src/domain/lifecycle/snapshot.js';
import { greatestLag, SourceActivities } from '../../../src/management/sources/source-activity.js';
import { createSource } from '../../../src/store/sources.js';
import { collectionsIn } from '../../support/raw-collections.js';
import { temporalConnection } from '../../support/temporal-connection.js';
import { testDatabase } from '../../support/test-database.js';

describe('the lag of a source', () => {
  const NOW = Date.UTC(2026, 0, 2);
  const ago = (ms: number) => new Date(NOW - ms).toISOString();
  const withStreams = (...streams: Partial<StreamStatus>[]): SourceSnapshot => ({
    ...newSnapshot({ sourceId: 1 }, ago(0)),
    pollIntervalMs: 60_000,
    streams: streams.map((stream) => ({ ...newStreamStatus('receipt'), ...stream })),
  });
  const caughtUp = { caughtUp: true, caughtUpAt: ago(1_000) };

  test.each<[string, SourceSnapshot, number | undefined]>([
    ['of which nothing is known yet is not known', withStreams({}, {}), undefined],
    ['that is caught up is none', withStreams(caughtUp, caughtUp), 0],
    ['is that of its slowest stream', withStreams(caughtUp, { caughtUp: false, lastEventTime: ago(9_000) }), 9_000],
    ['says what is known when not all is', withStreams({}, { lastEventTime: ago(5_000) }), 5_000],
  ])('%s', (_, snapshot, lag) => {
    expect(greatestLag(snapshot, NOW)).toBe(lag);
  });
});

describe('activity', () => {
  const collections = collectionsIn(testDatabase().db);
  const { client } = temporalConnection();
  beforeAll(async () => {
    await collections.ensureIndexes();
    await createSource(collections, 1, 'quiet', {});
  });

  test('is worked out once for all that ask within some seconds', async () => {
    let now = Date.now();
    const activities = new SourceActivities({ collections, client }, () => now);
    const [first, second] = await Promise.all([activities.get(), activities.get()]);
    expect(first.sources).toEqual([{ id: expect.any(Number), counts: new Array(12).fill(0) }]);
    expect(second).toBe(first);
    now += 14_999;
    expect(await activities.get()).toBe(first);
    now += 2;
    expect(await activities.get()).not.toBe(first);
  });

  test('that could not be worked out is worked out again for the next one', async () => {
    let isAway = true;
    const failing = {
      ...collections,
      installation: () => (isAway ? Promise.reject(new Error('away')) : collections.installation()),
    };
    const activities = new SourceActivities({ collections: failing, client });
    await expect(activities.get()).rejects.toThrow('away');
    isAway = false;
    expect((await activities.get()).sources).toHaveLength(1);
  });
});
