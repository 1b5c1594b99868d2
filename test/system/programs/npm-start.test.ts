/** `npm start`: two at once, and however it ends, all of it ends. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { kill, NpmProgram } from '../../support/npm-program.js';
import { temporaryFolder } from '../../support/temporary-folder.js';
import { until } from '../../support/until.js';

const ADDRESSES = ['TEMPORAL_ADDRESS', 'MONGODB_URI', 'MIMECAST_SERVER_URL'] as const;

let folder: ReturnType<typeof temporaryFolder>;
let started: NpmProgram[] = [];
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(async () => {
  for (const program of started) await program.end();
  started = [];
  folder.remove();
});

function startIn(name: string): NpmProgram {
  const program = NpmProgram.run(['start'], { folder: join(folder.path, name) });
  started.push(program);
  return program;
}

/** Its addresses are announced when all of it runs. */
async function untilUp(...names: readonly string[]): Promise<void> {
  for (const name of names) {
    await until(
      () => existsSync(join(folder.path, name, 'data/running.json')) && logOf(name, 'worker').includes('worker ready'),
      (up) => up,
      { limitMs: 120_000, everyMs: 50 },
    );
  }
}

function logOf(name: string, program: string): string {
  return readFileSync(join(folder.path, name, 'data/logs', `${program}.log`), 'utf8');
}

function expectGoodOrder(name: string, program: NpmProgram): void {
  expect(program.output()).toContain('Stopping …');
  expect(program.output()).toMatch(/^Stopped\.$/m);
  expect(logOf(name, 'worker')).toContain('worker stopped');
  expect(logOf(name, 'server')).toContain('server stopped');
}

test('two that start in the same moment both come up; one ends with its npm, the other with its terminal', async () => {
  const [one, two] = [startIn('one'), startIn('two')];
  await untilUp('one', 'two');
  const [first, second] = ['one', 'two'].map((name) => {
    const announced = readFileSync(join(folder.path, name, 'data/running.json'), 'utf8');
    return JSON.parse(announced).environment;
  });
  for (const address of ADDRESSES) expect(second[address], address).not.toBe(first[address]);

  const third = startIn('one');
  expect((await third.ended).code).toBe(1);
  expect(third.output()).toContain(`is in use by process ${one.pid()}`);

  // A worker that crashes is told of; then two of the servers are gone or frozen when npm dies.
  kill(one.pidOf('node', 'src/worker.ts'), 'SIGABRT');
  await one.untilPrinted('The worker stopped unexpectedly: aborted (SIGABRT); starting it again');
  await one.untilPrinted('The worker is running again');
  await until(
    () => logOf('one', 'worker').split('worker ready').length - 1,
    (times) => times === 2,
  );
  kill(one.pidOf('mongod'), 'SIGKILL');
  kill(one.pidOf('temporal'), 'SIGSTOP');
  kill(one.npm, 'SIGKILL');

  kill(two.pidOf('mongod'), 'SIGSTOP');
  kill(two.pidOf('temporal'), 'SIGSTOP');
  kill(-two.npm, 'SIGHUP');

  await Promise.all([one.untilGone(), two.untilGone()]);
  expectGoodOrder('two', two);
  expect(one.output()).toMatch(/^Stopped\.$/m);
});

test('Ctrl-C, which reaches npm and the program, and which npm passes on once more, stops it in good order', async () => {
  const program = startIn('ctrl-c');
  await untilUp('ctrl-c');
  // Its pages link to the Web UI of the stack.
  const environment = readFileSync(`/proc/${program.pidOf('node', 'src/server.ts')}/environ`, 'utf8');
  expect(environment).toMatch(/\0TEMPORAL_UI_URL=http:\/\/127\.0\.0\.1:\d+\0/);
  kill(-program.npm, 'SIGINT');
  expect((await program.ended).code).toBe(0);
  await program.untilGone();
  expectGoodOrder('ctrl-c', program);
});

test('SIGTERM to npm while it starts gives up the start', async () => {
  const program = startIn('early');
  await until(
    () => program.processes().some(({ command }) => /^\S*mongod /.test(command)),
    (running) => running,
  );
  kill(program.npm, 'SIGTERM');
  expect((await program.ended).code).toBe(0);
  await program.untilGone();
  expect(program.output()).toMatch(/^Stopped\.$/m);
});

test('SIGKILL of the program itself ends all of it, also what is frozen', async () => {
  const program = startIn('killed');
  await untilUp('killed');
  kill(program.pidOf('temporal'), 'SIGSTOP');
  kill(program.pidOf('node', 'src/worker.ts'), 'SIGSTOP');
  kill(program.pidOf('mongod'), 'SIGKILL');
  kill(program.pid(), 'SIGKILL');
  await program.untilGone();
});
