/** Detections through the API, on a real server with records of all streams. */

import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Detection } from '../../src/domain/detections/detection.js';
import { Semaphore } from '../../src/domain/semaphore.js';
import { choosePort } from '../../src/runtime/ports.js';
import { DETECTED, document, EVENTS, TIME } from '../detections/sample-records.js';
import { type ApiServer, apiServer, basic } from '../support/api-server.js';
import { collectionsIn, RECORDS, raw, withMethods } from '../support/raw-collections.js';
import { numbers } from '../support/store-fixtures.js';
import { testDatabase } from '../support/test-database.js';
import { until } from '../support/until.js';

const collections = collectionsIn(testDatabase().db);
// Nothing here needs Temporal.
const connection = Connection.lazy({ address: `127.0.0.1:${await choosePort(0)}`, interceptors: [] });
afterAll(() => connection.close());
const { api, get } = apiServer({ collections, client: () => new Client({ connection }) });

/** Each sample this often, a minute apart; and one of spam far later. */
const TIMES = 30;
const HOUR = 3_600_000;

beforeAll(async () => {
  await collections.ensureIndexes();
  const all = [...DETECTED, ...EVENTS.map(([, stream, fields]) => [stream, fields] as const)];
  for (const [order, [stream, fields]] of all.entries()) {
    const documents = Array.from({ length: TIMES }, (_, n) =>
      document(n * 64 + order, fields, { time: new Date(TIME.getTime() - n * 60_000), sourceId: (n % 3) + 1 }),
    );
    await raw(collections).records(stream).insertMany(documents);
  }
});

interface Page {
  readonly data: readonly Detection[];
  readonly next?: string;
  readonly readTo?: string;
}

const list = (query = '') => api<Page>('GET', `v1/detections?${query}`, { key: get().viewer });

async function all(query: string): Promise<Detection[]> {
  const found: Detection[] = [];
  for (let token = ''; ; ) {
    const { json } = await list(`${query}${token}`);
    found.push(...json.data);
    if (json.next === undefined) return found;
    token = `&token=${encodeURIComponent(json.next)}`;
  }
}

test('newest first, page by page, each once', async () => {
  const found = await all('limit=7');
  expect(found).toHaveLength(DETECTED.length * TIMES);
  expect(new Set(found.map(({ stream, id }) => `${stream} ${id}`)).size).toBe(found.length);
  expect(found.map(({ time }) => time)).toEqual(
    found
      .map(({ time }) => time)
      .sort()
      .reverse(),
  );
  expect(found).toEqual((await list('limit=1000')).json.data);
  expect(found.find(({ stream }) => stream === 'url protect')).toMatchObject({
    kind: 'url',
    severity: 'high',
    action: 'blocked',
    url: 'https://login.example.net/verify?id=1',
    source: 'Mail',
    collector: 'Office',
    collection: 'mimecast_url_protect_logs_v2',
  });
});

test.each([
  ['kind=url', (one: Detection) => one.kind === 'url', 2 * TIMES],
  ['kind=url,spam', (one: Detection) => ['url', 'spam'].includes(one.kind), 3 * TIMES],
  ['severity=low', (one: Detection) => one.severity === 'low', 2 * TIMES],
  ['severity=high&kind=virus', (one: Detection) => one.kind === 'virus', 2 * TIMES],
  ['severity=critical', () => false, 0],
  ['sourceId=2', (one: Detection) => one.sourceId === 2, DETECTED.length * 10],
  ['action=held', (one: Detection) => one.action === 'held', 3 * TIMES],
  ['action=warned,blocked', (one: Detection) => one.kind === 'url', 2 * TIMES],
  ['sender=BILLING@', (one: Detection) => one.stream === 'av', TIMES],
  ['sender=chief', (one: Detection) => one.stream === 'hold', TIMES],
  ['recipient=b.user', (one: Detection) => one.stream === 'av', TIMES],
  ['subject=you%20HAVE', (one: Detection) => one.stream === 'hold', TIMES],
  ['subject=.*', () => false, 0],
  ['since=2025-09-15T11:55:00Z&until=2025-09-15T11:57:00Z', (one: Detection) => one.time < '2025-09-15T11:57', 20],
])('%s', async (query, isOne, count) => {
  const found = await all(`limit=13&${query}`);
  expect(found.filter((one) => !isOne(one))).toEqual([]);
  expect(found).toHaveLength(count);
});

