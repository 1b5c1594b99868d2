/** What a source costs: the Temporal server's own count of actions, which Temporal Cloud bills. */

import { expect, test } from 'vitest';
import type { SourceStatus } from '../../../src/management/sources/source-status.js';
import { e2eStack, sourceFile } from '../../support/e2e-stack.js';
import { until } from '../../support/until.js';

const { get } = e2eStack({ historyMs: 600_000, historyRate: 20, rate: 0 });

type Actions = Readonly<Record<string, number>>;

/** Since the server started, by kind, without those of its own workflows. */
async function actions(): Promise<Actions> {
  const text = await (await fetch(get().metricsUrl)).text();
  const counts: Record<string, number> = {};
  for (const line of text.split('\n')) {
    const [, labels = '', value] = /^action\{(.*)\} (\d+)$/.exec(line) ?? [];
    if (value === undefined || !labels.includes('namespace="default"')) continue;
    const [, kind = ''] = /action_type="([^"]+)"/.exec(labels) ?? [];
    // Asking is no part of collecting; and how many heartbeats there are depends on how slow the machine is.
    if (kind.includes('Query') || kind.includes('Heartbeat')) continue;
    counts[kind] = (counts[kind] ?? 0) + Number(value);
  }
  return counts;
}

const since = (before: Actions, now: Actions): Actions =>
  Object.fromEntries(Object.entries(now).map(([kind, count]) => [kind, count - (before[kind] ?? 0)]));
const sum = (counts: Actions) => Object.values(counts).reduce((total, count) => total + count, 0);

test('a poll that finds nothing costs two actions, and a handful when the run is continued as new', async () => {
  const { service, simulator, startWorker } = get();
  await startWorker();
  // Several, so that there are soon enough polls to count; each is continued as new on the way.
  const sources = ['A', 'B', 'C'];
  for (const name of sources) await service.start(sourceFile(simulator, { name }));
  const statuses = () => Promise.all(sources.map((name) => service.status(name)));
  const isIdle = ({ snapshot }: SourceStatus) =>
    snapshot?.stage === 'Collecting' && snapshot.streams.every(({ phase }) => phase === 'waiting');
  await until(statuses, (all) => all.every(isIdle), { everyMs: 100 });
  const before = await actions();
  const polls = (now: Actions) => since(before, now).command_ScheduleActivityTask ?? 0;
  const after = await until(actions, (now) => polls(now) >= 36, { everyMs: 200 });

  const told = JSON.stringify(since(before, after));
  for (const { snapshot } of await statuses()) {
    expect(snapshot, told).toMatchObject({ state: 'Collecting', health: 'Healthy' });
  }
  expect(sum(since(before, after)) / polls(after), told).toBeLessThan(2.7);
});
