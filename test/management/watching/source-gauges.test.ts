import { describe, expect, test } from 'vitest';
import { Kept } from '../../../src/management/watching/kept.js';
import { sourceSamples } from '../../../src/management/watching/source-gauges.js';
import type { SourceFacts, StreamFacts } from '../../../src/store/source-facts.js';

const NOW = new Date('2025-09-15T12:00:00Z');
const ago = (seconds: number) => new Date(NOW.getTime() - seconds * 1_000);
const stream = (facts: Partial<StreamFacts> = {}): StreamFacts => ({ stream: 'dlp', beginAt: ago(86_400), ...facts });

function source(facts: Partial<SourceFacts> = {}): SourceFacts {
  return { _id: 7, config: { dataCollection: ['dlp', 'auditEvent'] }, streams: [stream()], failing: [], ...facts };
}

const of = (facts: Partial<SourceFacts>) => sourceSamples({ total: 1, sources: [source(facts)] }, NOW);

describe('the state is one of four', () => {
  test.each<[Partial<SourceFacts>, string, number]>([
    [{}, 'running', 0],
    [{ failing: ['dlp'] }, 'failing', 1],
    [{ failing: ['dlp', 'dlp', 'audit'] }, 'failing', 2],
    [{ failing: ['sweep'] }, 'failing', 2],
    [{ failing: ['authenticate', 'dlp'] }, 'failing', 2],
    [{ failing: ['workflow'] }, 'failing', 2],
    [{ failing: ['export'] }, 'running', 0],
    [{ failing: ['dlp', 'export'] }, 'failing', 1],
    [{ failing: ['dlp'], stoppedAt: NOW }, 'stopped', 0],
    [{ failing: ['dlp'], stoppedAt: NOW, deletingAt: NOW }, 'deleting', 0],
  ])('%j: %s, %d streams fail', (facts, state, streams) => {
    const { mimecast_source_state: states, mimecast_source_failing_streams: failing } = of(facts);
    expect(states).toHaveLength(4);
    expect(states.filter(({ value }) => value === 1)).toEqual([{ labels: { source: '7', state }, value: 1 }]);
    expect(failing).toEqual([{ labels: { source: '7' }, value: streams }]);
  });
});

describe('the lag of a stream is the time since all that was to be had of it is stored', () => {
  test.each<[string, Partial<StreamFacts>, number]>([
    ['that has never been caught up', {}, 86_400],
    ['that was caught up', { caughtUpAt: ago(60) }, 60],
    ['that is read up to a time', { readUntil: ago(30) }, 30],
    ['whose windows end before it was caught up', { readUntil: ago(300), caughtUpAt: ago(20) }, 20],
    ['of a worker whose clock is ahead', { caughtUpAt: ago(-5) }, 0],
  ])('%s', (_, facts, seconds) => {
    expect(of({ streams: [stream(facts)] }).mimecast_stream_lag_seconds).toEqual([
      { labels: { source: '7', stream: 'dlp' }, value: seconds },
    ]);
  });

  test.each<[string, Partial<SourceFacts>]>([
    ['of a stopped source', { stoppedAt: NOW }],
    ['of one that is being deleted', { deletingAt: NOW }],
    ['of a stream that is no longer configured', { config: { dataCollection: ['auditEvent'] } }],
    ['of a SIEM type that is no longer configured', siemWithout()],
  ])('none %s', (_, facts) => {
    expect(of(facts).mimecast_stream_lag_seconds).toEqual([]);
  });

  function siemWithout(): Partial<SourceFacts> {
    return { config: { dataCollection: ['siem'], siemTypes: ['receipt'] }, streams: [stream({ stream: 'av' })] };
  }
});

test('a store that does not answer is told, and nothing else', () => {
  expect(sourceSamples(undefined, NOW)).toEqual({
    mimecast_store_up: [{ labels: {}, value: 0 }],
    mimecast_sources: [],
    mimecast_source_state: [],
    mimecast_source_failing_streams: [],
    mimecast_stream_lag_seconds: [],
  });
});

test('of many sources all are counted, however many are told of', () => {
  expect(sourceSamples({ total: 1_200, sources: [] }, NOW).mimecast_sources).toEqual([{ labels: {}, value: 1_200 }]);
});

test('an answer is kept for its time, and one that is awaited is for all', async () => {
  let [now, asked] = [0, 0];
  const kept = new Kept(
    async () => ++asked,
    100,
    () => now,
  );
  expect(await Promise.all([kept.get(), kept.get()])).toEqual([1, 1]);
  now = 99;
  expect(await kept.get()).toBe(1);
  now = 100;
  expect(await kept.get()).toBe(2);
});
