import { describe, expect, test } from 'vitest';
import { apiTime } from '../../simulator/kinds/api-time.js';
import { KIND_NAMES, kindOf } from '../../simulator/kinds/list.js';
import type { RecordStream } from '../../src/domain/streams/streams.js';
import { type Client, type Clock, HOUR, type ListPage, MINUTE, NOON, SECOND, start } from './client.js';

const BUSY = { historyMs: 2 * HOUR, historyRate: 600 };

function windowOf(stream: RecordStream, from: number, to: number): Record<string, unknown> {
  const [start, end] = kindOf(stream).dateFields;
  return { [start]: apiTime(from), [end]: new Date(to).toISOString(), admin: true };
}

function rowsOf(stream: RecordStream, page: ListPage): readonly Record<string, unknown>[] {
  const { listKey } = kindOf(stream);
  return listKey === undefined ? page.data : page.data.flatMap((entry) => entry[listKey] as Record<string, unknown>[]);
}

async function drain(client: Client, stream: RecordStream, request: object, pageSize: number): Promise<ListPage[]> {
  const pages: ListPage[] = [];
  let pageToken: string | undefined = '';
  while (pageToken !== undefined) {
    const page: ListPage = await client.list(stream, request, { pageSize, pageToken });
    pages.push(page);
    pageToken = rowsOf(stream, page).length > 0 ? page.meta.pagination?.next : undefined;
  }
  return pages;
}

function timesOf(stream: RecordStream, rows: readonly Record<string, unknown>[]): number[] {
  return rows.map((row) => Date.parse(String(row[kindOf(stream).timeField]).replace(/(\d\d)$/, ':$1')));
}

describe.each(KIND_NAMES)('%s', (stream) => {
  test('is listed newest first, page by page, complete', async () => {
    const client = await start(BUSY);
    const pages = await drain(client, stream, windowOf(stream, NOON - 2 * HOUR, NOON), 50);
    const rows = pages.flatMap((page) => rowsOf(stream, page));
    expect(pages.length).toBeGreaterThan(4);
    expect(rows).toHaveLength(pages[0]?.meta.pagination?.totalCount ?? 0);
    expect(new Set(rows.map((row) => JSON.stringify(row))).size).toBe(rows.length);
    const times = timesOf(stream, rows);
    expect(times).toEqual(times.toSorted((a, b) => b - a));
    expect(pages[0]?.meta.pagination).not.toHaveProperty('previous');
    expect(pages[1]?.meta.pagination).toHaveProperty('previous');
  });

  test('both bounds of the window belong to it', async () => {
    const client = await start(BUSY);
    const page = await client.list(stream, windowOf(stream, NOON - HOUR, NOON), { pageSize: 500 });
    const [some = 0] = timesOf(stream, rowsOf(stream, page)).slice(10);
    const exact = await client.list(stream, windowOf(stream, some, some));
    expect(new Set(timesOf(stream, rowsOf(stream, exact)))).toEqual(new Set([some]));
  });

  test('a chain of pages is not shifted by what appears meanwhile', async () => {
    const clock: Clock = { now: NOON };
    const client = await start({ ...BUSY, rate: 3000 }, clock);
    clock.now += 10 * MINUTE;
    const request = windowOf(stream, NOON, NOON + HOUR);
    const first = await client.list(stream, request, { pageSize: 20 });
    clock.now += MINUTE;
    const pageToken = first.meta.pagination?.next;
    const second = await client.list(stream, request, { pageSize: 20, pageToken });
    expect(second.meta.pagination?.totalCount).toBe(first.meta.pagination?.totalCount);
    const rows = [...rowsOf(stream, first), ...rowsOf(stream, second)].map((row) => JSON.stringify(row));
    expect(new Set(rows).size).toBe(40);
    const again = await client.list(stream, request, { pageSize: 20 });
    expect(again.meta.pagination?.totalCount).toBeGreaterThan(first.meta.pagination?.totalCount ?? 0);
  });

  test.each([
    ['a bad date', { [kindOf(stream).dateFields[0]]: '2025-09-15' }, {}, 'must look like'],
    ['an end before the start', windowOf(stream, NOON, NOON - HOUR), {}, 'is before'],
    ['a page size of 0', windowOf(stream, NOON - HOUR, NOON), { pageSize: 0 }, 'pageSize'],
    ['a page size over 500', windowOf(stream, NOON - HOUR, NOON), { pageSize: 501 }, 'pageSize'],
    ['a made-up page token', windowOf(stream, NOON - HOUR, NOON), { pageToken: 'abc' }, 'pageToken'],
  ])('%s fails with HTTP 200', async (_, request, pagination, message) => {
    const client = await start();
    const page = await client.list(stream, request, pagination);
    expect(page.data).toEqual([]);
    expect(page.fail[0]?.errors[0]).toMatchObject({ code: expect.stringMatching(/^err_/), retryable: false });
    expect(page.fail.flatMap(({ errors }) => errors).some((error) => error.message.includes(message))).toBe(true);
  });

  test('a page token is bound to its window', async () => {
    const client = await start(BUSY);
    const { meta } = await client.list(stream, windowOf(stream, NOON - HOUR, NOON), { pageSize: 5 });
    const other = await client.list(stream, windowOf(stream, NOON - 2 * HOUR, NOON), {
      pageToken: meta.pagination?.next,
    });
    expect(other.fail).toHaveLength(1);
  });

  test('now and then the last page has no records but a `next`', async () => {
    const client = await start(BUSY);
    const ends = { absent: 0, empty: 0 };
    for (let minute = 1; minute <= 20; minute += 1) {
      const pages = await drain(client, stream, windowOf(stream, NOON - HOUR - minute * MINUTE, NOON), 500);
      const last = pages.at(-1);
      const empty = last !== undefined && rowsOf(stream, last).length === 0;
      if (empty) expect(last.meta.pagination).toHaveProperty('next');
      ends[empty ? 'empty' : 'absent'] += 1;
    }
    expect(ends.absent).toBeGreaterThan(0);
    expect(ends.empty).toBeGreaterThan(0);
  });
});

