/** What the activities of a source ask for when workers are busy. */

import { expect, test } from 'vitest';
import { type SourceRun, sourceRuns } from '../support/source-runs.js';

const runs = sourceRuns();

async function prioritiesOf(run: SourceRun) {
  const events = (await run.histories()).flatMap((history) => history.events ?? []);
  return events.flatMap(({ activityTaskScheduledEventAttributes: scheduled }) =>
    scheduled ? [{ activity: scheduled.activityType?.name, ...scheduled.priority }] : [],
  );
}

test('each source asks for a share of its own, whatever it does', async () => {
  const run = await runs.start({ prepare: (fake) => fake.deliver('receipt', 1, 2) });
  await run.caughtUp();
  await run.signal('collectNow');
  await run.attempted('sweep');
  await run.stop();
  await run.end();
  const priorities = await prioritiesOf(run);
  expect(new Set(priorities.map(({ activity }) => activity))).toEqual(
    new Set(['validate', 'initialize', 'authenticate', 'sweep', 'collect', 'recordHealth', 'finalize']),
  );
  for (const { fairnessKey, priorityKey } of priorities)
    expect([fairnessKey, priorityKey ?? 0]).toEqual([`source-${run.sourceId}`, 0]);
});
