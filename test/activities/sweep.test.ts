import { CancelledFailure } from '@temporalio/common';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { NO_COUNTS, type ToldCounts } from '../../src/domain/streams/outcome.js';
import type { StreamName } from '../../src/domain/streams/streams.js';
import { STREAMS } from '../../src/domain/streams/streams.js';
import { checkpointId } from '../../src/store/checkpoints.js';
import { activityEnvironment } from '../support/collected-source.js';
import { collectorDatabase } from '../support/collector-database.js';
import { raw } from '../support/raw-collections.js';
import { type SimulatedSource, simulatedSource, sizeOf } from '../support/simulated-source.js';
import { until } from '../support/until.js';

const collections = collectorDatabase();

const sweep = (source: SimulatedSource, streams: readonly StreamName[], environment = activityEnvironment()) =>
  source.run((activities, id) => activities.sweep(id, streams), environment);

/** A clock that only tests put forward: else the world goes on during a test, as long as it takes. */
function movableClock() {
  const begin = Date.now();
  const clock = { aheadMs: 0 };
  return { clock, now: () => begin + clock.aheadMs };
}

test('sweeps of a small world store it all; then every stream is idle', async () => {
  const source = await simulatedSource(collections);
  const first = await sweep(source, STREAMS);
  expect(first.idle).toEqual([]);
  expect(first.outcomes.map(({ stream }) => stream)).toEqual(STREAMS);
  await until(
    () => sweep(source, STREAMS),
    ({ idle }) => idle.length === STREAMS.length,
  );
  for (const stream of STREAMS) expect(await source.stored(stream)).toEqual(await source.held(stream));
  expect(await sweep(source, STREAMS)).toEqual({ outcomes: [], idle: STREAMS });
});

test('no streams', async () => {
  const source = await simulatedSource(collections);
  expect(await sweep(source, [])).toEqual({ outcomes: [], idle: [] });
});

test('only the streams with news are reported', async () => {
  const { clock, now } = movableClock();
  const source = await simulatedSource(collections, { world: { clock: now, rate: 600 } });
  const streams = STREAMS.slice(0, 3);
  await sweep(source, streams);
  const before = sizeOf(await source.stored('process'));
  clock.aheadMs = 60_000;
  await source.collectAll('receipt');
  const { outcomes, idle } = await sweep(source, streams);
  expect(idle).toEqual(['receipt']);
  expect(outcomes.map(({ stream }) => stream)).toEqual(['process', 'delivery']);
  const held = await source.held('process');
  expect(outcomes[0]?.counts.stored).toBe(sizeOf(held) - before);
  for (const stream of streams) expect(await source.stored(stream)).toEqual(await source.held(stream));
});

test('what an attempt stored that died before it told anybody is reported, though nothing more is found', async () => {
  const source = await simulatedSource(collections);
  const streams = ['receipt', 'audit', 'dlp'] as const;
  for (const stream of streams) await source.collectAll(stream);
  await source.meddle('dlp', { $set: { gaps: { count: 1, last: { from: 'a', to: 'b', reason: 'c' } } } });
  const { totals } = await source.checkpoint('receipt');
  const { stored } = (await source.checkpoint('dlp')).totals;
  const told = { receipt: [0, 0, 0], audit: [(await source.checkpoint('audit')).totals.stored, 0, 0] } as const;
  const swept = (known: ToldCounts) => source.run((activities, id) => activities.sweep(id, streams, false, known));
  const { outcomes, idle } = await swept({ ...told, dlp: [stored, 0, 0] });
  expect(idle).toEqual(['audit']);
  expect(outcomes).toMatchObject([
    { stream: 'receipt', result: 'caughtUp', counts: NO_COUNTS, totals },
    { stream: 'dlp', result: 'caughtUp', counts: NO_COUNTS, gaps: { count: 1 } },
  ]);
  expect(await swept({ ...told, receipt: [totals.stored, 0, 0], dlp: [stored, 0, 1] })).toEqual({
    outcomes: [],
    idle: streams,
  });
});

/** Every look at the clock finds it so much later, as when each answer takes that long. */
function slowClock(stepMs: number): void {
  const realNow = Date.now.bind(Date);
  let aheadMs = 0;
  vi.spyOn(Date, 'now').mockImplementation(() => {
    aheadMs += stepMs;
    return realNow() + aheadMs;
  });
  onTestFinished(() => void vi.restoreAllMocks());
}

test('waiting for a slow API is no work: what is caught up after it stays in the sweep', async () => {
  const source = await simulatedSource(collections);
  slowClock(200);
  const { outcomes } = await sweep(source, ['receipt', 'av']);
  expect(outcomes.map(({ stream, result }) => [stream, result])).toEqual([
    ['receipt', 'caughtUp'],
    ['av', 'caughtUp'],
  ]);
  for (const stream of ['receipt', 'av'] as const)
    expect(await source.stored(stream)).toEqual(await source.held(stream));
});

