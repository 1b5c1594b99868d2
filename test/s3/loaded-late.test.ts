/** The AWS SDK takes memory and time that most sources, and most commands, have no use for. */

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { projectRoot } from '../../src/runtime/project-root.js';

const CODE = `
  import { createRequire } from 'node:module';
  const { cache } = createRequire(process.cwd() + '/');
  const tell = () => console.log(Object.keys(cache).filter((name) => name.includes('@aws-sdk')).length);
  await import('./src/activities/index.ts');
  await import('./src/api/app.ts');
  await import('./src/cli/services/local-session.ts');
  tell();
  await import('./src/s3/bucket.ts');
  tell();
`;

test('worker, server and commands do without it until a bucket is opened', async () => {
  const options = ['--import', 'tsx', '--input-type=module', '--eval', CODE];
  const { stdout } = await promisify(execFile)(process.execPath, options, { cwd: projectRoot() });
  const [before, after] = stdout.trim().split('\n').map(Number);
  expect(before).toBe(0);
  expect(after).toBeGreaterThan(0);
});