test.each(['audit', 'dlp'] as const)('%s needs both dates', async (stream) => {
  const client = await start();
  const { fail } = await client.list(stream, {});
  expect(fail.map(({ errors }) => errors[0]?.code)).toEqual(['err_validation_null', 'err_validation_null']);
});

test('a body that is no JSON fails with HTTP 200', async () => {
  const client = await start();
  const headers = { authorization: `Bearer ${client.token}` };
  const response = await client.fetch('/api/dlp/get-logs', { method: 'POST', headers, body: '{' });
  expect(response.status).toBe(200);
  expect(((await response.json()) as ListPage).fail[0]?.errors[0]?.code).toBe('err_validation_invalid_json');
});

test('audit reaches back 60 days', async () => {
  const client = await start();
  const day = 24 * HOUR;
  const reach = async (days: number): Promise<number> =>
    (await client.list('audit', windowOf('audit', NOON - days * day, NOON))).fail.length;
  expect([await reach(60), await reach(61)]).toEqual([0, 1]);
});

test('audit filters by category and text', async () => {
  const client = await start(BUSY);
  const request = windowOf('audit', NOON - 2 * HOUR, NOON);
  const { data } = await client.list(
    'audit',
    { ...request, categories: ['policy_logs'], query: 'deleted' },
    { pageSize: 500 },
  );
  expect(data.length).toBeGreaterThan(0);
  for (const row of data) expect(row).toMatchObject({ category: 'policy_logs', auditType: 'Policy Deleted' });
  const categories = (await (await client.api('/api/audit/get-categories', {})).json()) as ListPage;
  expect(categories.data.map(({ id }) => id)).toContain('policy_logs');
});

test('dlp: oldest first on demand, filters, several rows per message, other offsets, two kinds of empty', async () => {
  const client = await start(BUSY);
  const request = windowOf('dlp', NOON - 2 * HOUR, NOON);
  const page = await client.list('dlp', { ...request, oldestFirst: true }, { pageSize: 500 });
  const rows = rowsOf('dlp', page);
  const times = timesOf('dlp', rows);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  expect(rows.some(({ eventTime }) => String(eventTime).endsWith('+0700'))).toBe(true);
  expect(new Set(rows.map(({ messageId }) => messageId)).size).toBeLessThan(rows.length / 2 + 1);
  const held = rowsOf('dlp', await client.list('dlp', { ...request, actions: ['hold'] }, { pageSize: 500 }));
  expect(new Set(held.map(({ action }) => action))).toEqual(new Set(['hold']));
  const empty = new Set<string>();
  for (let minute = 1; minute < 20; minute += 1) {
    const nothing = await client.list('dlp', windowOf('dlp', NOON + HOUR, NOON + HOUR + minute * MINUTE));
    empty.add(JSON.stringify(nothing.data));
  }
  expect(empty).toEqual(new Set(['[]', '[{"dlpLogs":[]}]']));
});

test('held messages: only for administrators, and a queue that messages leave', async () => {
  const clock: Clock = { now: NOON };
  const client = await start({ ...BUSY, releaseAfterMs: HOUR }, clock);
  const request = windowOf('hold', NOON - 2 * HOUR, NOON);
  const total = async (more: object): Promise<number | undefined> =>
    (await client.list('hold', { ...request, ...more })).meta.pagination?.totalCount;
  expect(await total({ admin: false })).toBe(0);
  const atNoon = (await total({})) ?? 0;
  expect(atNoon).toBeGreaterThan(0);
  const summary = (await (await client.api('/api/gateway/get-hold-summary-list', {})).json()) as ListPage;
  expect(summary.data.reduce((sum, { numberOfItems }) => sum + Number(numberOfItems), 0)).toBe(atNoon);
  clock.now += 30 * MINUTE - SECOND;
  await client.login();
  expect(await total({})).toBeLessThan(atNoon);
  clock.now += 31 * MINUTE;
  await client.login();
  expect(await total({})).toBe(0);
});

test('a record appears a little after its time', async () => {
  const clock: Clock = { now: NOON };
  const client = await start({ historyMs: 0, rate: 6000, publishDelayMs: 3 * SECOND }, clock);
  const request = windowOf('dlp', NOON, NOON + 59 * SECOND);
  const counts: number[] = [];
  for (const second of [60, 61, 63, 70]) {
    clock.now = NOON + second * SECOND;
    counts.push((await client.list('dlp', request)).meta.pagination?.totalCount ?? 0);
  }
  const [atEnd = 0, , complete = 0, later] = counts;
  expect(atEnd).toBeLessThan(complete);
  expect(later).toBe(complete);
});
