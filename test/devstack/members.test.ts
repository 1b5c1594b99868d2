/** Who ends with whom: each of three programs dead, frozen or alive, when their owner is told to stop, or is killed. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { processesWith } from '../support/processes.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { until } from '../support/until.js';

const OWNER = fileURLToPath(new URL('stack-of-fakes.ts', import.meta.url));
const NAMES = ['worker', 'temporal', 'mongod'] as const;
const STATES = ['alive', 'frozen', 'dead'] as const;
type Condition = Readonly<Record<(typeof NAMES)[number], (typeof STATES)[number]>>;

const CONDITIONS: readonly Condition[] = STATES.flatMap((temporal) =>
  STATES.flatMap((mongod) => STATES.map((worker) => ({ temporal, mongod, worker }))),
);

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());

/** One owner of a stack for each condition, with everything as the conditions say. */
async function ownerOfAll() {
  const args = ['--import', 'tsx', OWNER, folder.path, String(CONDITIONS.length)];
  const env = { ...process.env, FAKE_STACKS: folder.path };
  const owner = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], env });
  const [line] = await once(createInterface(owner.stdout), 'line');
  const stacks: readonly Record<(typeof NAMES)[number], number>[] = JSON.parse(line);
  for (const [index, condition] of CONDITIONS.entries()) {
    for (const name of NAMES) {
      const pid = stacks[index]?.[name] ?? 0;
      if (condition[name] === 'frozen') process.kill(pid, 'SIGSTOP');
      if (condition[name] === 'dead') process.kill(pid, 'SIGKILL');
    }
  }
  return owner;
}

async function untilAllGone(): Promise<void> {
  await until(
    () => processesWith('FAKE_STACKS', folder.path),
    (found) => found.length === 0,
  );
}

/** The living that said they stopped: the program first, then the servers, which stop together. */
function wordsOf(index: number, condition: Condition): string[] {
  const file = join(folder.path, `${index}.log`);
  const said = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  const living = said.filter((name) => NAMES.some((known) => known === name && condition[known] !== 'dead'));
  const programs = living[0] === 'worker' ? ['worker'] : [];
  return [...programs, ...living.slice(programs.length).sort().reverse()];
}

test('an owner that is asked to stop stops all that live, the programs first, and leaves nothing', async () => {
  const owner = await ownerOfAll();
  owner.kill('SIGTERM');
  const [code] = await once(owner, 'exit');
  expect(code).toBe(0);
  await untilAllGone();
  // One that was dead may have been started again before the owner got its signal.
  const seen = CONDITIONS.map((condition, index) => ({ condition, words: wordsOf(index, condition) }));
  expect(seen).toEqual(
    CONDITIONS.map((condition) => ({ condition, words: NAMES.filter((name) => condition[name] !== 'dead') })),
  );
});

test('an owner that is killed leaves nothing either', async () => {
  const owner = await ownerOfAll();
  owner.kill('SIGKILL');
  await untilAllGone();
});
