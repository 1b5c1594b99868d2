import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { SourceListing } from '../../../src/management/sources/source-listing.js';
import type { SourceStatus } from '../../../src/management/sources/source-status.js';
import { e2eStack, sourceFile } from '../../support/e2e-stack.js';
import { raw } from '../../support/raw-collections.js';
import { type CliResult, runCli } from '../../support/run-cli.js';
import { countStored, sizes, storedOf, truthOf } from '../../support/simulator-control.js';
import { until } from '../../support/until.js';

const { get, collections } = e2eStack({ historyMs: 1_800_000, historyRate: 60, rate: 0 });
const cli = (...args: readonly string[]) => runCli(get().env, ...args);
let sourceId = 0;

beforeAll(async () => {
  await get().startWorker();
});

function write(name: string, json: unknown): string {
  const file = join(get().folder, name);
  writeFileSync(file, typeof json === 'string' ? json : JSON.stringify(json));
  return file;
}

/** The JSON of a command that is done. */
function done<T>({ code, stdout, stderr }: CliResult): T {
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as T;
}

function lines(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}

async function caughtUp(restarts: number): Promise<SourceStatus> {
  return until(
    () => get().service.status(String(sourceId)),
    ({ state, snapshot }) =>
      state === 'Collecting' &&
      snapshot?.restarts === restarts &&
      snapshot.streams.every(({ phase }) => phase === 'waiting'),
  );
}

test('list says that there is nothing yet', async () => {
  expect(await cli('list')).toMatchObject({ code: 0, stdout: expect.stringContaining('no sources yet') });
  expect(done(await cli('list', '--json'))).toEqual([]);
});

test('start FILE creates a source, list and status show it', async () => {
  const file = write('source.json', sourceFile(get().simulator, { name: 'From the CLI' }));
  const started = done<{ sourceId: number }>(await cli('start', file, '--collector', 'lab', '--json'));
  sourceId = started.sourceId;
  expect(started).toEqual({
    sourceId,
    name: 'From the CLI',
    workflowId: `mimecast-source-${sourceId}`,
    created: true,
  });
  await caughtUp(0);
  const [listed] = done<SourceListing[]>(await cli('list', '--json'));
  expect(listed).toMatchObject({ sourceId, name: 'From the CLI', collector: 'lab', state: 'Collecting' });
  const status = done<SourceStatus>(await cli('status', 'From the CLI', '--json'));
  const { simulator } = get();
  const truth = sizes(await truthOf(simulator));
  expect(status).toMatchObject({ sourceId, state: 'Collecting', health: 'Healthy', collector: 'lab' });
  expect(Object.fromEntries(status.snapshot?.streams.map(({ stream, stored }) => [stream, stored]) ?? [])).toEqual(
    truth,
  );
  expect(await storedOf(collections, sourceId)).toEqual(await truthOf(simulator));
  const text = await cli('status', String(sourceId));
  expect(text.stdout).toContain(`From the CLI (source ${sourceId}, mimecast-source-${sourceId}): Collecting`);
  for (const stream of Object.keys(truth)) expect(text.stdout).toContain(stream);
});

test('start of a running source is refused', async () => {
  const result = await cli('start', join(get().folder, 'source.json'), '--collector', 'lab');
  expect(result).toMatchObject({ code: 1, stdout: '' });
  expect(lines(result.stderr)).toEqual([expect.stringContaining('already running')]);
});

test('health shows no events of a healthy source', async () => {
  expect(done(await cli('health', String(sourceId), '--json'))).toEqual({ open: [], recent: [] });
  expect((await cli('health', String(sourceId))).stdout).toContain('No open health events.');
});

test('restart begins the source again', async () => {
  expect(done(await cli('restart', String(sourceId), '--json'))).toEqual({ sourceId });
  await caughtUp(1);
  expect(done(await cli('collect-now', String(sourceId), '--json'))).toEqual({ sourceId });
});

test('collect-now polls the streams that are named', async () => {
  await caughtUp(1);
  const streams = ['audit', 'url protect'];
  const named = ['collect-now', String(sourceId), '--stream', ...streams];
  expect(done(await cli(...named, '--json'))).toEqual({ sourceId, streams });
  await caughtUp(1);
  expect(await cli(...named)).toMatchObject({
    ...{ code: 0, stdout: `Source ${sourceId} is polling audit, url protect now.\n` },
  });
  const unknown = await cli('collect-now', String(sourceId), '--stream', 'weather');
  expect(unknown).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringContaining('Allowed choices are receipt'),
  });
});