test.each([
  ['kind=%24where', 'kind'],
  ['kind=url,', 'kind'],
  ['kind[$ne]=url', 'kind[$ne]'],
  ['severity=fatal', 'severity'],
  ['action=exploded', 'action'],
  ['sourceId=0', 'sourceId'],
  ['since=yesterday', 'since'],
  ['since=999999999999d', 'since'],
  ['sender=', 'sender'],
  ['limit=0', 'limit'],
  ['token=x', 'token'],
  ['token=1757310695432-%7B%7D', 'token'],
  ['colour=red', 'colour'],
])('%s is refused', async (query, named) => {
  const { status, json } = await api<{ message: string }>('GET', `v1/detections?${query}`);
  expect(status).toBe(400);
  expect(json.message).toContain(named);
});

describe('counts', () => {
  interface Counts {
    readonly since: string;
    readonly until: string;
    readonly widthMs: number;
    readonly counts: readonly { time: string; kind: string; severity: string; count: number }[];
    readonly uncounted: readonly string[];
  }
  const counts = (query: string) => api<Counts>('GET', `v1/detections/counts?${query}`, { key: get().viewer });
  const end = new Date(TIME.getTime() + 1);

  test('over time, by kind and severity', async () => {
    const range = `since=${new Date(end.getTime() - HOUR).toISOString()}&until=${end.toISOString()}`;
    const { json } = await counts(range);
    expect(json).toMatchObject({ widthMs: 60_000, until: end.toISOString(), uncounted: [] });
    expect(json.counts.reduce((sum, { count }) => sum + count, 0)).toBe(DETECTED.length * TIMES);
    const last = json.counts.filter(({ time }) => time === json.counts.at(-1)?.time);
    expect(last).toEqual([
      expect.objectContaining({ kind: 'attachment', severity: 'high', count: 1 }),
      expect.objectContaining({ kind: 'dlp', severity: 'medium', count: 1 }),
      expect.objectContaining({ kind: 'held', severity: 'low', count: 1 }),
      expect.objectContaining({ kind: 'impersonation', severity: 'medium', count: 1 }),
      expect.objectContaining({ kind: 'internal-email', severity: 'high', count: 1 }),
      expect.objectContaining({ kind: 'spam', severity: 'low', count: 1 }),
      expect.objectContaining({ kind: 'url', severity: 'high', count: 2 }),
      expect.objectContaining({ kind: 'virus', severity: 'high', count: 2 }),
    ]);
    const some = await counts(`${range}&kind=url&sourceId=1`);
    expect(some.json.counts.reduce((sum, { count }) => sum + count, 0)).toBe(20);
  });

  test.each([
    ['since=2025-09-01T00:00:00Z&until=2025-10-01T00:00:00Z', 43_200_000],
    ['since=1970-01-01T00:00:00Z&until=2025-10-01T00:00:00Z', 170 * 86_400_000],
    ['since=2025-10-01T00:00:00Z&until=2025-09-01T00:00:00Z', 60_000],
    ['', 900_000],
  ])('%s has at most 120 steps', async (query, widthMs) => {
    expect((await counts(query)).json.widthMs).toBe(widthMs);
  });
});