test('a stream that has stored its share of a sweep has more to come, and the others get their turn', async () => {
  const source = await simulatedSource(collections, { sweepRecords: 1 });
  const { outcomes } = await sweep(source, ['receipt', 'av']);
  expect(outcomes.map(({ stream, result }) => [stream, result])).toEqual([
    ['receipt', 'more'],
    ['av', 'more'],
  ]);
});

test('a stream whose answers have no end does not keep the others waiting for ever', async () => {
  const source = await simulatedSource(collections);
  slowClock(30_000);
  const { outcomes } = await sweep(source, ['receipt']);
  expect(outcomes.map(({ result }) => result)).toEqual(['more']);
});

describe('a probe, when none could be collected last time', () => {
  const probe = (source: SimulatedSource, attempt: number) =>
    source.run((activities, id) => activities.sweep(id, STREAMS, true), activityEnvironment({ attempt }));
  const down = { endpoint: '*', times: -1, action: { status: 503 } } as const;

  test('fails for the cause of all, and asks all of them at the first attempt', async () => {
    const source = await simulatedSource(collections);
    await source.fault(down);
    await expect(probe(source, 1)).rejects.toMatchObject({ facts: { origin: 'mimecast', status: 503 } });
  });

  test('asks one stream only at the second attempt, and all others once that can be collected', async () => {
    const source = await simulatedSource(collections);
    await source.fault({ endpoint: 'audit', times: -1, action: { status: 503 } });
    const { outcomes, idle } = await probe(source, 2);
    expect([...outcomes.map(({ stream }) => stream), ...idle].sort()).toEqual([...STREAMS].sort());
    expect(outcomes.filter(({ result }) => result === 'failed').map(({ stream }) => stream)).toEqual(['audit']);
  });

  test('of a stream that still fails asks nobody else', async () => {
    const source = await simulatedSource(collections);
    const asked = STREAMS[2 % STREAMS.length];
    await source.fault({ endpoint: 'batch', match: { type: asked ?? '' }, times: -1, action: { status: 503 } });
    await expect(probe(source, 2)).rejects.toMatchObject({ facts: { status: 503 } });
    for (const stream of STREAMS) expect(sizeOf(await source.stored(stream))).toBe(0);
  });
});

describe('a stream that fails', () => {
  test.each([
    ['its permission', { endpoint: 'dlp', action: { error: 'app_forbidden' } }, 'dlp', 'ThirdPartyConfig', false],
    ['a fault', { endpoint: 'audit', action: { error: 'fail200' } }, 'audit', 'ThirdPartyGeneric', true],
    [
      'its quota',
      // Of a function that no other stream uses: quotas are per function.
      { endpoint: 'hold', action: { error: 'too_many_requests' } },
      'hold',
      'ThirdPartyGeneric',
      true,
    ],
    [
      'its files',
      { endpoint: 'file', match: { type: 'av' }, times: -1, action: { corruptGzip: true } },
      'av',
      'ThirdPartyGeneric',
      true,
    ],
  ] as const)('by %s is told, and does not hold up the others', async (_, fault, failing, type, retry) => {
    const source = await simulatedSource(collections);
    await source.fault(fault);
    const { outcomes, idle } = await sweep(source, STREAMS);
    expect(idle).toEqual([]);
    const failed = outcomes.filter(({ result }) => result === 'failed');
    expect(failed).toEqual([expect.objectContaining({ stream: failing, files: 0 })]);
    expect(failed[0]?.failure).toMatchObject({ type, retry });
    for (const stream of STREAMS.filter((name) => name !== failing)) {
      // On a slow machine a stream's share of the sweep may end first.
      await source.collectAll(stream);
      expect(await source.stored(stream), stream).toEqual(await source.held(stream));
    }
    expect(sizeOf(await source.stored(failing))).toBe(0);
  });
});

test('error of our own in one stream is of that stream alone', async () => {
  const source = await simulatedSource(collections);
  await raw(collections).checkpoints.deleteOne({ _id: checkpointId(source.id, 'audit') });
  const { outcomes } = await sweep(source, ['dlp', 'audit', 'hold']);
  expect(outcomes.map(({ stream, result }) => [stream, result === 'failed'])).toEqual([
    ['dlp', false],
    ['audit', true],
    ['hold', false],
  ]);
  expect(outcomes[1]?.failure).toMatchObject({ type: 'FirstPartyGeneric', retry: true });
});

test('a cancellation ends it, and no stream is called failed', async () => {
  const source = await simulatedSource(collections);
  await source.fault({ endpoint: 'audit', action: { hang: true } });
  const environment = activityEnvironment();
  const cancelled = expect(sweep(source, ['dlp', 'audit', 'hold'], environment)).rejects.toBeInstanceOf(
    CancelledFailure,
  );
  await until(
    () => source.fired(),
    (fired) => fired === 1,
  );
  for (const stream of ['dlp', 'hold'] as const) {
    const held = sizeOf(await source.held(stream));
    await until(
      async () => sizeOf(await source.stored(stream)),
      (stored) => stored === held,
    );
  }
  environment.cancel('CANCELLED');
  await cancelled;
});