test('a bad update names every mistake and changes nothing', async () => {
  const bad = sourceFile(get().simulator, { name: '', dataCollection: ['mail'], pollInterval: 'often', colour: 'red' });
  const result = await cli('update', String(sourceId), write('bad.json', bad));
  expect(result).toMatchObject({ code: 1, stdout: '' });
  for (const key of ['name', 'dataCollection', 'pollInterval', 'colour']) {
    expect(result.stderr).toContain(`source.config.${key}`);
  }
  expect(result.stderr).not.toContain('sim-secret');
  expect((await get().service.status(String(sourceId))).snapshot).toMatchObject({ version: 1, restarts: 1 });
  const noJson = await cli('update', String(sourceId), write('no.json', '{'));
  expect(noJson).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('is not JSON') });
});

test('a good update takes effect', async () => {
  const good = sourceFile(get().simulator, { name: 'Updated', dataCollection: ['auditEvent', 'dlp'] });
  const file = write('good.json', good);
  expect(done(await cli('update', String(sourceId), file, '--json'))).toEqual({ sourceId, version: 2 });
  const { name, snapshot } = await caughtUp(2);
  expect(name).toBe('Updated');
  expect(snapshot?.streams.map(({ stream }) => stream)).toEqual(['audit', 'dlp']);
  const refused = await cli('collect-now', 'Updated', '--stream', 'audit', 'receipt');
  expect(refused).toMatchObject({ code: 1, stdout: '' });
  expect(lines(refused.stderr)).toEqual([
    'The source "Updated" polls nothing now:',
    '  receipt: the source does not collect it; it collects: audit, dlp',
  ]);
});

test('stop waits for the end, and start ID goes on from the checkpoints', async () => {
  const before = await countStored(collections, sourceId);
  expect(await cli('stop', 'Updated')).toEqual({ code: 0, stdout: `Source ${sourceId} is Stopped.\n`, stderr: '' });
  expect(done<SourceStatus>(await cli('status', 'Updated', '--json'))).toMatchObject({ state: 'Stopped' });
  const refused = await cli('restart', 'Updated');
  expect(refused).toMatchObject({ code: 1, stdout: '' });
  expect(lines(refused.stderr)).toEqual([expect.stringContaining('is stopped: start it first')]);
  expect(done(await cli('start', String(sourceId), '--json'))).toMatchObject({ sourceId, created: false });
  const { snapshot } = await caughtUp(0);
  expect(snapshot?.totals).toMatchObject({ duplicates: 0, quarantined: 0 });
  expect(await countStored(collections, sourceId)).toBe(before);
});

test('stop --remove deletes configuration and checkpoints and keeps the records', async () => {
  const before = await countStored(collections, sourceId);
  expect(before).toBeGreaterThan(0);
  expect(done(await cli('stop', String(sourceId), '--remove', '--json'))).toEqual({ sourceId, state: 'Deleted' });
  expect(await raw(collections).sources.countDocuments({ _id: sourceId })).toBe(0);
  expect(await raw(collections).checkpoints.countDocuments({ sourceId })).toBe(0);
  expect(await countStored(collections, sourceId)).toBe(before);
  expect(done(await cli('list', '--json'))).toEqual([]);
});

test.for([
  ['status', '4711'],
  ['restart', 'nobody'],
  ['stop', '4711', '--remove'],
  ['health', 'x'],
  ['start', '4711'],
])('an unknown source is one line on stderr: %j', async (args) => {
  const result = await cli(...args);
  expect(result).toMatchObject({ code: 1, stdout: '' });
  expect(lines(result.stderr)).toEqual([expect.stringContaining(`There is no source "${args[1]}"`)]);
});

test.for([[], ['status'], ['fly', '1'], ['stop', '1', '--now'], ['update', '1']])(
  'wrong usage is exit code 2: %j',
  async (args) => {
    const result = await cli(...args);
    expect(result).toMatchObject({ code: 2, stdout: '' });
    expect(result.stderr).not.toBe('');
  },
);

test.for([['--help'], ['start', '--help'], ['help']])('help is exit code 0: %j', async (args) => {
  expect(await cli(...args)).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('Usage: starter') });
});
