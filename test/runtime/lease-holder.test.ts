import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { expect, onTestFinished, test } from 'vitest';
import { isGone, ownHolder } from '../../src/runtime/lease-holder.js';
import { identifyProcess } from '../../src/runtime/process-identity.js';

/** The name of another process that runs where this one does. */
function holderOf(pid: number): string {
  const [host, space] = ownHolder().split(' ');
  return [host, space, pid, identifyProcess(pid).startedAt].join(' ');
}

test('this process is not gone, and keeps its name', () => {
  expect(ownHolder()).toContain(hostname());
  expect(ownHolder()).toBe(ownHolder());
  expect(isGone(ownHolder())).toBe(false);
});

test('a process is gone once it was killed, and another process with its number is not taken for it', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)'], { stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child, 'spawn');
  const holder = holderOf(child.pid ?? 0);
  expect(isGone(holder)).toBe(false);
  if (existsSync('/proc/self/stat')) expect(isGone(`${holder}1`)).toBe(true);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(isGone(holder)).toBe(true);
});

test('of a process elsewhere, nothing is known', () => {
  const [host, space, , startedAt = ''] = ownHolder().split(' ');
  const number = 2 ** 30;
  const elsewhere = [
    [`other-${host}`, space, number, startedAt],
    [host, 'pid:[1]', number, startedAt],
    [host, space, number, `00000000-0000-0000-0000-000000000000/1`],
    [host, space, 'x', startedAt],
  ].map((parts) => parts.join(' '));
  for (const holder of [...elsewhere, 'a', '']) expect(isGone(holder)).toBe(false);
});
