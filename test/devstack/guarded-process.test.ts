import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { spawnGuarded } from '../../devstack/guarded-process.js';
import { identifyProcess, isRunning } from '../../src/runtime/process-identity.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { until } from '../support/until.js';

const PARENT = fileURLToPath(new URL('guarding-parent.ts', import.meta.url));
const STUBBORN = `trap '' TERM; while :; do sleep 0.1; done`;

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());

/** A process of its own that guards a server, and what both are. */
async function guardingParent(script: string) {
  const parent = spawn(process.execPath, ['--import', 'tsx', PARENT, script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const pid = await new Promise<number>((resolve) => parent.stdout.once('data', (text) => resolve(Number(text))));
  return { parent, server: identifyProcess(pid) };
}

describe('a server ends with its owner', () => {
  test.each(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)('when that gets %s', async (signal) => {
    const { parent, server } = await guardingParent('exec sleep 1000');
    expect(isRunning(server)).toBe(true);
    parent.kill(signal);
    await vi.waitFor(() => expect(isRunning(server)).toBe(false), 5_000);
  });

  test('when that is killed, even if the server ignores a polite request', async () => {
    const { parent, server } = await guardingParent(STUBBORN);
    parent.kill('SIGKILL');
    await vi.waitFor(() => expect(isRunning(server)).toBe(false), 5_000);
  });
});

test('a server does not get the signals that a terminal sends to the group of its owner', async () => {
  const server = await spawnGuarded('sleep', ['1000'], { name: 'sleep' });
  const group = readFileSync(`/proc/${server.pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[2];
  const ours = readFileSync('/proc/self/stat', 'utf8').split(') ')[1]?.split(' ')[2];
  expect(group).not.toBe(ours);
  await server.stop();
});

describe('stop', () => {
  test('waits for a clean end', async () => {
    const script = `trap 'sleep 0.3; echo clean; exit 0' TERM; while :; do sleep 0.05; done`;
    const logFile = join(folder.path, 'logs/server.log');
    const server = await spawnGuarded('sh', ['-c', script], { name: 'server', logFile });
    await sleep(100);
    await server.stop();
    expect(readFileSync(logFile, 'utf8')).toBe('clean\n');
    expect(await server.exited).toEqual({ code: 0, stopped: true });
  });

  test('kills what does not end in time', async () => {
    const server = await spawnGuarded('sh', ['-c', STUBBORN], { name: 'server', graceSeconds: 1 });
    await sleep(100);
    await server.stop();
    expect(await server.exited).toEqual({ code: 137, stopped: true });
  });
});

test('what a server leaves behind is asked twice to end, as the first request may get lost while it starts', async () => {
  // Ends at the second SIGTERM.
  const child = `trap 'trap - TERM' TERM; while :; do sleep 0.1; done`;
  const script = `trap 'exit 0' TERM; sh -c "$0" & echo $!; while :; do sleep 0.05; done`;
  const logFile = join(folder.path, 'server.log');
  const server = await spawnGuarded('sh', ['-c', script, child], { name: 'server', logFile });
  const pid = await until(
    () => Number(readFileSync(logFile, 'utf8')),
    (found) => found > 0,
  );
  const left = identifyProcess(pid);
  await server.stop();
  expect(await server.exited).toEqual({ code: 0, stopped: true });
  await until(
    () => isRunning(left),
    (running) => !running,
  );
});

describe('frozen (SIGSTOP)', () => {
  const SCRIPT = `trap 'echo clean; exit 0' TERM; sleep 1000 & wait`;
  const start = async (graceSeconds: number) => {
    const logFile = join(folder.path, 'server.log');
    const server = await spawnGuarded('sh', ['-c', SCRIPT], { name: 'server', logFile, graceSeconds });
    return { server, words: () => readFileSync(logFile, 'utf8') };
  };

  test('a server goes on and ends in good order', async () => {
    const { server, words } = await start(10);
    await untilTrapped(server.pid);
    process.kill(server.pid, 'SIGSTOP');
    await server.stop();
    expect(words()).toBe('clean\n');
  });

  test('a server and all of its guard are ended as well', async () => {
    const { server } = await start(1);
    process.kill(-server.group, 'SIGSTOP');
    await server.stop();
    expect((await server.exited).stopped).toBe(true);
  });

  test('a server of an owner that is killed ends', async () => {
    const { parent, server } = await guardingParent(SCRIPT);
    process.kill(server.pid, 'SIGSTOP');
    parent.kill('SIGKILL');
    await until(
      () => isRunning(server),
      (running) => !running,
    );
  });
});

test('a server whose guard is killed ends in good order, and its end is reported', async () => {
  const logFile = join(folder.path, 'server.log');
  const script = `trap 'echo clean; exit 0' TERM; sleep 1000 & wait`;
  const server = await spawnGuarded('sh', ['-c', script], { name: 'server', logFile });
  const identity = identifyProcess(server.pid);
  await untilTrapped(server.pid);
  process.kill(server.group, 'SIGKILL');
  expect(await server.exited).toEqual({ code: 137, stopped: false });
  expect(isRunning(identity)).toBe(false);
  expect(readFileSync(logFile, 'utf8')).toBe('clean\n');
});

test('what a server has started ends with it', async () => {
  const logFile = join(folder.path, 'server.log');
  const server = await spawnGuarded('sh', ['-c', 'sleep 1000 & echo $!'], { name: 'server', logFile });
  await server.exited;
  const child = identifyProcess(Number(readFileSync(logFile, 'utf8')));
  await until(
    () => isRunning(child),
    (running) => !running,
  );
});

/** Until the shell has got to its trap: bit 14 of what it catches, see proc(5), `status`. */
async function untilTrapped(pid: number): Promise<void> {
  const SIGTERM = 1n << 14n;
  await until(
    () => BigInt(`0x${/^SigCgt:\s*(\w+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]}`),
    (caught) => (caught & SIGTERM) !== 0n,
  );
}

test('an unexpected end is reported with the last words of the log', async () => {
  const logFile = join(folder.path, 'server.log');
  const script = 'for i in $(seq 40); do echo "line $i"; done; echo "address in use" >&2; exit 48';
  const server = await spawnGuarded('sh', ['-c', script], { name: 'mongod', logFile });
  const exit = await server.exited;
  expect(exit).toEqual({ code: 48, stopped: false });
  const { message } = server.describeExit(exit);
  expect(message).toMatch(/^mongod ended unexpectedly \(exit code 48\); the end of .*server\.log:\nline 27\n/);
  expect(message).toMatch(/\naddress in use$/);
});

test('a program that is not there is an unexpected end, too', async () => {
  const logFile = join(folder.path, 'server.log');
  const server = await spawnGuarded(join(folder.path, 'nothing'), [], { name: 'mongod', logFile });
  expect(server.describeExit(await server.exited).message).toMatch(/exit code 127\).*not found/s);
});
