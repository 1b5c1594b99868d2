import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Lease, type LeaseOptions } from '../../src/store/lease.js';
import { collectionsIn, raw } from '../support/raw-collections.js';
import { numbers } from '../support/store-fixtures.js';
import { testDatabase } from '../support/test-database.js';

const { db } = testDatabase();
const collections = collectionsIn(db);
const { leases } = raw(collections);
const name = 'reconciler';
const leaseOf = (holder: string, more: Partial<LeaseOptions> = {}) =>
  new Lease({ store: collections, name, holder, ...more });

beforeEach(async () => {
  await leases.deleteMany({});
});

/** As if so much time had passed on the server's clock. */
async function pass(ms: number): Promise<void> {
  await leases.updateOne({ _id: name }, [{ $set: { until: { $subtract: ['$until', ms] } } }]);
}

/** Milliseconds until it runs out, by the server's clock. */
async function leftMs(): Promise<number> {
  const [found] = await leases
    .aggregate<{ readonly left: number }>([{ $project: { left: { $subtract: ['$until', '$$NOW'] } } }])
    .toArray();
  return found?.left ?? 0;
}

describe('a lease', () => {
  test('is had by one of many who want it at the same time', async () => {
    const all = await Promise.all(numbers(20).map((each) => leaseOf(`worker ${each}`).hold()));
    expect(all.filter(Boolean)).toHaveLength(1);
    expect(await leases.countDocuments()).toBe(1);
  });

  test('is kept by renewing it, and taken by others once it has run out', async () => {
    const [a, b] = [leaseOf('a'), leaseOf('b')];
    expect(await a.hold()).toBe(true);
    for (let round = 0; round < 3; round += 1) {
      await pass(20_000);
      expect(await b.hold()).toBe(false);
      expect(await a.hold()).toBe(true);
    }
    expect(await leftMs()).toBeGreaterThan(20_000);
    await pass(30_001);
    expect(await b.hold()).toBe(true);
    expect(await a.hold()).toBe(false);
  });

  test('is free at once when its holder gives it back; nobody else can do that', async () => {
    const [a, b] = [leaseOf('a'), leaseOf('b')];
    await a.hold();
    await b.release();
    expect(await b.hold()).toBe(false);
    await a.release();
    expect(await b.hold()).toBe(true);
    expect(await a.hold()).toBe(false);
  });

  test('is taken at once from a holder that is known to be gone, and by one only', async () => {
    await leaseOf('dead').hold();
    const isGone = (holder: string) => holder === 'dead';
    const all = await Promise.all(numbers(20).map((each) => leaseOf(`worker ${each}`, { isGone }).hold()));
    expect(all.filter(Boolean)).toHaveLength(1);
    expect(await leaseOf('late', { isGone }).hold()).toBe(false);
  });

  test('is one of several: others go by other names', async () => {
    expect(await leaseOf('a').hold()).toBe(true);
    expect(await leaseOf('b', { name: `${name}/mimecast:2` }).hold()).toBe(true);
  });

  test('has a holder of any name', async () => {
    expect(await leaseOf('$until').hold()).toBe(true);
    expect(await leases.findOne({ _id: name })).toMatchObject({ holder: '$until' });
  });
});

describe('on a machine whose clock is wrong', () => {
  afterEach(() => void vi.useRealTimers());

  test.each([
    ['an hour fast', 3_600_000],
    ['an hour slow', -3_600_000],
  ])('by %s, a lease is neither taken too early nor kept too long', async (_, byMs) => {
    const [right, wrong] = [leaseOf('right'), leaseOf('wrong')];
    const onWrongMachine = async () => {
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + byMs });
      try {
        return await wrong.hold();
      } finally {
        vi.useRealTimers();
      }
    };
    expect(await right.hold()).toBe(true);
    expect(await onWrongMachine()).toBe(false);
    await pass(30_001);
    expect(await onWrongMachine()).toBe(true);
    expect(await right.hold()).toBe(false);
    expect(await leftMs()).toBeLessThanOrEqual(30_000);
    await pass(30_001);
    expect(await right.hold()).toBe(true);
  });
});
