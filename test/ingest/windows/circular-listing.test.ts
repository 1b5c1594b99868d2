/** A listing whose pages begin again, whatever tokens they carry, is not read for ever. */

import { describe, expect, test } from 'vitest';
import type { RecordStream } from '../../../src/domain/streams/streams.js';
import { collectorDatabase } from '../../support/collector-database.js';
import { recordServer } from '../../support/record-server.js';
import { simulatedSource } from '../../support/simulated-source.js';

const collections = collectorDatabase();
const STREAMS: readonly RecordStream[] = ['audit', 'dlp', 'hold'];

interface Circle {
  /** Rows in all. */
  readonly rows: number;
  /** Told as the total of every window that holds rows. */
  readonly total?: number;
  /** Given out with every page; default ever new ones. */
  readonly token?: string;
  /** Whether the rows of a page change their order. */
  readonly isShuffled?: boolean;
  readonly sliceMs?: number;
}

/** Rows of a minute, two on a page, whose pages begin again after the last one. */
async function circle(stream: RecordStream, { rows, total, token, isShuffled = false, sliceMs }: Circle) {
  const begin = Math.floor(Date.now() / 1_000) * 1_000 - 600_000;
  const server = await recordServer();
  let n = 0;
  server.before = ({ from, to, pageToken }) => {
    n = pageToken === undefined ? 0 : n + 1;
    const ids = Array.from({ length: rows }, (_, id) => id).filter((id) => {
      return begin + id * 1_000 >= from && begin + id * 1_000 <= to;
    });
    const first = 2 * (n % Math.max(1, Math.ceil(ids.length / 2)));
    const page = ids.slice(first, first + 2).map((id) => {
      const time = `${new Date(begin + id * 1_000).toISOString().slice(0, 19)}+0000`;
      return { id: `id ${id}`, n: id, [stream === 'hold' ? 'dateReceived' : 'eventTime']: time };
    });
    const shown = isShuffled && n % 2 === 1 ? page.toReversed() : page;
    const next = page.length === 0 ? {} : { next: token ?? `n-${server.requests.length}` };
    const totalCount = total === undefined || page.length === 0 ? {} : { totalCount: total };
    const data = stream === 'dlp' ? [{ dlpLogs: shown }] : shown;
    return { status: 200, body: { meta: { status: 200, pagination: { ...next, ...totalCount } }, data, fail: [] } };
  };
  const config = { baseUrl: server.url, backfill: '1h' };
  const slices = sliceMs === undefined ? {} : { sliceMs };
  return { server, begin, source: await simulatedSource(collections, { config, ...slices }) };
}

describe.each(STREAMS)('%s', (stream) => {
  test.each([
    ['the same page', false],
    ['the same page in another order', true],
  ])(
    'that tells its total is whole once that has come, though %s comes with ever new tokens',
    async (_, isShuffled) => {
      const { server, source } = await circle(stream, { rows: 2, total: 2, isShuffled });
      expect(await source.collectAll(stream)).toMatchObject({
        result: 'caughtUp',
        totals: { stored: 2, quarantined: 0 },
      });
      expect(server.requests).toHaveLength(2);
    },
  );

  test.each([2, 6])('that tells no total ends when all %i rows came again and again', async (rows) => {
    const { server, source } = await circle(stream, { rows });
    expect(await source.collectAll(stream)).toMatchObject({ result: 'caughtUp', totals: { stored: rows } });
    expect(server.requests.length).toBeLessThan(9);
  });

  test('that repeats its token ends, and stores no row twice', async () => {
    const { server, source } = await circle(stream, { rows: 2, token: 'the only one' });
    expect(await source.collectAll(stream)).toMatchObject({ result: 'caughtUp', totals: { stored: 2 } });
    expect(server.requests.length).toBeLessThan(4);
  });

  test('that tells of more than it goes round is an error, and reported', async () => {
    const { source } = await circle(stream, { rows: 2, total: 9 });
    const error = await source.collectAll(stream).catch((cause: unknown) => cause);
    expect(String(error)).toMatch(/ended after \d of 9 records/);
  });

  test('is recognized in slices of a single page too', async () => {
    const { server, source } = await circle(stream, { rows: 6, sliceMs: 0 });
    expect(await source.collectAll(stream)).toMatchObject({ result: 'caughtUp', totals: { stored: 6 } });
    expect(server.requests.length).toBeLessThan(12);
  });

  test('is nothing that a verify takes for whole', async () => {
    const { source, begin } = await circle(stream, { rows: 2 });
    await source.collectAll(stream);
    const range = { from: new Date(begin - 60_000).toISOString(), to: new Date(begin + 300_000).toISOString() };
    const outcome = await source.run(({ reread }, id) => reread(id, stream, { kind: 'verify', run: 'r', ...range }));
    expect(outcome).toMatchObject({
      done: true,
      counts: { read: 2, missing: 0 },
      failure: expect.stringContaining('its pages repeat, and state no total'),
    });
  });
});
