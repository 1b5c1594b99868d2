import { expect, test } from 'vitest';
import { newSnapshot, newStreamStatus, type SourceSnapshot } from '../../../src/domain/lifecycle/snapshot.js';
import { NO_COUNTS } from '../../../src/domain/streams/outcome.js';
import { STREAMS, type StreamName } from '../../../src/domain/streams/streams.js';
import { type Evidence, isSettled, untruths } from './state-check.js';

const NOW = '2026-01-01T00:00:00.000Z';
const stored = Object.fromEntries(STREAMS.map((stream) => [stream, 2])) as Record<StreamName, number>;
const snapshot: SourceSnapshot = {
  ...newSnapshot({ sourceId: 1 }, NOW),
  state: 'Collecting',
  stage: 'Collecting',
  streams: STREAMS.map((stream) => ({ ...newStreamStatus(stream), phase: 'waiting', caughtUp: true, stored: 2 })),
  totals: { ...NO_COUNTS, stored: 2 * STREAMS.length },
};
const listing = {
  sourceId: 1,
  name: 'source 1',
  collector: '',
  workflowId: 'w',
  state: 'Collecting',
  health: 'Healthy' as const,
};

function evidenceOf(seen: SourceSnapshot, change: Partial<Evidence> = {}): Evidence {
  const status = { ...listing, state: seen.state, health: seen.health, snapshot: seen } as Evidence['status'];
  return { status, listing, openHealthEvents: 0, stored, quarantined: 0, gaps: 0, expectedGaps: 0, ...change };
}

test('all of it is true', () => {
  expect(untruths(evidenceOf(snapshot))).toEqual([]);
  expect(isSettled(evidenceOf(snapshot).status)).toBe(true);
});

test.each<[string, Partial<Evidence>]>([
  ['records of dlp: said 2, is 3', { stored: { ...stored, dlp: 3 } }],
  ['quarantined: said 0, is 1', { quarantined: 1 }],
  ['gaps: said 0, is 1', { gaps: 1, expectedGaps: 1 }],
  ['gaps that nobody made: said 1, is 0', { gaps: 1 }],
  ['state in the list: said Error, is Collecting', { listing: { ...listing, state: 'Error' } }],
  ['health in the list: said undefined, is Healthy', { listing: undefined }],
  ['open health events: said 1, is 0', { openHealthEvents: 1 }],
])('%s', (sentence, change) => {
  expect(untruths(evidenceOf(snapshot, change))).toContain(sentence);
});

test('not at rest while a part is at work, behind or failing', () => {
  const [first, ...others] = snapshot.streams;
  if (first === undefined) throw new Error('there are streams');
  for (const change of [{ phase: 'collecting' as const }, { caughtUp: false }]) {
    const streams = [{ ...first, ...change }, ...others];
    expect(isSettled(evidenceOf({ ...snapshot, streams }).status)).toBe(false);
  }
  expect(isSettled(evidenceOf({ ...snapshot, health: 'Error' }).status)).toBe(false);
  expect(isSettled(evidenceOf({ ...snapshot, state: 'Pending' }).status)).toBe(false);
});
