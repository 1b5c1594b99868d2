/** The plan of a run that goes on with what the one before it has planned. */

import { expect, test } from 'vitest';
import { newLedger } from '../../src/domain/health/health-ledger.js';
import { outcomeOf, sourceAfter, startUp } from '../support/source-fixtures.js';
import { sourceRuns } from '../support/source-runs.js';

const HOUR = 3_600_000;
const runs = sourceRuns();

const carried = (nextPollInMs: number, pollSpreadMs: number) => (sourceId: number) => {
  const now = Date.now();
  const source = sourceAfter(...startUp('dlp'), { kind: 'outcome', outcome: outcomeOf('dlp') });
  const snapshot = { ...source, sourceId, nextPollAt: new Date(now + nextPollInMs).toISOString(), pollSpreadMs };
  return { snapshot, ledger: newLedger(new Date(now).toISOString()) };
};

/** Replays of runs that earlier code began go by the same: they had the timer, though not this long. */
test.each<[string, number, number, 'timer' | 'poll']>([
  ['not due yet', HOUR, 0, 'timer'],
  ['overdue', -HOUR, 0, 'poll'],
  ['due for its spread alone', -1, -HOUR, 'timer'],
  ['not due for its spread alone', HOUR, 2 * HOUR, 'poll'],
])('whether a run waits before its first poll is told by the plan without the spread: %s', async (_, ...plan) => {
  const [nextPollInMs, spreadMs, first] = plan;
  const run = await runs.start({ streams: ['dlp'], carried: carried(nextPollInMs, spreadMs) });
  if (nextPollInMs < 0 || first === 'poll') await run.attempted('sweep', 1);
  else await run.status();
  const [history] = await run.histories();
  const seen = (history?.events ?? []).flatMap((event) => {
    if (event.timerStartedEventAttributes) return ['timer'];
    return event.activityTaskScheduledEventAttributes?.activityType?.name === 'sweep' ? ['poll'] : [];
  });
  expect(seen[0]).toBe(first);
});
