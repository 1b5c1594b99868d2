/** Lives are lived, and replayed; with `RECORD_HISTORIES=true` they are recorded for `replay.test.ts`. */

import { test } from 'vitest';
import { replayHistory } from '../../src/runtime/replay-history.js';
import { SCENARIOS } from '../support/history-scenarios.js';
import { historyOf, recordedHistory, writeRecordedHistory } from '../support/recorded-histories.js';
import { sourceRuns } from '../support/source-runs.js';
import { workflowBundle } from '../support/temporal-connection.js';
import { timeSkippingRuns } from '../support/time-skipping-runs.js';

const runs = sourceRuns();
const skipping = timeSkippingRuns();

test.for(SCENARIOS)('the history of $name replays as it was just recorded', async ({ name, options, isLong, live }) => {
  const run = await (isLong ? skipping : runs).start(options);
  await live(run, skipping.passUntil);
  const histories = await run.histories();
  for (const [index, history] of histories.entries()) {
    const recorded = recordedHistory(index === 0 ? name : `${name}, run ${index + 1}`, run.workflowId, history);
    if (process.env.RECORD_HISTORIES === 'true') writeRecordedHistory(recorded);
    await replayHistory(workflowBundle(), historyOf(recorded), recorded.workflowId);
  }
});
