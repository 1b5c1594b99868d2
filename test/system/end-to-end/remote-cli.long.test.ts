/** The command line against a management server, with nothing but its address and a key. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { apiServer } from '../../support/api-server.js';
import { e2eStack, sourceFile } from '../../support/e2e-stack.js';
import { raw } from '../../support/raw-collections.js';
import { type CliResult, runCli } from '../../support/run-cli.js';
import { until } from '../../support/until.js';

const { get, collections } = e2eStack({ historyMs: 600_000, historyRate: 20, rate: 0 });
const { get: server } = apiServer({ collections, client: () => get().client });

beforeAll(async () => {
  await get().startWorker();
});

function cli(...args: readonly string[]): Promise<CliResult> {
  const { url, admin } = server();
  const env = { MIMECAST_ACCESS_ID: admin.accessId, MIMECAST_ACCESS_KEY: admin.accessKey };
  // Nothing is reached but by the server.
  return runCli(
    { ...env, TEMPORAL_ADDRESS: '127.0.0.1:9', MONGODB_URI: 'mongodb://127.0.0.1:9/' },
    '--server',
    url,
    ...args,
  );
}

async function json<T>(...args: readonly string[]): Promise<T> {
  const { code, stdout, stderr } = await cli(...args, '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as T;
}

function write(config: Readonly<Record<string, unknown>>): string {
  const file = join(get().folder, 'remote.json');
  writeFileSync(file, JSON.stringify(sourceFile(get().simulator, { name: 'Remote', pollInterval: '1m', ...config })));
  return file;
}

test('a source is started, shown, changed, restarted, stopped, started again and removed', {
  timeout: 180_000,
}, async () => {
  const file = write({ fields: { remote_field: 'x' } });
  const started = await json<{ sourceId: number }>('start', file, '--collector', 'far away', '--add-fields');
  const { sourceId } = started;
  expect(started).toEqual({ sourceId, name: 'Remote', workflowId: `mimecast-source-${sourceId}`, created: true });
  expect(await raw(collections).fields.findOne({ fieldName: 'remote_field' })).not.toBeNull();
  const inState = (wanted: string) =>
    until(
      () => get().service.status(String(sourceId)),
      ({ state }) => state === wanted,
    );
  await inState('Collecting');
  expect(await json('list')).toMatchObject([{ sourceId, name: 'Remote', collector: 'far away', state: 'Collecting' }]);
  expect(await json('status', 'Remote')).toMatchObject({ sourceId, state: 'Collecting', snapshot: { version: 1 } });
  expect((await cli('status', 'Remote')).stdout).toContain('Collecting');
  expect(await json('update', 'Remote', write({ description: 'changed' }))).toEqual({ sourceId, version: 2 });
  await inState('Collecting');
  expect((await cli('start', file, '--collector', 'far away')).stderr).toContain('already running');
  expect((await cli('restart', String(sourceId))).stdout).toContain(`Restart of source ${sourceId} requested.`);
  await inState('Collecting');
  await until(
    () => get().service.status(String(sourceId)),
    ({ snapshot }) => snapshot?.restarts === 2 && snapshot.streams.every(({ phase }) => phase === 'waiting'),
  );
  expect(await json('collect-now', 'Remote')).toEqual({ sourceId });
  const [audit, dlp] = ['audit', 'dlp'] as const;
  expect(await json('collect-now', 'Remote', '--stream', audit, dlp)).toEqual({ sourceId, streams: [audit, dlp] });
  const collected = { sourceId, action: 'source.collectNow', 'to.streams': [audit, dlp] };
  expect(await raw(collections).auditTrail.findOne(collected)).toMatchObject({ outcome: 'done' });
  expect(await json('stop', 'Remote')).toEqual({ sourceId, state: 'Stopped' });
  const refused = await cli('collect-now', 'Remote', '--stream', audit);
  expect(refused).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('is stopped') });
  expect(await cli('restart', 'Remote')).toMatchObject({ code: 1, stderr: expect.stringContaining('is stopped') });
  expect(await json('start', String(sourceId))).toMatchObject({ sourceId, created: false });
  await inState('Collecting');
  expect(await json('stop', 'Remote', '--remove')).toEqual({ sourceId, state: 'Deleted' });
  expect(await json('list')).toEqual([]);
});

test('health, verify and backfill go through the server, too', async () => {
  const { sourceId } = await json<{ sourceId: number }>('start', write({ name: 'Read', clientSecret: 'wrong' }));
  const health = await until(
    () => json<{ open: { eventName: string; updatedAt: string }[] }>('health', 'Read'),
    ({ open }) => open.length === 1,
  );
  expect(health.open).toMatchObject([{ eventName: 'ThirdPartyConfigError', sourceId, status: 'UnHealthy' }]);
  expect((await cli('health', 'Read')).stdout).toContain('1 open health event.');
  await json('update', 'Read', write({ name: 'Read', pollInterval: '1h' }));
  const caughtUp = await until(
    () => get().service.status(String(sourceId)),
    ({ snapshot }) => snapshot?.streams.every(({ phase }) => phase === 'waiting') === true,
  );
  expect(caughtUp.state).toBe('Collecting');
  const receipt = raw(collections).records('receipt');
  const gone = await receipt.find({ _sourceId: sourceId }).limit(1_100).toArray();
  await receipt.deleteMany({ _id: { $in: gone.map(({ _id }) => _id) } });

  const verified = await cli('verify', 'Read', '--stream', 'receipt', '--json');
  expect(verified.code).toBe(1);
  const { missing } = JSON.parse(verified.stdout) as { missing: { id: string }[] };
  expect(missing.map(({ id }) => id).sort()).toEqual(gone.map(({ _id }) => _id.toString('hex')).sort());
  const backfilled = await cli('backfill', 'Read', '--stream', 'receipt');
  expect(backfilled).toMatchObject({ code: 0, stdout: expect.stringContaining(`${gone.length} of them are stored`) });
  expect((await cli('verify', 'Read', '--stream', 'receipt')).code).toBe(0);
  expect((await cli('verify', 'Read', '--cancel')).stderr).toContain('No verify of the source "Read" is running');
  expect((await cli('backfill', 'Read', '--from', 'yesterday', '--stream', 'weather')).stderr).toMatch(/weather/);
  const actions = await raw(collections).auditTrail.distinct('action', { sourceId });
  expect(actions).toEqual(expect.arrayContaining(['source.verify', 'source.backfill']));
  await json('stop', 'Read', '--remove');
});

test('access keys are made, listed and deleted through the server, by administrators only', async () => {
  const made = await json<{ accessId: string; accessKey: string }>('keys', 'create', '--role', 'viewer');
  const all = await json<{ accessId: string }[]>('keys', 'list');
  expect(all.map(({ accessId }) => accessId)).toContain(made.accessId);
  expect(JSON.stringify(all)).not.toContain(made.accessKey);
  const viewer = { MIMECAST_ACCESS_ID: made.accessId, MIMECAST_ACCESS_KEY: made.accessKey };
  const as = (...args: string[]) => runCli(viewer, '--server', server().url, ...args);
  expect((await as('list')).code).toBe(0);
  expect((await as('keys', 'list')).stderr).toContain('role is viewer');
  expect((await as('keys', 'create')).stderr).toContain('role is viewer');
  expect(await json('keys', 'delete', made.accessId)).toEqual({ accessId: made.accessId });
  expect((await as('list')).stderr).toBe('Credential could not be verified.\n');
});

test('what is refused is one clear line', async () => {
  const bad = await cli('start', write({ name: '', colour: 'red' }));
  expect(bad).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('source.config.colour') });
  expect((await cli('status', 'nobody')).stderr).toContain('There is no source "nobody"');
  expect((await cli('health', 'nobody')).stderr).toContain('There is no source "nobody"');
  expect((await cli('keys', 'delete', 'nobody')).stderr).toContain('There is no access key "nobody"');
  const own = await cli('keys', 'delete', server().admin.accessId);
  expect(own).toMatchObject({ code: 1, stderr: expect.stringContaining('delete it with another one') });
  expect(
    (await runCli({ MIMECAST_ACCESS_ID: '', MIMECAST_ACCESS_KEY: '' }, '--server', server().url, 'list')).stderr,
  ).toContain('MIMECAST_ACCESS_ID');
  const wrong = { MIMECAST_ACCESS_ID: 'mc1', MIMECAST_ACCESS_KEY: 'x' };
  expect(await runCli(wrong, '--server', server().url, 'list')).toMatchObject({
    code: 1,
    stderr: 'Credential could not be verified.\n',
  });
  expect((await runCli(wrong, 'list', '--server', 'http://127.0.0.1:9')).stderr).toMatch(/does not answer: .*/);
});
