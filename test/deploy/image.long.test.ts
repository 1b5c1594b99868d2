/** The image, as far as it can be made without Docker: its steps are carried out, and its programs collect from the simulator. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { choosePort } from '../../src/runtime/ports.js';
import { projectRoot } from '../../src/runtime/project-root.js';
import { buildImage, type Image } from '../support/dockerfile.js';
import { e2eStack, sourceFile } from '../support/e2e-stack.js';
import { SMALL_WORLD } from '../support/simulated-source.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { until } from '../support/until.js';

const stack = e2eStack(SMALL_WORLD);
const place = temporaryFolder();
let image: Image;

beforeAll(() => {
  // The user of the image has to find the way through folders that are their owner's alone.
  for (const folder of [dirname(place.path), place.path])
    if ((statSync(folder).mode & 0o777) === 0o700) chmodSync(folder, 0o711);
  image = buildImage(projectRoot(), place.path);
}, 900_000);
afterAll(() => place.remove());

/** As a container has it: the user of the image, and nothing of this environment. */
function start(command: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
  const [program = '', ...args] = image.entrypoint;
  const [uid = 0, gid = 0] = image.user.split(':').map(Number);
  const child = spawn(program, [...args, ...command], {
    cwd: image.folder,
    env: { PATH: process.env.PATH, ...image.env, ...stack.get().env, ...env, LOG_LEVEL: 'info' },
    ...(process.getuid?.() === 0 ? { uid, gid } : {}),
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

async function outputOf(child: ChildProcess, input = ''): Promise<{ readonly code: unknown; readonly text: string }> {
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (text += String(chunk)));
  child.stdin?.end(input);
  const [code] = await once(child, 'close');
  return { code, text };
}

const answerOf = (url: string) =>
  fetch(url).then(
    async (response) => ({ status: response.status, body: await response.text() }),
    () => ({ status: 0, body: '' }),
  );

test('there is nothing in it but the programs and what they import', () => {
  expect(readdirSync(image.folder).sort()).toEqual(['LICENSE', 'dist', 'node_modules', 'package.json']);
  const development = ['typescript', 'vitest', '@biomejs/biome', 'playwright-core', '@temporalio/testing'];
  expect(development.filter((name) => existsSync(join(image.folder, 'node_modules', name)))).toEqual([]);
  expect(image.user).toMatch(/^[1-9]\d*:[1-9]\d*$/);
});

test.each(['worker', 'server', 'starter', 'replay'])('%s tells its usage', async (name) => {
  const { code, text } = await outputOf(start([`dist/${name}.js`, '--help']));
  expect({ code, text }).toEqual({ code: 0, text: expect.stringContaining(`Usage: ${name}`) });
});

test('worker, server and command line collect from it, serve the pages, and end when they are told to', async () => {
  const { simulator } = stack.get();
  const [metricsPort, port] = await Promise.all([choosePort(0), choosePort(0)]);
  const worker = start(image.command, { METRICS_PORT: String(metricsPort) });
  const server = start(['dist/server.js'], { PORT: String(port) });
  const ended = [worker, server].map((child) => outputOf(child));
  const ready = [metricsPort, port].map((at) =>
    until(
      () => answerOf(`http://127.0.0.1:${at}/readyz`),
      ({ status }) => status === 200,
    ),
  );
  const early = Promise.race(ended).then(({ text }) => Promise.reject(new Error(text)));
  await Promise.race([Promise.all(ready), early]);

  const started = await outputOf(start(['dist/starter.js', 'start', '-']), JSON.stringify(sourceFile(simulator)));
  expect(started).toEqual({ code: 0, text: expect.stringContaining('Created and started') });
  await until(
    async () => JSON.parse((await outputOf(start(['dist/starter.js', 'list', '--json']))).text),
    (seen) => JSON.stringify(seen).includes('"Collecting"'),
  );

  for (const path of ['/', '/web/main.js', '/vendor/preact.js', '/vendor/uplot.css', '/api/v1/openapi.json']) {
    const { status, body } = await answerOf(`http://127.0.0.1:${port}${path}`);
    expect({ path, status, isEmpty: body === '' }).toEqual({ path, status: 200, isEmpty: false });
  }
  for (const child of [worker, server]) child.kill('SIGTERM');
  expect((await Promise.all(ended)).map(({ code }) => code)).toEqual([0, 0]);
});
