import { afterEach, describe, expect, test, vi } from 'vitest';
import { createActivities } from '../../../src/activities/index.js';
import { RawError } from '../../../src/domain/failures/failure.js';
import type { RecordStream } from '../../../src/domain/streams/streams.js';
import { vendorRecordOf } from '../../../src/records/document.js';
import type { Collections } from '../../../src/store/collections.js';
import { activityEnvironment } from '../../support/collected-source.js';
import { collectorDatabase } from '../../support/collector-database.js';
import { sendJson, serve } from '../../support/local-server.js';
import { RECORDS, raw, withMethods } from '../../support/raw-collections.js';
import { type RecordServer, recordServer, refusal, type ServedRow } from '../../support/record-server.js';
import { type SimulatedSource, simulatedSource } from '../../support/simulated-source.js';

const collections = collectorDatabase();
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const STREAMS = ['audit', 'dlp', 'hold'] as const;

afterEach(() => {
  vi.restoreAllMocks();
});

/** One row per second, the last one `agoMs` ago. */
function rowsUntil(agoMs: number, count: number): ServedRow[] {
  const end = Date.now() - agoMs;
  return Array.from({ length: count }, (_, n) => ({ n, id: `id ${n}`, time: end - (count - n) * 1_000 }));
}

async function sourceAt(server: RecordServer, config: object = {}, sliceMs?: number): Promise<SimulatedSource> {
  return simulatedSource(collections, {
    config: { baseUrl: server.url, backfill: '1h', ...config },
    ...(sliceMs === undefined ? {} : { sliceMs }),
  });
}

async function storedNumbers(source: SimulatedSource, stream: RecordStream): Promise<number[]> {
  const documents = await raw(collections).records(stream).find({ _sourceId: source.id }).toArray();
  return documents.map(({ n }) => Number(n)).sort((a, b) => a - b);
}

const numbers = (rows: readonly ServedRow[]) => rows.map(({ n }) => Number(n)).sort((a, b) => a - b);

async function slices(source: SimulatedSource, stream: RecordStream, limit = 200): Promise<number> {
  for (let slice = 1; slice <= limit; slice += 1) {
    if ((await source.collect(stream)).result === 'caughtUp') return slice;
  }
  throw new Error(`not caught up after ${limit} slices`);
}

