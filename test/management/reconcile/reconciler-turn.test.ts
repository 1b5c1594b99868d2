/** Several reconcilers of one installation, as several workers have them: one works, and others take over from it. */

import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { Reconciler, type Turn } from '../../../src/management/reconcile/reconciler.js';
import { reconcilerTurn } from '../../../src/management/reconcile/reconciler-turn.js';
import { Lease, type LeaseOptions } from '../../../src/store/lease.js';
import { collectionsIn, raw } from '../../support/raw-collections.js';
import { testDatabase } from '../../support/test-database.js';
import { until } from '../../support/until.js';

const { db } = testDatabase();
const collections = collectionsIn(db);
const { leases } = raw(collections);
const leaseOf = (holder: string, more: Partial<LeaseOptions> = {}) =>
  new Lease({ store: collections, name: 'reconciler', holder, ...more });

beforeEach(async () => {
  await leases.deleteMany({});
});

/** A reconciler that hardly rests, and is closed with the test. */
function reconciling(turn: Turn, round: (onError: (error: unknown) => void) => Promise<void> = async () => undefined) {
  const seen = { looks: 0, rounds: 0 };
  const troubles: unknown[] = [];
  const reconciler = new Reconciler({
    service: {
      startMissing: async ({ onError }) => {
        seen.rounds += 1;
        await round(onError);
      },
    },
    turn: {
      hold: () =>
        turn.hold().finally(() => {
          seen.looks += 1;
        }),
      release: () => turn.release(),
    },
    intervalMs: 10,
    onStarted: () => undefined,
    onError: (error) => troubles.push(error),
  }).start();
  onTestFinished(() => reconciler.close());
  const more = async (what: keyof typeof seen, count: number) => {
    const before = seen[what];
    await until(
      () => seen[what],
      (now) => now >= before + count,
      { everyMs: 5 },
    );
  };
  return { reconciler, seen, troubles, more };
}

test('of two, one works, until it is closed; then the other does', async () => {
  const a = reconciling(leaseOf('a'));
  await a.more('rounds', 1);
  const b = reconciling(leaseOf('b'));
  await Promise.all([b.more('looks', 5), a.more('rounds', 5)]);
  expect(b.seen.rounds).toBe(0);
  await a.reconciler.close();
  expect(await leases.countDocuments({ holder: 'a' })).toBe(0);
  await b.more('rounds', 2);
  expect([...a.troubles, ...b.troubles]).toEqual([]);
});

test('when the one that worked is dead, another takes over once its time has run out', async () => {
  await leaseOf('dead').hold();
  const b = reconciling(leaseOf('b'));
  await b.more('looks', 5);
  expect(b.seen.rounds).toBe(0);
  await leases.updateOne({ _id: 'reconciler' }, [{ $set: { until: '$$NOW' } }]);
  await b.more('rounds', 1);
});

test('one that is seen to be dead is not waited for', async () => {
  await leaseOf('dead').hold();
  await reconciling(leaseOf('b', { isGone: (holder) => holder === 'dead' })).more('rounds', 1);
});

test.each(['tells of trouble', 'fails'])('one whose round %s lets others try', async (how) => {
  const facts = new Error('not here');
  const a = reconciling(leaseOf('a'), async (onError) => {
    if (how === 'fails') throw facts;
    onError(facts);
  });
  await a.more('rounds', 2);
  const b = reconciling(leaseOf('b'));
  await b.more('rounds', 3);
  expect(a.troubles).toContain(facts);
  expect(b.troubles).toEqual([]);
});

test('workers of another version have a turn of their own', async () => {
  const turnOf = (holder: string, buildId?: string) =>
    reconcilerTurn(
      collections,
      'here/default',
      buildId === undefined ? undefined : { deploymentName: 'mimecast', buildId },
      {
        holder,
      },
    );
  const all = [turnOf('a'), turnOf('b', '1'), turnOf('c', '2'), turnOf('d'), turnOf('e', '2')];
  const held: boolean[] = [];
  for (const turn of all) held.push(await turn.hold());
  expect(held).toEqual([true, true, true, false, false]);
});

test('a worker that is left over at another Temporal has a turn of its own', async () => {
  const turnAt = (temporal: string, holder: string) => reconcilerTurn(collections, temporal, undefined, { holder });
  expect(await turnAt('old:7233/default', 'a').hold()).toBe(true);
  expect(await turnAt('new:7233/default', 'b').hold()).toBe(true);
  expect(await turnAt('new:7233/default', 'c').hold()).toBe(false);
});

test('what each worker does when it starts needs no turn, is tried until it succeeds, and is done once', async () => {
  const never: Turn = { hold: async () => false, release: async () => undefined };
  const prepare = vi.fn(async () => undefined).mockRejectedValueOnce(new Error('away'));
  const onError = vi.fn();
  const service = { prepare, startMissing: vi.fn(async () => undefined) };
  const turn = { ...never, hold: vi.fn(never.hold) };
  const reconciler = new Reconciler({ service, turn, intervalMs: 1, onStarted: () => undefined, onError }).start();
  await until(
    () => turn.hold.mock.calls.length,
    (looks) => looks >= 5,
  );
  await reconciler.close();
  expect(prepare).toHaveBeenCalledTimes(2);
  expect(onError).toHaveBeenCalledTimes(1);
  expect(service.startMissing).not.toHaveBeenCalled();
});

test('without MongoDB there is no round, and it is reported', async () => {
  const away: Turn = { hold: () => Promise.reject(new Error('away')), release: async () => undefined };
  const a = reconciling(away);
  await a.more('looks', 2);
  expect(a.seen.rounds).toBe(0);
  expect(a.troubles).toContainEqual(new Error('away'));
});

function resolvable<T>() {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

describe('a long round', () => {
  function longRound(hold: () => Promise<boolean> = async () => true) {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const { promise: ending, resolve: end } = resolvable<void>();
    const release = vi.fn(async () => undefined);
    const holding = vi.fn(hold);
    const reconciler = new Reconciler({
      service: { startMissing: () => ending },
      turn: { hold: holding, release },
      onStarted: () => undefined,
      onError: () => undefined,
    }).start();
    return { reconciler, holding, release, end };
  }

  test('keeps the turn every ten seconds, but not when it hangs', async () => {
    const { reconciler, holding, end } = longRound();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(holding).toHaveBeenCalledTimes(7);
    await vi.advanceTimersByTimeAsync(540_000);
    const calls = holding.mock.calls.length;
    await vi.advanceTimersByTimeAsync(600_000);
    expect(holding).toHaveBeenCalledTimes(calls);
    end();
    await reconciler.close();
  });

  test('gives the turn back only when nothing is under way any more that would take it again', async () => {
    const { promise: slow, resolve: answer } = resolvable<boolean>();
    let calls = 0;
    const { reconciler, holding, release, end } = longRound(async () => {
      calls += 1;
      return calls === 1 ? true : slow;
    });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(holding).toHaveBeenCalledTimes(2);
    const closing = reconciler.close();
    end();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(release).not.toHaveBeenCalled();
    answer(true);
    await closing;
    expect(release).toHaveBeenCalledTimes(1);
  });
});
