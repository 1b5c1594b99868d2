/** Whose end a program waits for: that of the npm that started it, and not that of any shell. */

import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { projectRoot } from '../../../src/runtime/project-root.js';
import { kill } from '../../support/npm-program.js';
import { processesWith } from '../../support/processes.js';
import { temporaryFolder } from '../../support/temporary-folder.js';
import { until } from '../../support/until.js';

const PROGRAM = 'node scripts/run.mjs simulator/main.ts';
const folder = temporaryFolder();
const marks: string[] = [];
afterEach(() => {
  for (const mark of marks) for (const { pid } of processesWith('MARK', mark)) kill(pid, 'SIGKILL');
  folder.remove();
});

/** A shell that has started the simulator in the background and waits. @returns tells the simulator's process, if any. */
async function inShell(name: string, env: Readonly<Record<string, string>>) {
  const mark = randomUUID();
  marks.push(mark);
  const script = `${PROGRAM} --port 0 --data ${join(folder.path, name)} & wait`;
  const shell = spawn('sh', ['-c', script], {
    cwd: projectRoot(),
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env, MARK: mark },
  });
  await new Promise((resolve) => shell.stdout.once('data', resolve));
  const simulator = () => processesWith('MARK', mark).find(({ command }) => command.startsWith('node '));
  return { shell, simulator };
}

test('one that was started by hand in the background goes on when its shell is gone', async () => {
  const [byNpm, byHand] = await Promise.all([
    inShell('npm', { npm_lifecycle_script: PROGRAM }),
    inShell('hand', { npm_lifecycle_script: 'sh deploy.sh' }),
  ]);
  const before = byHand.simulator();
  byHand.shell.kill('SIGKILL');
  byNpm.shell.kill('SIGKILL');
  await until(
    () => byNpm.simulator(),
    (found) => found === undefined,
  );
  expect(byHand.simulator()).toMatchObject({ pid: before?.pid, command: before?.command });
});
