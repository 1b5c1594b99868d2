/** The workflows of the installation end as canceled, also when the activity under way fails instead of ending. */

import { expect, test } from 'vitest';
import type { BackgroundActivities } from '../../src/activities/index.js';
import { FILL_IN_WORKFLOW_TYPE } from '../../src/domain/fill-in/indicator-fill-in.js';
import { WATCHLIST_WORKFLOW_TYPE } from '../../src/domain/watchlists/watchlist.js';
import { backgroundWorkflows, failsWhenCanceled } from '../support/background-workflows.js';
import { until } from '../support/until.js';

const { run } = backgroundWorkflows();
const DONE = { isDone: true, hits: 0 };
const UNDER_WAY = { isDone: false, hits: 0 };

test.each<[string, string, (begun: () => Promise<never>) => Partial<BackgroundActivities>]>([
  ['the fill-in', FILL_IN_WORKFLOW_TYPE, (begun) => ({ fillInIndicators: begun })],
  [
    'a watchlist that is searched',
    WATCHLIST_WORKFLOW_TYPE,
    (begun) => ({ searchWatchlistPast: begun, deliverWatchlistHits: async () => UNDER_WAY }),
  ],
  [
    'a watchlist whose hits are sent',
    WATCHLIST_WORKFLOW_TYPE,
    (begun) => ({ searchWatchlistPast: async () => DONE, deliverWatchlistHits: begun }),
  ],
])('%s', async (_, type, activities) => {
  let begun = 0;
  const failing = () => {
    begun += 1;
    return failsWhenCanceled();
  };
  const handle = await run(type, { watchlistId: 'one' }, activities(failing), async (started) => {
    await until(
      () => begun,
      (count) => count > 0,
    );
    await started.cancel();
    await expect(started.result()).rejects.toThrow('Workflow execution cancelled');
  });
  expect((await handle.describe()).status.name).toBe('CANCELLED');
});
