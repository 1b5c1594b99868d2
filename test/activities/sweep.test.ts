import { CancelledFailure } from '@temporalio/common';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { StreamName } from '../../src/source/streams.js';
import { STREAMS } from '../../src/source/streams.js';
import { checkpointId } from '../../src/store/checkpoints.js';
import { collectorDatabase } from '../support/collector-database.js';
import { activityEnvironment, type SimulatedSource, simulatedSource, sizeOf } from '../support/simulated-source.js';
import { until } from '../support/until.js';

const collections = collectorDatabase();

const sweep = (source: SimulatedSource, streams: readonly StreamName[], environment = activityEnvironment()) =>
  source.run((activities, id) => activities.sweep(id, streams), environment);

/** A clock that tests put forward. */
function movableClock() {
  const clock = { aheadMs: 0 };
  return { clock, now: () => Date.now() + clock.aheadMs };
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

test('only the streams with news are told of', async () => {
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

test('a stream whose budget is over has more to come, and the others get their turn', async () => {
  const { clock, now } = movableClock();
  let asked = false;
  const source = await simulatedSource(collections, {
    world: {
      clock: () => {
        // From the first question on, every look at a clock finds it three seconds later.
        if (asked) clock.aheadMs += 3_000;
        return now();
      },
    },
  });
  await source.collectAll('dlp');
  const realNow = Date.now.bind(Date);
  asked = true;
  vi.spyOn(Date, 'now').mockImplementation(() => realNow() + clock.aheadMs);
  onTestFinished(() => void vi.restoreAllMocks());
  const { outcomes } = await sweep(source, ['receipt', 'av']);
  expect(outcomes.map(({ stream, result }) => [stream, result])).toEqual([
    ['receipt', 'more'],
    ['av', 'more'],
  ]);
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

test('trouble of our own in one stream is of that stream alone', async () => {
  const source = await simulatedSource(collections);
  await collections.checkpoints.deleteOne({ _id: checkpointId(source.id, 'audit') });
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
