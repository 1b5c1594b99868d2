import { expect, test } from 'vitest';
import { newStreamStatus } from '../../../src/domain/lifecycle/snapshot.js';
import { viewOf } from '../../../src/domain/lifecycle/source-view.js';
import { FORBIDDEN, minutes, problemOf, sourceAfter, startUp, UNAVAILABLE } from '../../support/source-fixtures.js';

const NOW = Date.parse(minutes(60));
const COLLECTING = sourceAfter(...startUp('receipt', 'dlp'));

test('a healthy source: no problems, and what its state means', () => {
  const view = viewOf({ ...COLLECTING, nextPollAt: minutes(61), restarts: 2 }, NOW);
  expect(view).toMatchObject({ stage: 'Collecting', nextPollAt: minutes(61), restarts: 2, problems: [] });
  expect(view.sentence).toBe('Records are being collected from Mimecast.');
  expect(view.streams.map(({ stream, gaps }) => [stream, gaps])).toEqual([
    ['receipt', 0],
    ['dlp', 0],
  ]);
});

test('a poll that was due is not told', () => {
  expect(viewOf({ ...COLLECTING, nextPollAt: minutes(59) }, NOW).nextPollAt).toBeUndefined();
});

test('a problem says what happens next and what to do; one that has ended no longer does', () => {
  const problem = problemOf({ ...FORBIDDEN, advice: 'Grant the role.' });
  const lastProblem = { ...problemOf(UNAVAILABLE), endedAt: minutes(50) };
  const receipt = { ...newStreamStatus('receipt'), problem, lastProblem, phase: 'parked' as const, stored: 7 };
  const view = viewOf({ ...COLLECTING, state: 'Error', streams: [receipt] }, NOW);
  const { message, code, type } = FORBIDDEN;
  expect(view.problems).toEqual([
    {
      ...{ where: 'receipt', severity: 'Error', type, code, message, since: problem.since },
      next: 'No retries are made until the source is updated or restarted. Grant the role.',
    },
  ]);
  expect(view.streams).toMatchObject([{ phase: 'parked', stored: 7, problem: view.problems[0] }]);
  expect(view.streams[0]?.lastProblem).toEqual({
    ...{ where: 'receipt', severity: 'Error', since: lastProblem.since, endedAt: minutes(50) },
    ...{ type: UNAVAILABLE.type, code: UNAVAILABLE.code, message: UNAVAILABLE.message },
  });
});