describe('a window of many pages', () => {
  test.each(STREAMS)(
    '%s: each slice goes on where the last one ended, and no page is asked for twice',
    async (stream) => {
      const server = await recordServer(rowsUntil(5 * MINUTE, 60));
      server.pageSize = 10;
      const source = await sourceAt(server, {}, 0);
      expect(await source.collect(stream)).toMatchObject({ result: 'more', counts: { stored: 10 } });
      expect(await source.checkpoint(stream)).toMatchObject({
        window: { page: { number: 2, token: 'offset 10', met: 10, total: 60 } },
        unsettled: false,
      });
      await slices(source, stream);
      expect(server.requests.map(({ pageToken = 'offset 0' }) => pageToken)).toEqual(
        [0, 10, 20, 30, 40, 50].map((offset) => `offset ${offset}`),
      );
      expect(new Set(server.requests.map(({ from, to }) => `${from} ${to}`)).size).toBe(1);
      expect(await storedNumbers(source, stream)).toEqual(numbers(server.rows));
    },
  );

  test.each(STREAMS)('%s: a rate limit in its middle costs no page', async (stream) => {
    const server = await recordServer(rowsUntil(5 * MINUTE, 40));
    server.pageSize = 10;
    let pages = 0;
    server.before = () => {
      pages += 1;
      return pages % 2 === 0 ? { status: 429, body: {} } : undefined;
    };
    const source = await sourceAt(server);
    const outcomes: string[] = [];
    while (outcomes.at(-1) !== 'caughtUp') outcomes.push((await source.collect(stream)).result);
    expect(outcomes).toEqual(['failed', 'failed', 'failed', 'caughtUp']);
    expect(pages).toBe(7);
    expect(await storedNumbers(source, stream)).toEqual(numbers(server.rows));
  });

  test('identical rows on both sides of a page that a slice ends with are as many records', async () => {
    const time = Date.now() - 10 * MINUTE;
    const rows = [{ n: 0, time: time - 5_000 }, ...Array.from({ length: 7 }, () => ({ n: 1, time })), { n: 2, time }];
    const server = await recordServer(rows);
    server.pageSize = 3;
    const source = await sourceAt(server, {}, 0);
    expect(await slices(source, 'dlp')).toBe(3);
    expect(await storedNumbers(source, 'dlp')).toEqual([0, 1, 1, 1, 1, 1, 1, 1, 2]);
    await source.meddle('dlp', { $unset: { readUntil: true } });
    await slices(source, 'dlp');
    expect(await storedNumbers(source, 'dlp')).toHaveLength(9);
  });

  test.each(['newestFirst', 'mixed'] as const)('identical rows in another order: %s', async (order) => {
    const time = Date.now() - 10 * MINUTE;
    const rows = Array.from({ length: 24 }, (_, at) => ({ n: at % 3, time: time - (at % 6) * 20_000 }));
    const server = await recordServer(rows);
    server.pageSize = 5;
    server.order = order;
    const source = await sourceAt(server, {}, 0);
    await slices(source, 'dlp');
    expect(await storedNumbers(source, 'dlp')).toEqual(numbers(rows));
    await source.meddle('dlp', { $unset: { readUntil: true } });
    await slices(source, 'dlp');
    expect(await storedNumbers(source, 'dlp')).toEqual(numbers(rows));
  });

  test('whose places cannot be kept and whose pages fail: it is read in ever smaller pieces', async () => {
    const rows = rowsUntil(5 * MINUTE, 300).toReversed();
    const [even, odd] = [0, 1].map((rest) => rows.filter(({ n }) => Number(n) % 2 === rest));
    const server = await recordServer([...(even ?? []), ...(odd ?? [])]);
    server.pageSize = 10;
    server.order = 'mixed';
    server.before = () => (server.requests.length % 5 === 0 ? { status: 429, body: {} } : undefined);
    const source = await sourceAt(server);
    for (let attempt = 0; attempt < 40; attempt += 1) {
      const outcome = await source.collect('dlp').catch((error: unknown) => error);
      if ((outcome as { result?: string }).result === 'caughtUp') break;
    }
    expect(await storedNumbers(source, 'dlp')).toEqual(numbers(rows));
    expect(await source.checkpoint('dlp')).not.toHaveProperty('window');
  });
});