describe('export', () => {
  const lines = (text: string) =>
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));

  test.each([
    ['json', '', { kind: 'url', id: expect.any(String) }],
    ['ecs', '&format=ecs', { event: { kind: 'alert' }, rule: { category: 'url' } }],
    ['ocsf', '&format=ocsf', { class_uid: 4009, metadata: { event_code: 'url' } }],
  ])('%s, one object per line', async (format, query, each) => {
    const { status, headers, text } = await api('GET', `v1/detections/export?kind=url${query}`, { key: get().viewer });
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('application/x-ndjson');
    expect(headers.get('content-disposition')).toBe(`attachment; filename="detections-${format}.ndjson"`);
    const told = lines(text);
    expect(told).toHaveLength(2 * TIMES);
    for (const one of told) expect(one).toMatchObject(each);
  });

  test('of nothing is empty, of another format is refused', async () => {
    expect(await api('GET', 'v1/detections/export?severity=critical')).toMatchObject({ status: 200, text: '' });
    expect((await api('GET', 'v1/detections/export?format=csv')).status).toBe(400);
  });

  test('reads no further than its reader takes it', async () => {
    const spam = raw(collections).records('spam');
    const long = 'x'.repeat(10_000);
    const many = Array.from({ length: 6_000 }, (_, n) =>
      document(1_000_000 + n, { subject: long }, { time: new Date(TIME.getTime() + HOUR + n), sourceId: 77 }),
    );
    await spam.insertMany(many);
    const { url, viewer }: ApiServer = get();
    const reads = () => spam.aggregate([{ $indexStats: {} }]).toArray();
    const readsSoFar = async () => (await reads()).reduce((sum, one) => sum + Number(one.accesses.ops), 0);
    const before = await readsSoFar();
    const response = await fetch(`${url}/api/v1/detections/export?sourceId=77&kind=spam`, {
      headers: { authorization: basic(viewer.accessId, viewer.accessKey) },
    });
    const reader = response.body?.getReader();
    await reader?.read();
    // It stands still when all buffers on the way are full, long before the end, which is 13 pages on.
    let last = -1;
    const stuck = await until(readsSoFar, (now) => {
      const isStill = now === last;
      last = now;
      return isStill;
    });
    expect(stuck - before).toBeLessThan(12);
    let size = 0;
    for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) size += part.value.length;
    expect(size).toBeGreaterThan(6_000 * 9_000);
    await spam.deleteMany({ _sourceId: 77 });
  });
});

test('without a key there is nothing', async () => {
  for (const path of ['', '/counts', '/export'])
    expect((await api('GET', `v1/detections${path}`, { key: null })).status).toBe(401);
});

describe('searches of one key at a time', () => {
  const gate = new Semaphore(1);
  const gated = withMethods(collections, RECORDS, (collection) => {
    const waiting = <T extends { toArray(): Promise<unknown> }>(cursor: T): T => {
      const toArray = cursor.toArray.bind(cursor);
      cursor.toArray = () => gate.run(toArray);
      return cursor;
    };
    return {
      find: (...asked: Parameters<typeof collection.find>) => waiting(collection.find(...asked)),
      aggregate: (...asked: Parameters<typeof collection.aggregate>) => waiting(collection.aggregate(...asked)),
    };
  });
  const { api: slowApi } = apiServer({ collections: gated, client: () => new Client({ connection }) });

  test.each(['detections', 'detections/counts'])('are limited of %s, with 429 and Retry-After', async (path) => {
    let open: () => void = () => undefined;
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    void gate.run(() => opened);
    const answers: Awaited<ReturnType<typeof slowApi>>[] = [];
    // Four are searched, and twenty wait.
    const asked = numbers(25).map(async () => answers.push(await slowApi('GET', `v1/${path}`)));
    await until(
      () => answers.length,
      (count) => count > 0,
    );
    expect(answers.map(({ status, headers }) => [status, headers.get('retry-after')])).toEqual([[429, '2']]);
    open();
    await Promise.all(asked);
    expect(answers.map(({ status }) => status)).toEqual([429, ...Array(24).fill(200)]);
  });
});
