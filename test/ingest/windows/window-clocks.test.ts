import { afterEach, describe, expect, test, vi } from 'vitest';
import { collectorDatabase } from '../../support/collector-database.js';
import { raw } from '../../support/raw-collections.js';
import { type RecordServer, recordServer, refusal } from '../../support/record-server.js';
import { type SimulatedSource, simulatedSource, sizeOf } from '../../support/simulated-source.js';

const collections = collectorDatabase();
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const realNow = Date.now.bind(Date);

afterEach(() => {
  vi.restoreAllMocks();
});

/** Sets our own clock; the server's goes on as it is. */
function setOurClock(aheadMs: number): void {
  vi.spyOn(Date, 'now').mockImplementation(() => realNow() + aheadMs);
}

const sourceAt = (server: RecordServer, config: object = {}): Promise<SimulatedSource> =>
  simulatedSource(collections, { config: { baseUrl: server.url, ...config } });

async function numbersOf(source: SimulatedSource): Promise<number[]> {
  const documents = await raw(collections).records('audit').find({ _sourceId: source.id }).toArray();
  return documents.map(({ n }) => Number(n)).sort((a, b) => a - b);
}

const row = (n: number, time: number) => ({ n, id: `id ${n}`, time });

describe('§9 #22: our clock is wrong by hours, the API’s is right', () => {
  test.each([
    ['ahead', 5 * HOUR],
    ['behind', -5 * HOUR],
  ])('%s from the beginning: nothing is lost, skipped or asked for in the future', async (_, aheadMs) => {
    setOurClock(aheadMs);
    let later = 0;
    const time = () => realNow() + later;
    const server = await recordServer([row(1, time() - 30 * MINUTE), row(2, time() - MINUTE)]);
    server.clock = time;
    const source = await sourceAt(server, { backfill: '1h' });
    await source.collect('audit');
    expect(await numbersOf(source)).toEqual([1, 2]);
    for (let n = 3; n < 8; n += 1) {
      later += 20 * MINUTE;
      server.rows.push(row(n, time() - 10 * MINUTE));
      await source.collect('audit');
    }
    expect(await numbersOf(source)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(server.requests.every(({ from, to }) => from <= to && to <= time() + 1_000)).toBe(true);
    const { readUntil } = await source.checkpoint('audit');
    expect(Math.abs((readUntil?.getTime() ?? 0) - time())).toBeLessThan(2 * MINUTE);
  });

  test.each([
    ['ahead', 7 * HOUR],
    ['back', -7 * HOUR],
  ])('set %s while a worker lives', async (_, jumpMs) => {
    const start = realNow();
    const server = await recordServer([row(1, start - MINUTE)]);
    server.clock = realNow;
    const source = await sourceAt(server);
    await source.collect('audit');
    setOurClock(jumpMs);
    server.rows.push(row(2, start - 2 * MINUTE));
    await source.collect('audit');
    vi.restoreAllMocks();
    server.rows.push(row(3, start - 3 * MINUTE));
    await source.collect('audit');
    expect(await numbersOf(source)).toEqual([1, 2, 3]);
    expect(server.requests.every(({ from, to }) => from <= to && to <= realNow() + 2_000)).toBe(true);
  });

  test('the API’s own clock was ahead for a while: what happened meanwhile is found', async () => {
    const start = realNow();
    const server = await recordServer([row(1, start - HOUR)]);
    server.clock = () => realNow() + 3 * HOUR;
    const source = await sourceAt(server);
    await source.collect('audit');
    server.rows.push(row(2, start - 30 * MINUTE));
    server.clock = realNow;
    await source.collect('audit');
    await source.collect('audit');
    expect(await numbersOf(source)).toEqual([1, 2]);
    const { readUntil } = await source.checkpoint('audit');
    expect(readUntil?.getTime()).toBeLessThan(realNow() + 1_000);
  });
});

describe('without a Date header our clock decides', () => {
  test('one that was set back skips no window', async () => {
    const start = realNow();
    const server = await recordServer([row(1, start - HOUR)]);
    server.clock = undefined;
    setOurClock(4 * HOUR);
    const source = await sourceAt(server);
    await source.collect('audit');
    server.rows.push(row(2, start - 40 * MINUTE));
    vi.restoreAllMocks();
    await source.collect('audit');
    server.rows.push(row(3, start - 5 * MINUTE));
    await source.collect('audit');
    expect(await numbersOf(source)).toEqual([1, 2, 3]);
    expect(server.requests.every(({ from, to }) => from <= to)).toBe(true);
    const { readUntil } = await source.checkpoint('audit');
    expect(readUntil?.getTime()).toBeLessThanOrEqual(realNow());
  });

  test('one that is behind loses nothing', async () => {
    const start = realNow();
    const server = await recordServer([row(1, start - 6 * HOUR), row(2, start - MINUTE)]);
    server.clock = undefined;
    setOurClock(-5 * HOUR);
    const source = await sourceAt(server);
    await source.collect('audit');
    expect(await numbersOf(source)).toEqual([1]);
    vi.restoreAllMocks();
    await source.collect('audit');
    expect(await numbersOf(source)).toEqual([1, 2]);
  });
});

test('the simulator’s own clock decides, and records that it publishes late are found', async () => {
  let ahead = 0;
  const clock = () => realNow() - 3 * HOUR + ahead;
  const source = await simulatedSource(collections, {
    world: { clock, rate: 600, historyRate: 60, publishDelayMs: 20_000 },
    config: { backfill: '1h' },
  });
  for (let poll = 0; poll < 4; poll += 1) {
    await source.collectAll('audit');
    ahead += 7_000;
  }
  ahead += MINUTE;
  await source.collectAll('audit');
  const held = await source.held('audit');
  expect(sizeOf(held)).toBeGreaterThan(0);
  expect(await source.stored('audit')).toEqual(held);
  const { readUntil } = await source.checkpoint('audit');
  expect(readUntil?.getTime()).toBeLessThan(realNow() - 2 * HOUR);
});

describe('§9 #20: what is out of reach', () => {
  async function stoppedFor(days: number, server: RecordServer, stream: 'audit' | 'dlp' | 'hold') {
    const source = await sourceAt(server);
    const readUntil = new Date(realNow() - days * DAY);
    await source.meddle(stream, { $set: { readUntil, beginAt: new Date(readUntil.getTime() - DAY) } });
    return { source, readUntil };
  }
  const gapsOf = (source: SimulatedSource) => raw(collections).gaps.find({ sourceId: source.id }).toArray();

  test('audit events older than 60 days are a gap, and collection goes on behind it', async () => {
    const now = realNow();
    const server = await recordServer([row(1, now - 59 * DAY), row(2, now - MINUTE)]);
    const { source, readUntil } = await stoppedFor(70, server, 'audit');
    const outcome = await source.collectAll('audit');
    expect(await numbersOf(source)).toEqual([1, 2]);
    const [gap, ...more] = await gapsOf(source);
    expect(more).toEqual([]);
    expect(gap).toMatchObject({ stream: 'audit', from: readUntil, reason: expect.stringContaining('older') });
    expect(Math.abs((gap?.to.getTime() ?? 0) - (now - 60 * DAY))).toBeLessThan(5 * MINUTE);
    expect(outcome.gaps).toMatchObject({ count: 1 });
    expect(Math.min(...server.requests.map(({ from }) => from))).toBeGreaterThan(now - 60 * DAY);
  });

  test.each([
    ['dlp', 'from must be within the last 30 days', 30],
    ['hold', 'err: the 30-day retention is exceeded', 30],
    ['audit', 'startDateTime must be within the last 5 days', 5],
  ] as const)('%s: as far as its refusal says: %s', async (stream, message, days) => {
    const server = await recordServer([row(1, realNow() - (days - 1) * DAY), row(2, realNow() - MINUTE)]);
    server.before = ({ from }) =>
      from < realNow() - days * DAY ? refusal('err_validation_date_range', message) : undefined;
    const { source, readUntil } = await stoppedFor(50, server, stream);
    await source.collectAll(stream);
    const records = await raw(collections).records(stream).find({ _sourceId: source.id }).toArray();
    expect(records.map(({ n }) => n).sort()).toEqual([1, 2]);
    const [gap, ...more] = await gapsOf(source);
    expect(more).toEqual([]);
    expect(gap).toMatchObject({ stream, from: readUntil, reason: message });
    expect(Math.abs((gap?.to.getTime() ?? 0) - (realNow() - days * DAY))).toBeLessThan(5 * MINUTE);
    const asked = server.requests.length;
    await source.collectAll(stream);
    expect(server.requests.length - asked).toBe(1);
  });

  test.each(['dlp', 'hold'] as const)('%s: day by day when the refusal names none, as one gap', async (stream) => {
    const server = await recordServer([row(1, realNow() - 9 * DAY + HOUR), row(2, realNow() - MINUTE)]);
    server.before = ({ from }) =>
      from < realNow() - 10 * DAY ? refusal('err', 'older than what is kept', 400) : undefined;
    const { source, readUntil } = await stoppedFor(20, server, stream);
    await source.collectAll(stream);
    const records = await raw(collections).records(stream).find({ _sourceId: source.id }).toArray();
    expect(records.map(({ n }) => n).sort()).toEqual([1, 2]);
    const gaps = await gapsOf(source);
    expect(gaps).toMatchObject([{ from: readUntil }]);
    expect(gaps[0]?.to.getTime()).toBeLessThan(realNow() - 9 * DAY + MINUTE);
  });

  test('a refusal of what is less than a day old is a failure, and nothing is skipped', async () => {
    const server = await recordServer([row(1, realNow() - HOUR)]);
    server.before = () => refusal('err', 'older than what is kept', 400);
    const source = await sourceAt(server, { backfill: '2h' });
    await expect(source.collect('audit')).rejects.toThrow('older than');
    expect(await gapsOf(source)).toEqual([]);
    server.before = () => undefined;
    await source.collectAll('audit');
    expect(await numbersOf(source)).toEqual([1]);
  });

  test('only the overlap is out of reach: there is no gap', async () => {
    const server = await recordServer([row(1, realNow() - 59 * DAY)]);
    const source = await sourceAt(server, { overlap: '1d' });
    const readUntil = new Date(realNow() - 59.5 * DAY);
    await source.meddle('audit', { $set: { readUntil, beginAt: new Date(realNow() - 80 * DAY) } });
    await source.collectAll('audit');
    expect(await gapsOf(source)).toEqual([]);
    expect(await numbersOf(source)).toEqual([1]);
  });

  test('a window that was left in its middle and has grown too old is planned again', async () => {
    const server = await recordServer([row(1, realNow() - 59 * DAY)]);
    const { source, readUntil } = await stoppedFor(70, server, 'audit');
    const window = {
      from: readUntil,
      to: new Date(readUntil.getTime() + HOUR),
      page: { number: 2, token: 'x', met: 3 },
    };
    await source.meddle('audit', { $set: { window } });
    await source.collectAll('audit');
    expect(server.requests.map(({ pageToken }) => pageToken)).not.toContain('x');
    expect(await numbersOf(source)).toEqual([1]);
    expect(await gapsOf(source)).toHaveLength(1);
    expect(await source.checkpoint('audit')).not.toHaveProperty('window');
  });
});
