import { describe, expect, test } from 'vitest';
import { vendorRecordOf } from '../../../src/records/document.js';
import type { QueueTimes } from '../../../src/store/held-messages.js';
import { collectorDatabase } from '../../support/collector-database.js';
import { raw } from '../../support/raw-collections.js';
import { type RecordServer, recordServer, type ServedRow } from '../../support/record-server.js';
import { type SimulatedSource, simulatedSource, sizeOf } from '../../support/simulated-source.js';

const collections = collectorDatabase();
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const sourceAt = (server: RecordServer, sliceMs?: number): Promise<SimulatedSource> =>
  simulatedSource(collections, {
    config: { baseUrl: server.url },
    ...(sliceMs === undefined ? {} : { sliceMs }),
  });

async function queueOf(source: SimulatedSource): Promise<Map<unknown, QueueTimes>> {
  const documents = await raw(collections).records('hold').find({ _sourceId: source.id }).toArray();
  return new Map(documents.map(({ _id, n, _queue }) => [n ?? _id.toString('hex'), _queue as QueueTimes]));
}

async function left(source: SimulatedSource): Promise<unknown[]> {
  return [...(await queueOf(source))].flatMap(([n, { leftAt }]) => (leftAt === undefined ? [] : [n])).sort();
}

/** A queue whose API tells a time that the test moves. */
async function queue(count: number) {
  let ahead = 0;
  const now = () => Date.now() + ahead;
  const begin = now();
  const rows: ServedRow[] = Array.from({ length: count }, (_, n) => ({
    n,
    id: `id ${n}`,
    time: begin - 10 * HOUR + n * 1_000,
  }));
  const server = await recordServer(rows);
  server.clock = now;
  return {
    server,
    wait: (ms: number) => {
      ahead += ms;
    },
    now,
    remove: (...gone: number[]) => {
      server.rows = server.rows.filter(({ n }) => !gone.includes(Number(n)));
    },
  };
}

describe('a held message', () => {
  test.each([
    ['an Exclude', { filterType: 'Exclude', name: 'all', regexp: '(?s).*' }],
    ['an Include', { filterType: 'Include', name: 'none', regexp: 'x' }],
  ])('that was stored before %s of it is noted as seen as long as it is held', async (_, filter) => {
    const { server, wait, remove } = await queue(3);
    const source = await sourceAt(server);
    await source.collect('hold');
    const seen = (await queueOf(source)).get(1);
    const config = { 'config.filters': [filter] };
    await raw(collections).sources.updateOne({ _id: source.id }, { $set: config, $inc: { version: 1 } } as object);
    wait(10 * MINUTE);
    await source.collect('hold');
    expect(await left(source)).toEqual([]);
    expect((await queueOf(source)).get(1)?.lastSeen.getTime()).toBeGreaterThan(seen?.lastSeen.getTime() ?? 0);
    remove(1);
    wait(10 * MINUTE);
    await source.collect('hold');
    expect(await left(source)).toEqual([1]);
  });

  test('is stored once, as it was sent, with the times at which it was seen, and when it had left', async () => {
    const { server, wait, remove, now } = await queue(3);
    const source = await sourceAt(server);
    const begin = now();
    await source.collect('hold');
    wait(10 * MINUTE);
    await source.collect('hold');
    expect(sizeOf(await source.stored('hold'))).toBe(3);
    const seen = (await queueOf(source)).get(1);
    expect(Math.abs((seen?.firstSeen.getTime() ?? 0) - begin)).toBeLessThan(20_000);
    expect(Math.abs((seen?.lastSeen.getTime() ?? 0) - now())).toBeLessThan(20_000);
    expect(seen).not.toHaveProperty('leftAt');

    remove(1);
    wait(5 * MINUTE);
    const outcome = await source.collect('hold');
    expect(outcome).toMatchObject({ result: 'caughtUp', counts: { stored: 0, duplicates: 0 }, totals: { stored: 3 } });
    expect(await left(source)).toEqual([1]);
    const gone = (await queueOf(source)).get(1);
    expect(gone?.lastSeen).toEqual(seen?.lastSeen);
    expect(Math.abs((gone?.leftAt?.getTime() ?? 0) - now())).toBeLessThan(20_000);

    wait(5 * MINUTE);
    await source.collect('hold');
    expect((await queueOf(source)).get(1)).toEqual(gone);
    const document = await raw(collections).records('hold').findOne({ _sourceId: source.id, n: 1 });
    expect(Object.keys(vendorRecordOf(document ?? {}))).toEqual(['n', 'id', 'dateReceived']);
  });

  test('that comes back is held again', async () => {
    const { server, wait, remove } = await queue(3);
    const source = await sourceAt(server);
    await source.collect('hold');
    const before = server.rows;
    remove(0, 2);
    wait(30_000);
    await source.collect('hold');
    expect(await left(source)).toEqual([0, 2]);
    server.rows = before;
    wait(30_000);
    await source.collect('hold');
    expect(await left(source)).toEqual([]);
    expect(sizeOf(await source.stored('hold'))).toBe(3);
  });

  test.each(['oldestFirst', 'newestFirst', 'mixed'] as const)(
    'in whatever order the queue is listed: %s',
    async (order) => {
      const { server, wait, remove } = await queue(60);
      server.pageSize = 25;
      server.order = order;
      const source = await sourceAt(server);
      await source.collect('hold');
      remove(0, 30, 59);
      wait(30_000);
      await source.collect('hold');
      expect(await left(source)).toEqual([0, 30, 59]);
    },
  );

  test('stored by an earlier version, which knew no queue, is followed too', async () => {
    const { server, wait, remove } = await queue(2);
    const source = await sourceAt(server);
    await source.collect('hold');
    await raw(collections)
      .records('hold')
      .updateMany({ _sourceId: source.id }, { $unset: { _queue: true } });
    remove(0);
    wait(30_000);
    await source.collect('hold');
    const [gone, held] = [(await queueOf(source)).get(0), (await queueOf(source)).get(1)];
    expect(gone).toEqual({ firstSeen: expect.any(Date), lastSeen: expect.any(Date), leftAt: expect.any(Date) });
    expect(held).toEqual({ firstSeen: expect.any(Date), lastSeen: expect.any(Date) });
  });
});

