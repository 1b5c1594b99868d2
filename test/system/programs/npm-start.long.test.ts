/** `npm start`: two at once, whose servers are killed and frozen. */

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { kill } from '../../support/npm-program.js';
import { until } from '../../support/until.js';
import { npmStarts } from './npm-starts.js';

const ADDRESSES = ['TEMPORAL_ADDRESS', 'MONGODB_URI', 'MIMECAST_SERVER_URL'] as const;
const { startIn, untilUp, expectGoodOrder, file, logOf } = npmStarts();

test('two that start in the same moment both come up; one ends with its npm, the other with its terminal', async () => {
  const [one, two] = [startIn('one'), startIn('two')];
  await untilUp('one', 'two');
  const [first, second] = ['one', 'two'].map((name) => {
    const announced = readFileSync(file(name, 'running.json'), 'utf8');
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
