import { execFile } from 'node:child_process';
import { expect, test } from 'vitest';
import { projectRoot } from '../../../src/runtime/project-root.js';

function run(...args: readonly string[]): Promise<{ code: unknown; output: string }> {
  return new Promise((resolve) => {
    const command = ['scripts/run.mjs', 'test/system/faults/main.ts', ...args];
    execFile(process.execPath, command, { cwd: projectRoot() }, (error, stdout, stderr) => {
      resolve({ code: error?.code ?? 0, output: `${stdout}${stderr}` });
    });
  });
}

test.each([
  [['--help'], 0, '--seeds <n>'],
  [['--seed', 'x'], 2, 'whole number from 0'],
  [['--seed', '1', '--seeds', '3'], 2, 'cannot be used with'],
  [['--seed', '1', '--objects', '9'], 2, '--objects is for a run with --s3'],
  [['--nope'], 2, "unknown option '--nope'"],
])('%j ends with exit code %i', async (args, code, text) => {
  const result = await run(...args);
  expect(result.output).toContain(text);
  expect(result.code).toBe(code);
});