describe('a page token that the API refuses', () => {
  test.each([
    ['400', refusal('err_validation', 'bad request', 400)],
    ['404', { status: 404, body: {} }],
    ['200 with its code', refusal('err_validation_page_token', 'pageToken is not valid')],
  ])('%s: the window begins again at its first page', async (_, answer) => {
    const server = await recordServer(rowsUntil(5 * MINUTE, 40));
    server.pageSize = 10;
    const source = await sourceAt(server, {}, 0);
    await source.collect('audit');
    await source.collect('audit');
    let refusals = 0;
    server.before = ({ pageToken }) => {
      if (pageToken !== 'offset 20' || refusals > 0) return undefined;
      refusals += 1;
      return answer;
    };
    const asked = server.requests.length;
    expect(await collectWith(collections, source, 'audit')).toMatchObject({ result: 'caughtUp' });
    expect(server.requests.slice(asked).map(({ pageToken }) => pageToken)).toEqual([
      'offset 20',
      undefined,
      'offset 10',
      'offset 20',
      'offset 30',
    ]);
    expect(await storedNumbers(source, 'audit')).toEqual(numbers(server.rows));
  });

  test('every time: single pages are read', async () => {
    const server = await recordServer(rowsUntil(5 * MINUTE, 40));
    server.pageSize = 10;
    server.before = ({ pageToken }) => (pageToken === undefined ? undefined : refusal('err_page_token', 'no', 400));
    const source = await sourceAt(server);
    await slices(source, 'audit', 3);
    expect(server.requests.length).toBeLessThan(100);
    expect(await storedNumbers(source, 'audit')).toEqual(numbers(server.rows));
  });

  test('even where a page holds less than a second does: that is a failure, and not one for ever in one slice', async () => {
    const time = Date.now() - 5 * MINUTE;
    const server = await recordServer(Array.from({ length: 30 }, (_, n) => ({ n, id: `id ${n}`, time })));
    server.pageSize = 10;
    server.before = ({ pageToken }) => (pageToken === undefined ? undefined : refusal('err_page_token', 'no', 400));
    const source = await sourceAt(server);
    const first = await source.collect('audit');
    expect(first).toMatchObject({ result: 'failed', failure: { type: 'ThirdPartyGeneric' } });
    await expect(source.collect('audit')).rejects.toBeInstanceOf(RawError);
    server.before = () => undefined;
    await slices(source, 'audit');
    expect(await storedNumbers(source, 'audit')).toEqual(numbers(server.rows));
  });

  test.each([401, 403, 429])('%i is none: the place is kept', async (status) => {
    const server = await recordServer(rowsUntil(5 * MINUTE, 40));
    server.pageSize = 10;
    const source = await sourceAt(server, {}, 0);
    await source.collect('audit');
    const { window } = await source.checkpoint('audit');
    server.before = () => ({ status, body: { fail: [{ code: 'x', message: 'page token' }] } });
    await expect(source.collect('audit')).rejects.toBeInstanceOf(RawError);
    expect((await source.checkpoint('audit')).window).toEqual(window);
  });
});

describe('a listing that shifts between its pages', () => {
  test.each([0, undefined])('a late row: no row is stored twice (slice of %s ms)', async (sliceMs) => {
    const rows = rowsUntil(5 * MINUTE, 30);
    const late = { n: 99, time: (rows[3]?.time ?? 0) + 1 };
    const server = await recordServer(rows);
    server.pageSize = 10;
    server.before = ({ pageToken }) => {
      if (pageToken === 'offset 10' && !server.rows.includes(late)) server.rows = [...rows, late];
      return undefined;
    };
    const source = await sourceAt(server, {}, sliceMs);
    await slices(source, 'dlp');
    expect(await storedNumbers(source, 'dlp')).toEqual(numbers([...rows, late]));
  });

  test('for ever: it is read all the same', async () => {
    const rows = rowsUntil(5 * MINUTE, 30);
    const server = await recordServer(rows);
    server.pageSize = 10;
    let n = 1_000;
    server.before = () => {
      n += 1;
      server.rows = [...server.rows, { n, time: (rows[3]?.time ?? 0) + 1 }];
      return undefined;
    };
    const source = await sourceAt(server);
    await slices(source, 'dlp', 20);
    const stored = await storedNumbers(source, 'dlp');
    expect(stored.filter((each) => each < 1_000)).toEqual(numbers(rows));
    expect(new Set(stored).size).toBe(stored.length);
  });

  test.each(['none', 'page'] as const)('where totals say nothing (%s) all pages are read once', async (total) => {
    const server = await recordServer(rowsUntil(5 * MINUTE, 35));
    server.pageSize = 10;
    server.total = total;
    const source = await sourceAt(server);
    await slices(source, 'dlp');
    expect(server.requests).toHaveLength(4);
    expect(await storedNumbers(source, 'dlp')).toEqual(numbers(server.rows));
  });
});

