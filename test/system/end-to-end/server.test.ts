/** The server as a program, and the keys that the command line makes for it. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import { choosePort } from '../../../src/runtime/ports.js';
import { projectRoot } from '../../../src/runtime/project-root.js';
import { call } from '../../support/api-server.js';
import { e2eStack } from '../../support/e2e-stack.js';
import { programArguments } from '../../support/program-arguments.js';
import { runCli } from '../../support/run-cli.js';

const { get } = e2eStack({ historyMs: 60_000, historyRate: 10, rate: 0 });

interface Key {
  readonly accessId: string;
  readonly accessKey: string;
  readonly role: string;
  readonly label: string;
}

/** Starts the server and waits until it says where it listens. */
async function startServer(env: Readonly<Record<string, string>>) {
  const server = spawn(process.execPath, programArguments('src/server.ts'), {
    cwd: projectRoot(),
    env: { ...process.env, ...get().env, LOG_LEVEL: 'info', ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  onTestFinished(() => void server.kill('SIGKILL'));
  const log: string[] = [];
  for await (const line of createInterface({ input: server.stderr })) {
    log.push(line);
    const { address } = (line.startsWith('{') ? JSON.parse(line) : {}) as { address?: string };
    if (address !== undefined) return { server, url: address };
  }
  throw new Error(log.join('\n'));
}

async function stop(server: ReturnType<typeof spawn>): Promise<unknown> {
  const exited = once(server, 'exit');
  server.kill('SIGTERM');
  return (await exited)[0];
}

test('keys are made, listed, used and deleted', async () => {
  const cli = (...args: string[]) => runCli(get().env, 'keys', ...args);
  const made = await cli('create', '--role', 'viewer', '--label', 'dashboard', '--json');
  const key = JSON.parse(made.stdout) as Key;
  expect(key).toMatchObject({ role: 'viewer', label: 'dashboard', accessId: expect.stringMatching(/^mc/) });
  const text = await cli('create');
  expect(text.stdout).toMatch(/Access ID: {2}mc.*\nAccess key: \S+\nRole administrator/);
  const [, accessId = '', accessKey = ''] = /ID: +(\S+)\nAccess key: (\S+)/.exec(text.stdout) ?? [];
  expect((await cli('list')).stdout).toContain('dashboard');
  expect((await cli('list')).stdout).not.toContain(key.accessKey);

  const { server, url } = await startServer({ PORT: String(await choosePort(0)) });
  const admin = { accessId, accessKey } as Parameters<typeof call>[0]['admin'];
  expect((await call({ url, admin }, 'GET', 'v1/collectors')).status).toBe(200);
  expect((await call({ url, admin }, 'POST', 'v1/collectors', { body: {}, key })).status).toBe(403);
  expect((await cli('delete', key.accessId)).code).toBe(0);
  expect(await cli('delete', key.accessId)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('no access key'),
  });
  expect((await cli('create', '--role', 'king')).code).toBe(2);
  expect(await stop(server)).toBe(0);
});

test('without any server behind it, it answers 503 all the same, and ends when it is reported to', async () => {
  const away = `127.0.0.1:${await choosePort(0)}`;
  const { server, url } = await startServer({
    TEMPORAL_ADDRESS: away,
    MONGODB_URI: `mongodb://${away}/`,
    PORT: String(await choosePort(0)),
  });
  const admin = { accessId: 'mc1', accessKey: 'x' } as Parameters<typeof call>[0]['admin'];
  const { status, json } = await call({ url, admin }, 'GET', 'v1/collectors');
  expect({ status, code: json.code }).toEqual({ status: 503, code: 'service.unavailable' });
  expect(await stop(server)).toBe(0);
});

test('a busy port that was asked for is refused in one line', async () => {
  const { server, url } = await startServer({ PORT: String(await choosePort(0)) });
  await expect(startServer({ PORT: new URL(url).port })).rejects.toThrow(/port \d+ on 127\.0\.0\.1 is in use/);
  expect(await stop(server)).toBe(0);
});
