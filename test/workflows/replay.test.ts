import { expect, test } from 'vitest';
import { replayHistory } from '../../src/runtime/replay-history.js';
import { SCENARIOS } from '../support/history-scenarios.js';
import {
  BACKGROUND,
  EXPORT,
  historyOf,
  PRESENT,
  REREAD,
  type RecordedHistory,
  recordedHistories,
} from '../support/recorded-histories.js';
import { workflowBundle } from '../support/temporal-connection.js';

/** Recorded by the tests of those workflows. */
const OTHERS = [
  ...['backfill', 'verify'].map((name) => `${REREAD}${name}`),
  ...['until its source is stopped', 'that fails and is continued as new', 'that gives up until it is changed'].map(
    (name) => `${EXPORT}${name}`,
  ),
  ...['of the past', 'of the past that fails', 'of the past that is canceled'].map((name) => `${EXPORT}${name}`),
  ...['fill-in', 'watchlist', 'watchlist changed while its webhook refuses'].map((name) => `${BACKGROUND}${name}`),
];

test.for([...recordedHistories()])('every recorded history in the folder %s replays', async ([folder, recorded]) => {
  const all = recorded.map(({ name }) => name).filter((name) => !name.includes(', run '));
  const names = all.filter((name) => ![REREAD, BACKGROUND, EXPORT].some((kind) => name.startsWith(kind)));
  if (folder === PRESENT) expect(all).toEqual(expect.arrayContaining(OTHERS));
  const scenarios = SCENARIOS.filter(
    ({ since = '' }) => Number.parseInt(folder, 10) >= (Number.parseInt(since, 10) || 0),
  );
  expect(names.sort()).toEqual(scenarios.map(({ name }) => name).sort());
  for (const history of recorded) await replay(history);
});

test('a run that has only just been created has nothing to replay', async () => {
  const [recorded] = recordedHistories().get(PRESENT) ?? [];
  if (recorded === undefined) throw new Error('nothing is recorded');
  const { events } = historyOf(recorded);
  expect(await replayHistory(workflowBundle(), { events: events?.slice(0, 1) ?? [] }, recorded.workflowId)).toBe(false);
  expect(await replayHistory(workflowBundle(), { events: events?.slice(0, 2) ?? [] }, recorded.workflowId)).toBe(true);
});

test('a history that the workflow cannot follow is noticed', async () => {
  const [recorded] = recordedHistories().get(PRESENT) ?? [];
  if (recorded === undefined) throw new Error('nothing is recorded');
  const other = JSON.parse(JSON.stringify(recorded).replaceAll('"validate"', '"verify"')) as typeof recorded;
  await expect(replay(other)).rejects.toThrow(/nondeterminism/i);
});

function replay(recorded: RecordedHistory): Promise<boolean> {
  return replayHistory(workflowBundle(), historyOf(recorded), recorded.workflowId);
}
