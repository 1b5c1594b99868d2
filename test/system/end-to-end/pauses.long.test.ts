/**
 * Machines are suspended, and virtual ones moved: whole processes stand still for a while, and go on as if nothing had been.
 * These tests take as long as the pauses do; the machine is free for others meanwhile.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { openDataFolder } from '../../../devstack/data-folder.js';
import { startStack } from '../../../devstack/stack.js';
import { paused, processTree } from '../../support/process-tree.js';
import { temporaryFolder } from '../../support/temporary-folder.js';
import { Tenants } from '../../support/tenants.js';
import { until } from '../../support/until.js';

const SOURCES = 6;
const TRAFFIC = ['--history', '1h', '--history-rate', '10', '--rate', '30'] as const;

async function startTenants() {
  const folder = temporaryFolder();
  onTestFinished(() => folder.remove());
  const data = openDataFolder(folder.path);
  const notices: string[] = [];
  const simulatorArguments = ['--tenants', String(SOURCES), ...TRAFFIC];
  const stack = await startStack({ data, simulatorArguments, onProgress: (text) => notices.push(text) });
  onTestFinished(async () => {
    await stack.stop();
    data.release();
  });
  const tenants = await Tenants.start(stack, SOURCES);
  onTestFinished(() => tenants.close());
  return { stack, tenants, notices };
}

test('a busy worker that is paused thirty times for six seconds does not crash, and loses nothing', async () => {
  const { stack, tenants, notices } = await startTenants();
  const worker = stack.workerPid();
  for (let round = 0; round < 30; round += 1) {
    await paused([worker], () => sleep(6_000));
    const resumed = Date.now();
    await until(
      () => tenants.polledSince(resumed),
      (polled) => polled === SOURCES,
    );
  }
  expect(stack.workerPid()).toBe(worker);
  expect(notices.filter((notice) => /unexpectedly|again/.test(notice))).toEqual([]);
  await tenants.expectTruth();
}, 600_000);

test('all processes stand still for a minute, and then all sources collect again', async () => {
  const { stack, tenants, notices } = await startTenants();
  const worker = stack.workerPid();
  const everything = processTree(process.pid).filter((pid) => pid !== process.pid);
  expect(everything).toContain(worker);
  await paused(everything, () => sleep(60_000));
  const resumed = Date.now();
  await until(
    () => tenants.polledSince(resumed),
    (polled) => polled === SOURCES,
  );
  await until(
    () => tenants.states(),
    (states) => states.every((state) => state === 'Collecting Healthy'),
  );
  expect(stack.workerPid()).toBe(worker);
  expect(notices.filter((notice) => /unexpectedly|again/.test(notice))).toEqual([]);
  await tenants.expectTruth();
}, 600_000);
