import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { projectRoot } from '../../src/runtime/project-root.js';

test('a command whose output nobody reads any more ends as other commands do, without a word', async () => {
  const command = spawn(process.execPath, ['scripts/run.mjs', 'src/starter.ts', '--help'], {
    cwd: projectRoot(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  command.stdout.destroy();
  const [complaints, [code]] = await Promise.all([text(command.stderr), once(command, 'exit')]);
  expect([code, complaints]).toEqual([141, '']);
});
