/**
 * As many stacks of fake programs as asked for, kept and stopped as `npm start` does it. Prints their process ids as
 * JSON, and stops them at a signal.
 */

import { spawnGuarded } from '../../devstack/guarded-process.js';
import { members } from '../../devstack/members.js';
import { stopOnSignals } from '../../src/runtime/stop-signals.js';

/** Its child outlives it, unless somebody ends all of the group. */
const FAKE = `trap 'echo "$0" >> "$1"; exit 0' TERM; sleep 1000 & wait`;

const stopping = stopOnSignals(() => undefined);
const [folder = '', count = '0'] = process.argv.slice(2);

async function startStack(index: number) {
  const { keepServer, keepProgram, stop } = members(() => undefined, stopping.signal);
  const start = (name: string) => () =>
    spawnGuarded('sh', ['-c', FAKE, name, `${folder}/${index}.log`], { name, logFile: '/dev/null', graceSeconds: 2 });
  const [temporal, mongod, worker] = await Promise.all([
    keepServer('temporal', start('temporal')),
    keepServer('mongod', start('mongod')),
    keepProgram('worker', start('worker')),
  ]);
  return { pids: { temporal: temporal.current.pid, mongod: mongod.current.pid, worker: worker.current.pid }, stop };
}

const stacks = await Promise.all(Array.from({ length: Number(count) }, (_, index) => startStack(index)));
process.stdout.write(`${JSON.stringify(stacks.map(({ pids }) => pids))}\n`);
const alive = setInterval(() => undefined, 60_000);
stopping.signal.addEventListener('abort', () => {
  void Promise.all(stacks.map(({ stop }) => stop())).finally(() => clearInterval(alive));
});