describe('a clock that goes back marks nothing as left', () => {
  test('by an hour, between two listings', async () => {
    const { server, wait, remove } = await queue(30);
    const source = await sourceAt(server);
    await source.collect('hold');
    wait(-HOUR);
    await source.collect('hold');
    expect(await left(source)).toEqual([]);
    remove(5);
    wait(30_000);
    await source.collect('hold');
    expect(await left(source)).toEqual([5]);
  });

  test('by ten seconds, in the middle of a listing that the next slice goes on with', async () => {
    const { server, wait } = await queue(30);
    server.pageSize = 10;
    const source = await sourceAt(server, 0);
    await source.collectAll('hold');
    wait(30_000);
    expect((await source.collect('hold')).result).toBe('more');
    wait(-10_000);
    await source.collectAll('hold');
    expect(await left(source)).toEqual([]);
  });
});

describe('a listing that is not complete marks nothing as left', () => {
  test('a page of it fails', async () => {
    const { server, wait, remove } = await queue(30);
    server.pageSize = 10;
    const source = await sourceAt(server);
    await source.collect('hold');
    remove(5);
    wait(30_000);
    server.before = ({ pageToken }) => (pageToken === 'offset 20' ? { status: 429, body: {} } : undefined);
    expect((await source.collect('hold')).result).toBe('failed');
    expect(await left(source)).toEqual([]);
    server.before = () => undefined;
    await source.collect('hold');
    expect(await left(source)).toEqual([5]);
  });

  test('a slice ends in its middle', async () => {
    const { server, wait, remove } = await queue(30);
    server.pageSize = 10;
    const source = await sourceAt(server, 0);
    await source.collectAll('hold');
    remove(25);
    wait(30_000);
    expect((await source.collect('hold')).result).toBe('more');
    expect((await source.collect('hold')).result).toBe('more');
    expect(await left(source)).toEqual([]);
    await source.collectAll('hold');
    expect(await left(source)).toEqual([25]);
  });

  test('a message leaves while it is listed, and another one is passed over', async () => {
    const { server, wait, remove } = await queue(30);
    server.pageSize = 10;
    const source = await sourceAt(server);
    await source.collect('hold');
    wait(30_000);
    server.before = ({ pageToken }) => {
      // Message 10 moves to the first page, which was read already.
      if (pageToken === 'offset 10') remove(3);
      return undefined;
    };
    await source.collect('hold');
    expect(await left(source)).toEqual([]);
    wait(30_000);
    await source.collect('hold');
    expect(await left(source)).toEqual([3]);
  });

  test('where no total is reported, a message has to be missing twice', async () => {
    const { server, wait, remove } = await queue(30);
    server.pageSize = 10;
    server.total = 'none';
    const source = await sourceAt(server);
    await source.collect('hold');
    remove(5);
    wait(30_000);
    await source.collect('hold');
    expect(await left(source)).toEqual([]);
    wait(30_000);
    await source.collect('hold');
    expect(await left(source)).toEqual([5]);
  });
});

test('a large queue is listed whole every 15 minutes; new messages are found at every poll', async () => {
  const { server, wait, remove, now } = await queue(2_600);
  const source = await sourceAt(server);
  await source.collectAll('hold');
  remove(7);
  server.rows.push({ n: 9_000, id: 'new', time: now() });
  wait(5 * MINUTE);
  const asked = server.requests.length;
  expect(await source.collect('hold')).toMatchObject({ result: 'caughtUp', counts: { stored: 1 } });
  // Not from the beginning: that would be six pages.
  expect(server.requests.length - asked).toBeLessThan(3);
  expect(await left(source)).toEqual([]);
  wait(11 * MINUTE);
  await source.collectAll('hold');
  await source.collectAll('hold');
  expect(await left(source)).toEqual([7]);
});

test('messages that the simulator releases leave the queue, and each was stored once', async () => {
  let ahead = 0;
  const source = await simulatedSource(collections, {
    world: { historyRate: 600, releaseAfterMs: 20 * MINUTE, clock: () => Date.now() + ahead },
  });
  await source.collectAll('hold');
  const held = await source.held('hold');
  expect(await source.stored('hold')).toEqual(held);
  ahead += 10 * MINUTE;
  await source.collectAll('hold');
  const some = (await left(source)).length;
  expect(some).toBeGreaterThan(0);
  expect(some).toBeLessThan(sizeOf(held));
  ahead += 10 * MINUTE + 1_000;
  await source.collectAll('hold');
  expect(await left(source)).toHaveLength(sizeOf(held));
  expect(await source.stored('hold')).toEqual(held);
});
