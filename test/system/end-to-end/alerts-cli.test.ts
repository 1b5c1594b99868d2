/** `alerts`: on the database at hand, and through a management server; and the receiver of the documentation. */

import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, onTestFinished, test } from 'vitest';
import { choosePort } from '../../../src/runtime/ports.js';
import { projectRoot } from '../../../src/runtime/project-root.js';
import { apiServer } from '../../support/api-server.js';
import { serve } from '../../support/local-server.js';
import { collectionsIn } from '../../support/raw-collections.js';
import { runCli } from '../../support/run-cli.js';
import { temporalConnection } from '../../support/temporal-connection.js';
import { temporaryFolder } from '../../support/temporary-folder.js';
import { testDatabase } from '../../support/test-database.js';
import { TEST_KEYS } from '../../support/test-keyring.js';
import { until } from '../../support/until.js';

const { db, uri, name: database } = testDatabase();
const collections = collectionsIn(db);
const { client } = temporalConnection();
const { get } = apiServer({ collections, client: () => client });

const ways = {
  'at hand': () => ({
    env: {
      ...{ MONGODB_URI: uri, MONGODB_DB: database, MIMECAST_SECRET_KEYS: TEST_KEYS },
      MIMECAST_ALLOW_INSECURE: 'true',
    },
    args: [],
  }),
  'through a server': () => {
    const { url, admin } = get();
    const env = { MIMECAST_ACCESS_ID: admin.accessId, MIMECAST_ACCESS_KEY: admin.accessKey };
    return { env, args: ['--server', url] };
  },
};

function jsonFile(json: unknown): string {
  const folder = temporaryFolder();
  onTestFinished(() => folder.remove());
  const file = join(folder.path, 'connection.json');
  writeFileSync(file, JSON.stringify(json));
  return file;
}

describe.each(Object.entries(ways))('%s', (label, way) => {
  const cli = (...words: readonly string[]) => runCli(way().env, ...way().args, 'alerts', ...words);

  test('a connection is created, tested, changed, listed and deleted', async () => {
    let status = 200;
    const target = await serve((_, response) => {
      response.writeHead(status).end('thank you');
    });
    const file = jsonFile({ name: label, type: 'slack', target: { url: `${target.url}/services/hidden` } });
    expect(await cli('create', file)).toMatchObject({ code: 0, stdout: expect.stringContaining('Created') });
    expect(await cli('test', label)).toMatchObject({ code: 0, stdout: 'Accepted: 200: thank you\n' });
    status = 404;
    const refused = await cli('test', label, '--json');
    expect(refused.code).toBe(1);
    expect(JSON.parse(refused.stdout)).toEqual({ isAccepted: false, answer: expect.stringContaining('status 404') });
    const change = jsonFile({ severityLevel: 'Error', groupingWindow: '5m' });
    expect((await cli('update', label, change)).code).toBe(0);
    expect((await cli('disable', label)).code).toBe(0);
    const listed = await cli('list', '--json');
    expect(JSON.parse(listed.stdout)).toMatchObject([{ name: label, severityLevel: 'Error', isEnabled: false }]);
    expect((await cli('enable', label)).code).toBe(0);
    const shown = await cli('show', label);
    expect(shown.stdout).toContain('grouping window: 300s');
    expect(listed.stdout + shown.stdout).not.toContain('hidden');
    expect(await cli('delete', label)).toMatchObject({ code: 0, stdout: expect.stringContaining('deleted') });
    expect(await cli('show', label)).toMatchObject({ code: 1, stderr: expect.stringContaining('no alert connection') });
  });

  test('what is wrong is said in one message, with exit code 1; wrong usage is 2', async () => {
    const file = jsonFile({ name: 'x', type: 'slack', target: {} });
    expect(await cli('create', file)).toMatchObject({ code: 1, stderr: expect.stringContaining('target.url') });
    expect((await cli('create')).code).toBe(2);
  });
});

test('the receiver of the documentation takes what is signed, and nothing else', async () => {
  const page = readFileSync(join(projectRoot(), 'docs/alerts.md'), 'utf8');
  const [, code = ''] = /```js\n(.*?)```/s.exec(page) ?? [];
  const port = await choosePort(0);
  const env = { ...process.env, SECRET: 'a-secret-of-a-test', PORT: String(port) };
  const receiver = spawn(process.execPath, ['--input-type=module', '--eval', code], { env });
  onTestFinished(() => {
    receiver.kill();
  });
  const lines = createInterface({ input: receiver.stdout })[Symbol.asyncIterator]();
  const url = `http://127.0.0.1:${port}/`;
  const target = { url, secret: env.SECRET };
  const { env: settings, args } = ways['at hand']();
  const cli = (...words: readonly string[]) => runCli(settings, ...args, 'alerts', ...words);
  await cli('create', jsonFile({ name: 'genuine', type: 'webhook', target }));
  await cli('create', jsonFile({ name: 'forged', type: 'webhook', target: { ...target, secret: 'another-secret-0' } }));
  await until(
    () => cli('test', 'genuine'),
    ({ code: exit }) => exit === 0,
  );
  expect((await lines.next()).value).toBe('Test of an alert connection: nothing is wrong');
  expect(await cli('test', 'forged')).toMatchObject({ code: 1, stdout: expect.stringContaining('401') });
});