describe('§9 of the API’s fact sheet', () => {
  test('§9 #2: page state ends with its window, in the same write as the cursor moves', async () => {
    const server = await recordServer(rowsUntil(5 * MINUTE, 25));
    server.pageSize = 10;
    const source = await sourceAt(server);
    const states: { readonly pages: boolean; readonly moved: boolean }[] = [];
    const watched = withMethods(collections, /^checkpoints$/, (checkpoints) => ({
      findOneAndUpdate: async (...args: Parameters<typeof checkpoints.findOneAndUpdate>) => {
        const state = await checkpoints.findOneAndUpdate(...args);
        states.push({ pages: 'window' in (state ?? {}), moved: 'readUntil' in (state ?? {}) });
        return state;
      },
    }));
    await collectWith(watched, source, 'audit');
    expect(states.some(({ pages }) => pages)).toBe(true);
    expect(states.filter(({ pages, moved }) => pages && moved)).toEqual([]);
    expect(states.find(({ moved }) => moved)).toEqual({ pages: false, moved: true });

    const [first] = server.requests;
    server.clock = () => Date.now() + HOUR;
    const asked = server.requests.length;
    await source.collect('audit');
    const next = server.requests[asked];
    expect(next?.pageToken).toBeUndefined();
    expect(server.requests.at(-1)?.to).toBeGreaterThan((first?.to ?? Number.POSITIVE_INFINITY) + 50 * MINUTE);
  });

  test.each(['audit', 'dlp'] as const)(
    '§9 #3: %s pages newest first: the cursor is the end of the window',
    async (stream) => {
      const server = await recordServer(rowsUntil(2 * HOUR, 30));
      server.pageSize = 10;
      server.order = 'newestFirst';
      const source = await sourceAt(server, { backfill: '5h' }, 0);
      const before = Date.now();
      await slices(source, stream);
      const { readUntil } = await source.checkpoint(stream);
      expect(readUntil?.getTime()).toBeGreaterThan(before - 2_000);
      const asked = server.requests.length;
      await slices(source, stream);
      expect(server.requests[asked]?.from).toBeGreaterThan(before - 20 * MINUTE);
      expect(await storedNumbers(source, stream)).toEqual(numbers(server.rows));
    },
  );

  test('§9 #4: no record moves the cursor, not even one of the future', async () => {
    const server = await recordServer([{ n: 1, id: 'a', time: Date.now() - MINUTE }]);
    server.before = ({ pageToken }) =>
      pageToken === undefined && server.requests.length === 1
        ? {
            status: 200,
            body: { data: [{ n: 7, id: 'future', eventTime: new Date(Date.now() + 10 * HOUR).toISOString() }] },
          }
        : undefined;
    const source = await sourceAt(server);
    await source.collect('audit');
    const { readUntil } = await source.checkpoint('audit');
    expect(readUntil?.getTime()).toBeLessThanOrEqual(Date.now());
    server.rows.push({ n: 2, id: 'b', time: Date.now() - 5 * MINUTE });
    await source.collect('audit');
    expect(await storedNumbers(source, 'audit')).toEqual([1, 2, 7]);
    expect((await source.checkpoint('audit')).readUntil?.getTime()).toBeLessThanOrEqual(Date.now());
  });

  test('§9 #4: with a lag, windows end so long before now', async () => {
    const server = await recordServer([]);
    const source = await sourceAt(server, { lag: '30m', overlap: '0s' });
    const before = Date.now();
    expect(await source.collect('audit')).toMatchObject({ result: 'caughtUp' });
    const ends = server.requests.map(({ to }) => to);
    expect(Math.max(...ends)).toBeLessThanOrEqual(Date.now() - 30 * MINUTE + 1_000);
    expect(Math.max(...ends)).toBeGreaterThan(before - 31 * MINUTE);
    server.rows.push({ n: 1, id: 'a', time: before - 29 * MINUTE });
    await source.collect('audit');
    expect(await storedNumbers(source, 'audit')).toEqual([]);
    server.clock = () => Date.now() + 5 * MINUTE;
    await source.collect('audit');
    await source.collect('audit');
    expect(await storedNumbers(source, 'audit')).toEqual([1]);
  });

  test('§9 #4: with a lag longer than the backfill nothing is asked for until there is a window', async () => {
    const server = await recordServer([]);
    const source = await sourceAt(server, { lag: '30m', backfill: '10m' });
    expect(await source.collect('audit')).toMatchObject({ result: 'caughtUp' });
    expect(server.requests).toEqual([]);
    expect(await source.checkpoint('audit')).not.toHaveProperty('readUntil');
  });

  test.each([
    ['15 minutes by default', {}, 15],
    ['as configured', { overlap: '3h' }, 180],
    ['none', { overlap: '0s' }, 0],
  ])('§9 #4: each window reaches back into the last: %s', async (_, config, minutes) => {
    const server = await recordServer([]);
    const source = await sourceAt(server, { backfill: '5h', ...config });
    await source.collect('dlp');
    const { readUntil } = await source.checkpoint('dlp');
    const asked = server.requests.length;
    await source.collect('dlp');
    const from = (readUntil?.getTime() ?? 0) - minutes * MINUTE;
    expect(server.requests[asked]?.from).toBe(Math.floor(from / 1_000) * 1_000);
  });

  test.each([
    ['no list', []],
    ['an empty list', [{ dlpLogs: [] }]],
    ['an empty object', [{}]],
  ])('§9 #12: nothing new leaves nothing behind: %s', async (_, data) => {
    const server = await recordServer([]);
    server.before = () => ({ status: 200, body: { meta: { status: 200 }, data, fail: [] } });
    const source = await sourceAt(server);
    for (let poll = 0; poll < 3; poll += 1) {
      expect((await source.collect('dlp')).totals).toEqual({ stored: 0, duplicates: 0, quarantined: 0 });
    }
    expect(await storedNumbers(source, 'dlp')).toEqual([]);
  });

  test('§9 #13: DLP rows that differ in a single field are as many records', async () => {
    const time = Date.now() - 5 * MINUTE;
    const row = {
      n: 1,
      messageId: '',
      senderAddress: '<>',
      recipientAddress: 'r',
      subject: 's',
      route: 'inbound',
      policy: 'p',
      action: 'hold',
    };
    const others = Object.keys(row).map((key) => ({ ...row, [key]: key === 'n' ? 2 : 'other', time }));
    const server = await recordServer([{ ...row, time }, { ...row, time: time - 1_000 }, ...others]);
    const source = await sourceAt(server);
    await source.collect('dlp');
    // One that appears late, before all others of the same Message-ID.
    server.rows.push({ ...row, time: time - 2_000 });
    await source.collect('dlp');
    const stored = await raw(collections).records('dlp').find({ _sourceId: source.id }).toArray();
    expect(new Set(stored.map((document) => JSON.stringify(vendorRecordOf(document)))).size).toBe(3 + others.length);
  });

  test('§9 #14: dates begin a SIEM stream once; from then on its token is sent, and a restart looks once by date', async () => {
    const asked: URLSearchParams[] = [];
    const { url } = await serve(({ path, query }, response) => {
      if (path === '/oauth/token') return sendJson(response, 200, { access_token: 'token', expires_in: 1_800 });
      asked.push(query);
      sendJson(response, 200, { value: [], '@nextPage': `page ${asked.length}`, isCaughtUp: asked.length > 1 });
    });
    const source = await simulatedSource(collections, { config: { baseUrl: url, backfill: '24h' } });
    await source.collectAll('receipt');
    await source.run(({ initialize }, id) => initialize(id));
    await source.collectAll('receipt');
    const dated = asked.map((query) => query.has('dateRangeStartsAt') || query.has('dateRangeEndsAt'));
    expect(dated).toEqual([true, false, false, true]);
    expect(asked.map((query) => query.get('nextPage'))).toEqual([null, 'page 1', 'page 2', null]);
    expect(await source.checkpoint('receipt')).toMatchObject({ pageToken: 'page 3' });
  });

  test('§9 #16: the cursor does not move when records could not be stored', async () => {
    const server = await recordServer(rowsUntil(5 * MINUTE, 30));
    server.pageSize = 10;
    const source = await sourceAt(server);
    await expect(collectWith(failingInsert(), source, 'audit')).rejects.toThrow('the disk is full');
    expect(await source.checkpoint('audit')).not.toHaveProperty('readUntil');
    expect(await source.checkpoint('audit')).not.toHaveProperty('window');
    await source.collect('audit');
    expect(await storedNumbers(source, 'audit')).toEqual(numbers(server.rows));
  });

  test('§9 #16: records whose cursor could not be moved are read again and not repeated', async () => {
    const time = Date.now() - 5 * MINUTE;
    const rows = Array.from({ length: 12 }, () => ({ n: 1, time }));
    const server = await recordServer(rows);
    server.pageSize = 5;
    const source = await sourceAt(server);
    let refused = 0;
    const refusing = withMethods(collections, /^checkpoints$/, (checkpoints) => ({
      findOneAndUpdate: async (...args: Parameters<typeof checkpoints.findOneAndUpdate>) => {
        const { $set = {} } = args[1] as { $set?: object };
        if (!('window' in $set || 'readUntil' in $set)) return checkpoints.findOneAndUpdate(...args);
        refused += 1;
        throw new Error('the checkpoint is away');
      },
    }));
    for (let attempt = 0; attempt < 4; attempt += 1) {
      await collectWith(refusing, source, 'dlp').catch((error: Error) =>
        expect(error.message).toBe('the checkpoint is away'),
      );
    }
    await slices(source, 'dlp');
    expect(refused).toBe(4);
    expect(await storedNumbers(source, 'dlp')).toHaveLength(12);
  });

  test('§9 #17: thousands of records read again by another process are known', async () => {
    const server = await recordServer(rowsUntil(MINUTE, 6_000));
    const source = await sourceAt(server, { overlap: '3h', backfill: '6h' });
    expect((await source.collect('audit')).totals).toMatchObject({ stored: 6_000 });
    const before = server.requests.length;
    const outcome = await collectWith(collections, source, 'audit');
    expect(server.requests.length - before).toBe(12);
    expect(outcome).toMatchObject({ counts: { stored: 0, duplicates: 0 }, totals: { stored: 6_000, duplicates: 0 } });
    expect(await raw(collections).records('audit').countDocuments({ _sourceId: source.id })).toBe(6_000);
  });

  test('§9 #22: the clock is read at every poll', async () => {
    const server = await recordServer([]);
    let ahead = 0;
    server.clock = () => Date.now() + ahead;
    const source = await sourceAt(server);
    const ends: number[] = [];
    for (let poll = 0; poll < 3; poll += 1) {
      await source.collect('audit');
      ends.push(server.requests.at(-1)?.to ?? 0);
      ahead += 10 * MINUTE;
    }
    expect((ends[1] ?? 0) - (ends[0] ?? 0)).toBeGreaterThan(9 * MINUTE);
    expect((ends[2] ?? 0) - (ends[1] ?? 0)).toBeGreaterThan(9 * MINUTE);
  });
});

/** Collects as another worker process would, with nothing in its memory. */
function collectWith(others: Collections, source: SimulatedSource, stream: RecordStream) {
  const { collect } = createActivities({ collections: others, allowInsecure: true });
  return activityEnvironment().run<[], Awaited<ReturnType<typeof collect>>, () => ReturnType<typeof collect>>(() =>
    collect(source.id, stream),
  );
}

function failingInsert(): Collections {
  const insertMany = () => Promise.reject(new Error('the disk is full'));
  return withMethods(collections, RECORDS, () => ({ insertMany }));
}
