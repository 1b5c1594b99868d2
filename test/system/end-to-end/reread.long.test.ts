/** `verify` and `backfill` on real servers: what was deleted by hand is named, and comes back. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isOver, type RereadKind, type RereadReport } from '../../../src/domain/rereads/reread.js';
import { STREAMS, type StreamName } from '../../../src/domain/streams/streams.js';
import { RereadService } from '../../../src/management/rereads/reread-service.js';
import type { SourceStatus } from '../../../src/management/sources/source-status.js';
import { e2eStack, sourceFile } from '../../support/e2e-stack.js';
import { SeededRandom } from '../../support/random.js';
import { raw } from '../../support/raw-collections.js';
import { runCli } from '../../support/run-cli.js';
import { addFault, clearFaults, sizes, storedOf, sum, truthOf } from '../../support/simulator-control.js';
import { until } from '../../support/until.js';

const HOUR = 3_600_000;
const { get, collections } = e2eStack({ historyMs: 2 * HOUR, historyRate: 60, rate: 0 });

let sourceId = 0;
let stopWorker: () => Promise<void>;

beforeAll(async () => {
  stopWorker = await get().startWorker();
  // Polled so seldom that the collection restores nothing by itself: audit and DLP windows overlap.
  const file = sourceFile(get().simulator, { name: 'Read again', pollInterval: '1h' });
  ({ sourceId } = await get().service.start(file));
  await until(status, isCaughtUp, { everyMs: 100 });
});

afterAll(async () => {
  await get().service.stop(String(sourceId));
  await stopWorker();
});

const status = () => get().service.status(String(sourceId));
const rereads = () => new RereadService({ collections, client: get().client });

function isCaughtUp({ snapshot }: SourceStatus): boolean {
  return snapshot?.stage === 'Collecting' && snapshot.streams.every(({ phase }) => phase === 'waiting');
}

async function run(kind: RereadKind, wish = {}): Promise<RereadReport> {
  await rereads().start(kind, String(sourceId), wish);
  const { report } = await until(
    () => rereads().report(kind, sourceId),
    ({ state }) => state === 'COMPLETED',
    { everyMs: 100 },
  );
  if (report === undefined) throw new Error(`${kind} has no report`);
  return report;
}

/** Deletes some of a stream's records that are older than half an hour, chosen by chance. @returns their ids. */
async function deleteSome(stream: StreamName, share: number, seed = 7): Promise<string[]> {
  const random = new SeededRandom(seed);
  const records = raw(collections).records(stream);
  // What is newer, the windows of audit and DLP meet again at the next poll, which restores it.
  const old = { _sourceId: sourceId, _messageTime: { $lt: new Date(Date.now() - HOUR / 2) } };
  const all = await records.find(old, { projection: { _id: 1 } }).toArray();
  const chosen = all.map(({ _id }) => _id).filter(() => random.next() < share);
  await records.deleteMany({ _id: { $in: chosen } });
  return chosen.map((id) => id.toString('hex')).sort();
}

const stored = (stream: StreamName) => raw(collections).records(stream).find({ _sourceId: sourceId }).toArray();

async function named(report: RereadReport): Promise<string[]> {
  const ids: string[] = [];
  for await (const { id } of rereads().missing(report)) ids.push(id);
  return ids.sort();
}

describe('a store that is whole', () => {
  test('verify reads everything again and misses nothing; so does backfill', async () => {
    const all = sum(sizes(await truthOf(get().simulator)));
    for (const kind of ['verify', 'backfill'] as const) {
      const report = await run(kind);
      expect(report.totals).toEqual({ read: all, missing: 0, restored: 0, unreadFiles: 0 });
      expect(report.streams.map(({ stream }) => stream)).toEqual(STREAMS);
      expect(report.streams.every(isOver)).toBe(true);
    }
    expect(await storedOf(collections, sourceId)).toEqual(await truthOf(get().simulator));
  });
});

test('what was deleted from every collection is named exactly, and restored exactly', async () => {
  const truth = await truthOf(get().simulator);
  // The queue of held messages is listed whole at every poll, and so restores itself.
  const streams = STREAMS.filter((stream) => stream !== 'hold');
  const deleted = (await Promise.all(streams.map((stream, index) => deleteSome(stream, 0.25, index)))).flat().sort();
  expect(deleted.length).toBeGreaterThan(1_000);

  const verified = await run('verify');
  expect(verified.totals).toMatchObject({ missing: deleted.length, restored: 0 });
  expect(await named(verified)).toEqual(deleted);

  const restored = await run('backfill');
  expect(restored.totals).toMatchObject({ missing: deleted.length, restored: deleted.length });
  expect(await named(restored)).toEqual(deleted);
  expect(await storedOf(collections, sourceId)).toEqual(truth);
  expect((await run('verify')).totals.missing).toBe(0);
});

test('what the collection counts as stored is what is there, also after its next poll', async () => {
  await deleteSome('receipt', 0.5);
  await run('backfill', { streams: ['receipt'] });
  await get().service.collectNow(String(sourceId));
  const there = await raw(collections).records('receipt').countDocuments({ _sourceId: sourceId });
  await until(
    () => raw(collections).checkpoints.findOne({ sourceId, stream: 'receipt' }),
    (checkpoint) => checkpoint?.recountFor === undefined && checkpoint?.totals.stored === there,
  );
});

