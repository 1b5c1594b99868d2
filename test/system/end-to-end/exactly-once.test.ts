import { join } from 'node:path';
import { expect, test } from 'vitest';
import { spawnGuarded } from '../../../devstack/guarded-process.js';
import type { SourceStatus } from '../../../src/management/sources/source-status.js';
import { e2eStack, sourceFile } from '../../support/e2e-stack.js';
import { programArguments } from '../../support/program-arguments.js';
import { raw } from '../../support/raw-collections.js';
import { addFault, countStored, sizes, storedOf, sum, truthOf } from '../../support/simulator-control.js';
import { until } from '../../support/until.js';

const HOUR = 3_600_000;
const { get, collections } = e2eStack({ historyMs: 2 * HOUR, historyRate: 120, rate: 0 });

function isCaughtUp({ snapshot }: SourceStatus): boolean {
  return snapshot?.stage === 'Collecting' && snapshot.streams.every(({ phase }) => phase === 'waiting');
}

async function expectTruth(sourceId: number): Promise<void> {
  const { simulator, service } = get();
  const [truth, stored] = await Promise.all([truthOf(simulator), storedOf(collections, sourceId)]);
  expect(sizes(stored)).toEqual(sizes(truth));
  expect(stored).toEqual(truth);
  expect(Object.values(sizes(truth)).every((size) => size > 0)).toBe(true);
  const { snapshot } = await service.status(String(sourceId));
  expect(Object.fromEntries(snapshot?.streams.map(({ stream, stored: count }) => [stream, count]) ?? [])).toEqual(
    sizes(truth),
  );
  expect(snapshot?.totals).toMatchObject({ stored: sum(sizes(truth)), quarantined: 0 });
}

test('all streams are stored, each record once, and nothing more on later polls', async () => {
  const { service, simulator, startWorker } = get();
  const stopWorker = await startWorker();
  const { sourceId } = await service.start(sourceFile(simulator, { name: 'Undisturbed' }));
  const status = () => service.status(String(sourceId));
  await until(status, isCaughtUp, { everyMs: 100 });
  await expectTruth(sourceId);
  const checked = (await status()).snapshot?.nextPollAt;
  await until(status, ({ snapshot }) => snapshot?.nextPollAt !== checked);
  await expectTruth(sourceId);
  expect(await status()).toMatchObject({ state: 'Collecting', health: 'Healthy' });
  await service.stop(String(sourceId));
  await stopWorker();
}, 400_000);

test('a worker that is killed in the middle is followed by another, and nothing is lost or repeated', async () => {
  const { service, simulator, folder, env } = get();
  const startProcess = (name: string) =>
    spawnGuarded(process.execPath, programArguments('src/worker.ts'), {
      name,
      env,
      logFile: join(folder, `${name}.log`),
    });
  const all = sum(sizes(await truthOf(simulator)));
  // Files come slowly, so that the kill meets many streams half-way.
  await addFault(simulator, { endpoint: 'file', times: -1, action: { delayMs: 20 } });
  const first = await startProcess('worker-1');
  const { sourceId } = await service.start(sourceFile(simulator, { name: 'Killed' }));
  const count = () => countStored(collections, sourceId);
  const atKill = await until(count, (stored) => stored > all / 4, { everyMs: 5 });
  const reconciles = async () =>
    (await raw(collections).leases.findOne({ _id: /^reconciler\// }))?.holder.split(' ')[2];
  expect(await reconciles()).toBe(String(first.pid));
  process.kill(first.pid, 'SIGKILL');
  await first.exited;
  expect(atKill).toBeLessThan(all);
  const left = await count();
  expect(left).toBeLessThan(all);
  const second = await startProcess('worker-2');
  await until(() => service.status(String(sourceId)), isCaughtUp, { everyMs: 200 });
  await expectTruth(sourceId);
  await until(reconciles, (pid) => pid === String(second.pid));
  await second.stop();
  expect(await reconciles()).toBeUndefined();
}, 400_000);
