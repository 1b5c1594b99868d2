/** Ctrl-C of the `export` command, as a process of its own that gets the signal: the export itself goes on. */

import { beforeAll, expect, test } from 'vitest';
import type { PastExport } from '../../../src/domain/export/past-export.js';
import { PastExports } from '../../../src/management/past-exports/past-exports.js';
import { apiServer } from '../../support/api-server.js';
import { e2eStack, sourceFile } from '../../support/e2e-stack.js';
import { followingCli } from '../../support/following-cli.js';
import { serve } from '../../support/local-server.js';
import { runCli } from '../../support/run-cli.js';
import { S3_KEYS, S3_REGION, s3Server } from '../../support/s3-server.js';
import { testKeyring } from '../../support/test-keyring.js';
import { until } from '../../support/until.js';

const { get, collections } = e2eStack({ historyMs: 600_000, historyRate: 60, rate: 0 });
const api = apiServer({ collections, client: () => get().client });
const server = s3Server();
const start = followingCli();
const LIMIT = { everyMs: 100 };
const KEYS = { AWS_ACCESS_KEY_ID: S3_KEYS.writer.accessKeyId, AWS_SECRET_ACCESS_KEY: S3_KEYS.writer.secretAccessKey };

let sourceId = 0;
let words: readonly string[] = [];
beforeAll(async () => {
  const stopWorker = await get().startWorker();
  const siem = { dataCollection: 'siem', siemTypes: ['receipt'] };
  const file = sourceFile(get().simulator, { name: 'Interrupted', ...siem });
  sourceId = (await get().service.start(file)).sourceId;
  await until(
    () => get().service.status(String(sourceId)),
    ({ snapshot }) => snapshot?.stage === 'Collecting' && snapshot.streams.every(({ caughtUp }) => caughtUp),
    LIMIT,
  );
  // Nobody works, so that exports stay under way.
  await stopWorker();
  const { name: bucket } = await server.newBucket();
  const place = ['--to-bucket', bucket, '--region', S3_REGION, '--endpoint', server.endpoint];
  words = ['export', 'Interrupted', '--from', '30d', '--own-keys', ...place];
});

const exports = () => new PastExports({ collections, client: get().client, allowInsecure: true, keyring: testKeyring });
const here = () => ({ env: { ...get().env, ...KEYS }, args: words });
function remotely(url = api.get().url) {
  const { accessId, accessKey } = api.get().admin;
  const env = { MIMECAST_ACCESS_ID: accessId, MIMECAST_ACCESS_KEY: accessKey, ...KEYS };
  return { env, args: ['--server', url, ...words] };
}
const numberIn = (text: string) => Number(/^export (\d+):/m.exec(text)?.[1]);
const saying = (errors: () => string, text: string) =>
  until(
    async () => errors(),
    (told) => told.includes(text),
    LIMIT,
  );
const workflowState = async (id: number) => {
  const handle = get().client.workflow.getHandle(`mimecast-source-${sourceId}-past-export.${id}`);
  return (await handle.describe()).status.name;
};

test.each([
  ['with the servers at hand', here],
  ['behind a management server', remotely],
])('%s, the command stops with 0, and the same one follows the export again', async (_, command) => {
  const { env, args } = command();
  const first = start(env, ...args);
  await saying(first.errors, 'waiting for the first object');
  await first.stop();
  const id = numberIn(first.errors());
  expect(first.errors()).toContain(
    `export ${id} goes on without this command: follow it with the same command again or "export ${sourceId} --list", cancel it with "export ${sourceId} --cancel"`,
  );
  expect(first.lines().join('\n')).toMatch(/^The export is running\. So far, 0 records from /);
  expect(await exports().get(sourceId, id)).toMatchObject({ state: 'Running' });
  expect(await workflowState(id)).toBe('RUNNING');

  const again = start(env, ...args, '--json');
  await saying(again.errors, 'waiting for the first object');
  expect(numberIn(again.errors())).toBe(id);
  expect(await runCli(env, ...args.slice(0, -words.length), 'export', 'Interrupted', '--cancel')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining(`Export ${id} of source ${sourceId} is being canceled`),
  });
  await until(
    async () => (await exports().get(sourceId, id)).state,
    (state) => state === 'Canceling',
  );
  await again.stop();
  expect(JSON.parse(again.lines().join('\n'))).toMatchObject({ id });

  const stopWorker = await get().startWorker();
  await until(
    () => exports().get(sourceId, id),
    ({ state }) => state === 'Canceled',
    LIMIT,
  );
  await stopWorker();
});

test('while the export is being started, the command waits until it knows, and then stops', async () => {
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const slow = await serve(async ({ method, path, query, headers, body }, response) => {
    if (method === 'POST') await held;
    const { authorization = '', 'content-type': type = 'application/json' } = headers;
    const answer = await fetch(`${api.get().url}${path}?${query}`, {
      method,
      headers: { authorization, ...(method === 'POST' ? { 'content-type': type } : {}) },
      ...(method === 'POST' ? { body } : {}),
    });
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text());
  });
  const { env, args } = remotely(slow.url);
  const command = start(env, ...args);
  await until(
    async () => slow.received,
    (received) => received.some(({ method }) => method === 'POST'),
    LIMIT,
  );
  const stopped = command.stop();
  await saying(command.errors, 'The export is being started');
  release();
  await stopped;
  const id = numberIn(command.errors());
  expect(command.errors()).toContain(`export ${id} goes on without this command`);
  const { state }: PastExport = await exports().get(sourceId, id);
  expect(state).toBe('Running');
});
