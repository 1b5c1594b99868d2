/** The fill-in and watchlists as workflows, with fakes behind their activities; their histories replay. */

import type { WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { expect, test } from 'vitest';
import type { BackgroundActivities } from '../../src/activities/index.js';
import { FILL_IN_WORKFLOW_TYPE } from '../../src/domain/fill-in/indicator-fill-in.js';
import { WATCHLIST_CHANGED_SIGNAL, WATCHLIST_WORKFLOW_TYPE } from '../../src/domain/watchlists/watchlist.js';
import { replayHistory } from '../../src/runtime/replay-history.js';
import { backgroundWorkflows } from '../support/background-workflows.js';
import { historiesOf } from '../support/histories.js';
import { BACKGROUND, recordedHistory, writeRecordedHistory } from '../support/recorded-histories.js';
import { workflowBundle } from '../support/temporal-connection.js';
import { until } from '../support/until.js';

const { run, client } = backgroundWorkflows();

interface Scenario {
  readonly name: string;
  readonly type: string;
  readonly request: object;
  /** Notes each call of an activity. */
  readonly activities: (called: (what: string) => number) => Partial<BackgroundActivities>;
  readonly live?: (handle: WorkflowHandle, calls: readonly string[]) => Promise<unknown>;
  readonly calls: readonly string[];
}

const slice = (called: (what: string) => number, slices: number) => async () => {
  const number = called('fill in');
  return { read: number * 10, filled: number, isDone: number === slices, position: `slice ${number}` };
};
const WATCHLIST = { type: WATCHLIST_WORKFLOW_TYPE, request: { watchlistId: 'one' } };

const SCENARIOS: readonly Scenario[] = [
  {
    name: 'fill-in',
    type: FILL_IN_WORKFLOW_TYPE,
    request: {},
    activities: (called) => ({ fillInIndicators: slice(called, 3) }),
    calls: ['fill in', 'fill in', 'fill in'],
  },
  {
    name: 'fill-in continued as new',
    type: FILL_IN_WORKFLOW_TYPE,
    request: { maxHistoryEvents: 10 },
    activities: (called) => ({ fillInIndicators: slice(called, 3) }),
    calls: ['fill in', 'fill in', 'fill in'],
  },
  {
    name: 'watchlist',
    ...WATCHLIST,
    activities: (called) => ({
      searchWatchlistPast: async () => ({ isDone: called('search') === 2, hits: 1 }),
      deliverWatchlistHits: async () => ({ isDone: called('send') === 3, hits: 1 }),
    }),
    calls: ['search', 'send', 'search', 'send', 'send'],
  },
  {
    name: 'watchlist continued as new',
    ...WATCHLIST,
    request: { watchlistId: 'one', maxHistoryEvents: 10 },
    activities: (called) => ({
      searchWatchlistPast: async () => ({ isDone: called('search') > 1, hits: 1 }),
      deliverWatchlistHits: async () => ({ isDone: called('send') > 1, hits: 1 }),
    }),
    calls: ['search', 'send', 'search', 'send'],
  },
  {
    name: 'watchlist that cannot be searched',
    ...WATCHLIST,
    activities: (called) => ({
      searchWatchlistPast: async () => {
        if (called('search') === 1) throw ApplicationFailure.nonRetryable('too long');
        return { isDone: true, hits: 1 };
      },
      deliverWatchlistHits: async () => ({ isDone: called('send') > 0, hits: 1 }),
    }),
    calls: ['search', 'send', 'search', 'send'],
  },
  {
    name: 'watchlist changed while its webhook refuses',
    ...WATCHLIST,
    activities: (called) => ({
      searchWatchlistPast: async () => ({ isDone: called('search') > 0, hits: 1 }),
      deliverWatchlistHits: async () => {
        if (called('send') === 1) throw new Error('refused');
        return { isDone: true, hits: 0 };
      },
    }),
    live: async (handle, calls) => {
      await until(
        () => calls,
        ({ length }) => length === 2,
      );
      await handle.signal(WATCHLIST_CHANGED_SIGNAL);
    },
    calls: ['search', 'send', 'search', 'send'],
  },
];

test.each(SCENARIOS)('$name', async ({ name, type, request, activities, live, calls: expected }) => {
  const calls: string[] = [];
  const called = (what: string) => {
    calls.push(what);
    return calls.filter((each) => each === what).length;
  };
  const handle = await run(type, request, activities(called), async (started) => {
    await live?.(started, calls);
    expect(await started.result()).toMatchObject({ isDone: true });
  });
  expect(calls).toEqual(expected);
  const histories = await historiesOf(client.workflow, handle.workflowId);
  for (const [index, history] of histories.entries()) {
    expect(await replayHistory(workflowBundle(), history, handle.workflowId)).toBe(true);
    const title = `${BACKGROUND}${name}${index === 0 ? '' : `, run ${index + 1}`}`;
    if (process.env.RECORD_HISTORIES === 'true')
      writeRecordedHistory(recordedHistory(title, handle.workflowId, history));
  }
  expect(histories.length > 1).toBe(name.includes('continued as new'));
});

test('a list that is changed while it is searched is searched again', async () => {
  const calls: string[] = [];
  let isChanged = false;
  await run(
    WATCHLIST_WORKFLOW_TYPE,
    { watchlistId: 'one' },
    {
      searchWatchlistPast: async () => {
        calls.push('search');
        if (calls.length === 1)
          await until(
            () => isChanged,
            (value) => value,
          );
        return { isDone: true, hits: 0 };
      },
      deliverWatchlistHits: async () => ({ isDone: true, hits: 0 }),
    },
    async (handle) => {
      await until(
        () => calls,
        ({ length }) => length === 1,
      );
      await handle.signal(WATCHLIST_CHANGED_SIGNAL);
      isChanged = true;
      await handle.result();
    },
  );
  expect(calls).toEqual(['search', 'search']);
});
