/** `npm start`: however it ends, all of it ends. */

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { kill } from '../../support/npm-program.js';
import { until } from '../../support/until.js';
import { npmStarts } from './npm-starts.js';

const { startIn, untilUp, expectGoodOrder } = npmStarts();

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