test('a range and a stream: nothing outside of them is touched', async () => {
  const dlp = await deleteSome('dlp', 1);
  const receipt = await deleteSome('receipt', 1);
  const before = new Set((await stored('receipt')).map(({ _id }) => _id.toString('hex')));
  const to = new Date(Date.now() - HOUR);
  const report = await run('backfill', { streams: ['receipt'], from: '90m', to: to.toISOString() });
  const { restored } = report.totals;
  expect(restored).toBeGreaterThan(0);
  expect(restored).toBeLessThan(receipt.length);
  const back = (await stored('receipt')).filter(({ _id }) => !before.has(_id.toString('hex')));
  expect(back).toHaveLength(restored);
  const times = back.map(({ _messageTime: time }) => time.getTime());
  expect(Math.min(...times)).toBeGreaterThanOrEqual(Date.parse(report.from));
  expect(Math.max(...times)).toBeLessThanOrEqual(to.getTime());
  expect((await run('backfill')).totals.restored).toBe(dlp.length + receipt.length - restored);
});

test('lines that are missing in quarantine are found as well', async () => {
  await addFault(get().simulator, {
    endpoint: 'file',
    match: { type: 'spam' },
    times: 1,
    action: { malformedLine: 0 },
  });
  const report = await run('backfill', { streams: ['spam'] });
  expect(report.totals).toMatchObject({ missing: 1, restored: 1 });
  expect(await raw(collections).quarantine.countDocuments({ sourceId, stream: 'spam' })).toBe(1);
  await raw(collections).quarantine.deleteMany({ sourceId });
});

test('a file that cannot be read is reported, and is not taken for read', async () => {
  await addFault(get().simulator, {
    endpoint: 'file',
    match: { type: 'av' },
    times: -1,
    action: { corruptGzip: true },
  });
  const report = await run('verify', { streams: ['av'] });
  await clearFaults(get().simulator);
  expect(report.totals.unreadFiles).toBeGreaterThan(0);
  expect(report.streams[0]?.notes.join()).toContain('av_');
});

test('passing error with Mimecast is waited out', async () => {
  const deleted = await deleteSome('journal', 0.3);
  await addFault(get().simulator, { endpoint: 'batch', times: 2, action: { status: 503 } });
  await addFault(get().simulator, { endpoint: 'file', times: 2, action: { cut: { afterBytes: 50 } } });
  await addFault(get().simulator, {
    endpoint: 'batch',
    match: { type: 'journal' },
    times: 1,
    action: { expiredUrl: true },
  });
  const report = await run('backfill', { streams: ['journal'] });
  await clearFaults(get().simulator);
  expect(report.totals).toMatchObject({ restored: deleted.length, unreadFiles: 0 });
});

describe('on the command line', () => {
  const cli = (...args: string[]) => runCli(get().env, ...args);

  test('verify exits with 1 and names what is missing, backfill mends it, verify exits with 0', async () => {
    const deleted = await deleteSome('delivery', 0.1);
    const verified = await cli('verify', String(sourceId), '--stream', 'delivery', 'audit', '--json');
    expect(verified.code).toBe(1);
    const result = JSON.parse(verified.stdout);
    expect(result.missing.map(({ id }: { readonly id: string }) => id).sort()).toEqual(deleted);
    expect(result.report.streams.map(({ stream }: { readonly stream: string }) => stream)).toEqual([
      'delivery',
      'audit',
    ]);
    const backfilled = await cli('backfill', 'Read again', '--stream', 'delivery');
    expect(backfilled).toMatchObject({ code: 0 });
    expect(backfilled.stdout).toContain(
      `${deleted.length} records were missing, ${deleted.length} of them are stored now.`,
    );
    expect(backfilled.stderr).toContain('streams done');
    const again = await cli('verify', String(sourceId), '--stream', 'delivery');
    expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('Nothing is missing') });
  });

  test.for([
    [['--stream', 'weather'], 'stream: the source does not collect "weather"'],
    [['--from', 'yesterday'], 'from: "yesterday" is neither a time'],
    [['--to', '31.12.2025'], 'to: "31.12.2025" is neither a time'],
    [['--from', '1h', '--to', '2h'], 'from: must be before "to"'],
    [['--from', 'x', '--to', 'y', '--stream', 'z'], 'stream: '],
    [['--cancel'], 'No verify of the source "Read again" is running'],
  ] as const)('%j is refused with the reason', async ([args, reason]) => {
    const { code, stderr } = await cli('verify', String(sourceId), ...args);
    expect(code).toBe(1);
    expect(stderr).toContain(reason);
  });
});

test('one of a kind at a time; it can be watched and cancelled', async () => {
  await addFault(get().simulator, { endpoint: 'file', times: -1, action: { delayMs: 500 } });
  await rereads().start('verify', String(sourceId), {});
  await expect(rereads().start('verify', String(sourceId), {})).rejects.toThrow(/already running/);
  await until(
    () => rereads().report('verify', sourceId),
    ({ report }) => report !== undefined,
  );
  await rereads().cancel('verify', String(sourceId));
  const ended = await until(
    () => rereads().report('verify', sourceId),
    ({ state }) => state !== 'RUNNING',
  );
  await clearFaults(get().simulator);
  expect(ended.state).toBe('CANCELLED');
  expect(await status()).toMatchObject({ state: 'Collecting', health: 'Healthy' });
});
