import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Simulator, startSimulator } from '../../simulator/simulator.js';
import { isSiemStream, STREAMS } from '../../src/domain/streams/streams.js';
import { FieldService } from '../../src/management/fields/field-service.js';
import { activityEnvironment } from '../support/collected-source.js';
import { collectorDatabase } from '../support/collector-database.js';
import { raw } from '../support/raw-collections.js';
import { type SimulatedSource, SMALL_WORLD, simulatedSource, sizeOf, sourceOf } from '../support/simulated-source.js';
import { addFault } from '../support/simulator-control.js';

const collections = collectorDatabase();

describe('every stream of a small world', () => {
  let simulator: Simulator;
  let source: SimulatedSource;
  beforeAll(async () => {
    simulator = await startSimulator({ ...SMALL_WORLD, historyRate: 60 });
    await new FieldService(collections).ensure(['site']);
    source = await sourceOf(simulator, collections, { config: { fields: { _siemForward: 'true', site: 'x' } } });
  });
  afterAll(() => simulator.close());

  test.each(STREAMS)('%s: what is stored is what the simulator holds, once', async (stream) => {
    const held = await source.held(stream);
    const size = sizeOf(held);
    expect(size).toBeGreaterThan(0);

    const first = await source.collect(stream);
    const counts = { stored: size, duplicates: 0, quarantined: 0 };
    expect(first).toMatchObject({ stream, result: 'caughtUp', counts, totals: counts });
    expect(first.files > 0).toBe(isSiemStream(stream));
    expect(await source.stored(stream)).toEqual(held);

    const again = await source.collect(stream);
    expect(again).toMatchObject({ result: 'caughtUp', counts: { stored: 0, duplicates: 0 }, totals: counts, files: 0 });
    expect(await source.stored(stream)).toEqual(held);
    expect(again.lastEventTime).toBe(first.lastEventTime);
  });

  test('the time of the newest record is that of the outcome', async () => {
    for (const stream of ['receipt', 'audit'] as const) {
      const { lastEventTime } = await source.collect(stream);
      const [newest] = await raw(collections)
        .records(stream)
        .find({ _sourceId: source.id })
        .sort({ _messageTime: -1 })
        .limit(1)
        .toArray();
      expect(lastEventTime).toBe(newest?._messageTime.toISOString());
    }
  });

  test('a document carries the metadata of its source', async () => {
    await source.collect('journal');
    const document = await raw(collections).records('journal').findOne({ _sourceId: source.id });
    const settings = await source.run(({ validate }, id) => validate(id));
    expect(document).toMatchObject({
      _source: settings.name,
      _collector: 'cloud',
      _dataType: 'journal',
      _fields: { site: 'x' },
      _siemForward: true,
      _siemEventID: 'jrnl',
      _messageTime: expect.any(Date),
      _receiptTime: expect.any(Date),
    });
    expect(document).not.toHaveProperty('_fields._siemForward');
  });
});

test('over several pages, with empty ones and files listed twice, each file is fetched once', async () => {
  const world = { historyFileIntervalMs: 12_000, historyRate: 60 };
  const source = await simulatedSource(collections, { world });
  const outcome = await source.collect('receipt');
  expect(outcome).toMatchObject({ result: 'caughtUp', counts: { duplicates: 0 } });
  expect(outcome.files).toBeGreaterThan(100);
  expect(await source.calls('file')).toBe(outcome.files);
  expect(await source.calls('batch')).toBeGreaterThan(1);
  expect(await source.stored('receipt')).toEqual(await source.held('receipt'));
  const { pageToken, filesDone } = await source.checkpoint('receipt');
  expect(pageToken).toBeTruthy();
  expect(filesDone).toEqual([]);
});

test('two sources of one application do not share records or places', async () => {
  const one = await simulatedSource(collections);
  const other = await sourceOf(one.simulator, collections);
  const held = await one.held('dlp');
  expect((await one.collect('dlp')).counts.stored).toBe(sizeOf(held));
  expect((await other.collect('dlp')).counts.stored).toBe(sizeOf(held));
  expect(await one.stored('dlp')).toEqual(held);
  expect(await other.stored('dlp')).toEqual(held);
});

test('identical lines of one file are as many records, however often it is read', async () => {
  const source = await simulatedSource(collections);
  const line = '{"type":"av","timestamp":1757930000000,"aggregateId":"a"}';
  await source.fault({ endpoint: 'file', times: -1, action: { status: 200, body: `${line}\n${line}\r\n\n${line}` } });
  const first = await source.collect('av');
  expect(first.counts).toEqual({ stored: 3, duplicates: 3 * (first.files - 1), quarantined: 0 });
  await source.meddle('av', { $set: { filesDone: [] }, $unset: { pageToken: true } });
  expect((await source.collect('av')).counts).toEqual({ stored: 0, duplicates: 3 * first.files, quarantined: 0 });
});

test('nothing older than the backfill is asked for', async () => {
  const source = await simulatedSource(collections, { config: { backfill: '10m' } });
  await source.collect('audit');
  const held = await source.held('audit');
  const stored = await source.stored('audit');
  expect(sizeOf(stored)).toBeGreaterThan(0);
  expect(sizeOf(stored)).toBeLessThan(sizeOf(held));
  const { beginAt } = await source.checkpoint('audit');
  const earliest = new Date(Math.floor(beginAt.getTime() / 1_000) * 1_000);
  expect(
    await raw(collections)
      .records('audit')
      .countDocuments({ _sourceId: source.id, _messageTime: { $lt: earliest } }),
  ).toBe(0);
});

test('while it collects it tells how far it is', async () => {
  const source = await simulatedSource(collections);
  const environment = activityEnvironment();
  const heartbeats: unknown[] = [];
  environment.on('heartbeat', (details) => heartbeats.push(details));
  // What is over within a second sends none.
  await addFault(source.simulator, { endpoint: 'file', times: 1, action: { delayMs: 1_500 } });
  await source.collect('receipt', environment);
  expect(heartbeats[0]).toEqual({ stream: 'receipt', stored: 0, files: 0 });
});

test('a slice whose time is over stores nothing more and asks to go on', async () => {
  const source = await simulatedSource(collections, { sliceMs: 0 });
  const before = await source.checkpoint('receipt');
  expect(await source.collect('receipt')).toMatchObject({ result: 'more', counts: { stored: 0 }, files: 0 });
  expect(await source.checkpoint('receipt')).toEqual(before);
  expect(await source.calls('file')).toBe(0);
});
