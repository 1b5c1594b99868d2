import { expect, test } from 'vitest';
import type { StreamName } from '../../../src/domain/streams/streams.js';
import { collectorDatabase } from '../../support/collector-database.js';
import { sendJson, serve } from '../../support/local-server.js';
import { raw } from '../../support/raw-collections.js';
import { simulatedSource } from '../../support/simulated-source.js';

const collections = collectorDatabase();
const MINUTE = 60_000;

interface Row {
  readonly n: number;
  /** Epoch ms. */
  readonly time: number;
}

const timeKeyOf = (path: string) => (path.includes('gateway') ? 'dateReceived' : 'eventTime');

/** A server of any of the three functions: lists the rows within the window that is asked for, and counts the calls. */
async function serverOf(rows: readonly Row[]) {
  return serve(({ path, body }, response) => {
    if (path === '/oauth/token') return sendJson(response, 200, { access_token: 'token', expires_in: 1_800 });
    const { data } = JSON.parse(body) as { data: [Record<string, string>] };
    const [{ from, startDateTime, start = from ?? startDateTime, to, endDateTime, end = to ?? endDateTime }] = data;
    const found = rows
      .filter(({ time }) => time >= Date.parse(start ?? '') && time <= Date.parse(end ?? ''))
      .map(({ n, time }) => ({ n, [timeKeyOf(path)]: new Date(time).toISOString() }));
    sendJson(response, 200, {
      meta: { status: 200 },
      data: path.includes('dlp') ? [{ dlpLogs: found }] : found,
      fail: [],
    });
  });
}

test.each<[StreamName, number]>([
  ['audit', 14],
  ['dlp', 14],
  ['hold', 59],
])(
  '%s: a record that appears %i minutes after it happened is found, and none is stored twice',
  async (stream, late) => {
    const now = Date.now();
    const rows: Row[] = [{ n: 1, time: now - (late + 5) * MINUTE }];
    const { url } = await serverOf(rows);
    const source = await simulatedSource(collections, { config: { baseUrl: url } });
    expect(await source.collect(stream)).toMatchObject({ result: 'caughtUp', counts: { stored: 1 } });

    rows.push({ n: 2, time: now - late * MINUTE }, { n: 3, time: now - MINUTE });
    expect(await source.collect(stream)).toMatchObject({ counts: { stored: 2 }, totals: { stored: 3, duplicates: 0 } });
    expect(await source.collect(stream)).toMatchObject({ counts: { stored: 0 }, totals: { stored: 3, duplicates: 0 } });
    expect((await raw(collections).records(stream).distinct('n', { _sourceId: source.id })).sort()).toEqual([1, 2, 3]);
  },
);

test('rows that are truly identical are as many records, on whatever pages and however often they are met', async () => {
  const time = Date.now() - 5 * MINUTE;
  const rows: Row[] = [
    { n: 1, time },
    { n: 1, time },
  ];
  const { url } = await serverOf(rows);
  const source = await simulatedSource(collections, { config: { baseUrl: url } });
  expect((await source.collect('dlp')).totals?.stored).toBe(2);
  rows.push({ n: 1, time });
  expect((await source.collect('dlp')).totals?.stored).toBe(3);
  expect((await source.collect('dlp')).totals?.stored).toBe(3);
});

test('every moment since the beginning is asked for, in windows that follow one another', async () => {
  const server = await serverOf([]);
  const source = await simulatedSource(collections, { config: { baseUrl: server.url, backfill: '7d' } });
  await source.collect('audit');
  const windows = server.received
    .filter(({ path }) => path !== '/oauth/token')
    .map(({ body }) => {
      const { data } = JSON.parse(body) as { data: [{ startDateTime: string; endDateTime: string }] };
      return { from: Date.parse(data[0].startDateTime), to: Date.parse(data[0].endDateTime) };
    });
  const { beginAt, readUntil } = await source.checkpoint('audit');
  expect(windows.length).toBeGreaterThan(20);
  expect(windows[0]?.from).toBe(Math.floor(beginAt.getTime() / 1_000) * 1_000);
  for (const [index, { from }] of windows.entries()) expect(from).toBeLessThanOrEqual(windows[index - 1]?.to ?? from);
  expect(windows.at(-1)?.to).toBeGreaterThanOrEqual(readUntil?.getTime() ?? Number.POSITIVE_INFINITY);
});
