import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type GuardedProcess, spawnGuarded } from '../../devstack/guarded-process.js';
import { members } from '../../devstack/members.js';
import { supervise } from '../../devstack/supervised.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { until } from '../support/until.js';

const RUNNING = 'exec sleep 1000';

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());

/** Runs the first script at the first start, and the next one at each later start. */
function scripts(first: string, next = RUNNING): () => Promise<GuardedProcess> {
  let starts = 0;
  return () => {
    starts += 1;
    const logFile = join(folder.path, 'program.log');
    return spawnGuarded('sh', ['-c', starts === 1 ? first : next], { name: 'program', logFile });
  };
}

test.each([
  ['kill -KILL $$', 'ended by SIGKILL'],
  [`exec "${process.execPath}" -e 'process.abort()'`, 'aborted (SIGABRT)'],
  ['exit 7', 'exit code 7'],
])('a program that ends with "%s" is started again, and the notices say how it ended: %s', async (script, text) => {
  const notices: string[] = [];
  const supervised = await supervise('The worker', scripts(script), (notice) => notices.push(notice));
  await until(
    () => notices.length,
    (count) => count === 2,
  );
  expect(notices).toEqual([
    `The worker stopped unexpectedly: ${text}; starting it again`,
    `The worker is running again (process ${supervised.current.pid})`,
  ]);
  await supervised.stop();
});

test('the log of the program has the notices, too', async () => {
  const notices: string[] = [];
  const logFile = join(folder.path, 'program.log');
  const { keepProgram, stop } = members((notice) => notices.push(notice));
  await keepProgram('The worker', scripts('kill -KILL $$'), logFile);
  await until(
    () => notices.length,
    (count) => count === 2,
  );
  // The shell that guards it has its say about a kill as well.
  const lines = readFileSync(logFile, 'utf8').split('\n');
  const entries = lines.filter((line) => line.startsWith('{'));
  expect(entries.map((line) => JSON.parse(line).msg)).toEqual(notices);
  await stop();
});

test('a stop gives up the start that is under way', async () => {
  const start = scripts('exit 1');
  let starts = 0;
  let isWaiting = false;
  const supervised = await supervise(
    'Temporal',
    async (signal) => {
      starts += 1;
      if (starts === 1) return start();
      isWaiting = true;
      return new Promise<never>((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
      });
    },
    () => undefined,
  );
  await until(
    () => isWaiting,
    (waiting) => waiting,
  );
  await supervised.stop();
  expect(starts).toBe(2);
});

test('nothing is started again once all is stopping', async () => {
  const notices: string[] = [];
  const stopping = new AbortController();
  const supervised = await supervise('MongoDB', scripts(RUNNING), (text) => notices.push(text), stopping.signal);
  stopping.abort();
  const { current } = supervised;
  process.kill(current.pid, 'SIGKILL');
  await current.exited;
  await supervised.stop();
  expect(supervised.current).toBe(current);
  expect(notices).toEqual([]);
  await expect(supervise('MongoDB', scripts(RUNNING), () => undefined, stopping.signal)).rejects.toThrow('aborted');
});

test('a stop while a crashed program is just being started again ends that one too', async () => {
  const started: GuardedProcess[] = [];
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const start = async () => {
    if (started.length === 1) await held;
    const program = await spawnGuarded('sh', ['-c', started.length === 0 ? 'exit 1' : RUNNING], { name: 'program' });
    started.push(program);
    return program;
  };
  const notices: string[] = [];
  const supervised = await supervise('The worker', start, (notice) => notices.push(notice));
  await until(
    () => notices.length,
    (count) => count === 1,
  );
  // Its second start is under way, or about to be.
  const stopping = supervised.stop();
  release();
  await stopping;
  for (const { exited } of started) await exited;
});
