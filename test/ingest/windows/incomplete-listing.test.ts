/** A listing says how many records it holds and how to go on; where that does not add up, nothing is taken for the end. */

import { describe, expect, test } from 'vitest';
import type { RecordStream } from '../../../src/domain/streams/streams.js';
import { collectorDatabase } from '../../support/collector-database.js';
import { raw } from '../../support/raw-collections.js';
import { type ListRequest, recordServer, type ServedRow } from '../../support/record-server.js';
import { type SimulatedSource, simulatedSource, sizeOf } from '../../support/simulated-source.js';

const collections = collectorDatabase();
const STREAMS: readonly RecordStream[] = ['audit', 'dlp', 'hold'];
const HOUR = 3_600_000;

interface Served {
  readonly rows: readonly Record<string, unknown>[];
  /** Offset of the next page. */
  readonly next: number | undefined;
  readonly total: number;
}
type Body = (served: Served) => { readonly pagination: Record<string, unknown>; readonly fail?: unknown[] };

/** Rows a minute apart, two on a page, told of as `body` says. */
async function listing(stream: RecordStream, count: number, body: Body) {
  const begin = Math.floor((Date.now() - HOUR) / 1_000) * 1_000;
  const rows: ServedRow[] = Array.from({ length: count }, (_, n) => ({ n, id: `id ${n}`, time: begin + n * 60_000 }));
  const server = await recordServer(rows);
  const shape = { of: body as Body | undefined };
  server.before = (request) => (shape.of === undefined ? undefined : answerOf(stream, rows, request, shape.of));
  server.pageSize = 2;
  const source = await simulatedSource(collections, { config: { baseUrl: server.url, backfill: '2h' } });
  return { server, source, shape, rows, begin };
}

function answerOf(stream: RecordStream, rows: readonly ServedRow[], { from, to, pageToken }: ListRequest, body: Body) {
  const found = rows.filter(({ time }) => time >= from && time <= to);
  const offset = Number(pageToken ?? 0);
  const page = found.slice(offset, offset + 2).map(({ time, ...rest }) => {
    const key = stream === 'hold' ? 'dateReceived' : 'eventTime';
    return { ...rest, [key]: `${new Date(time).toISOString().slice(0, 19)}+0000` };
  });
  const next = offset + 2 < found.length ? offset + 2 : undefined;
  const { pagination, fail = [] } = body({ rows: page, next, total: found.length });
  const data = stream === 'dlp' ? [{ dlpLogs: page }] : page;
  return { status: 200, body: { meta: { status: 200, pagination }, data, fail } };
}

const rangeOf = (begin: number, kind: 'verify' | 'backfill' = 'verify') => {
  const to = new Date(begin + HOUR).toISOString();
  return { kind, run: 'r', from: new Date(begin).toISOString(), to } as const;
};

const verify = (source: SimulatedSource, stream: RecordStream, begin: number) =>
  source.run(({ reread }, id) => reread(id, stream, rangeOf(begin)));

const told: Body = ({ next, total }) => ({
  pagination: { pageSize: 2, totalCount: total, ...(next === undefined ? {} : { next: String(next) }) },
});
const noNext: Body = ({ total }) => ({ pagination: { pageSize: 2, totalCount: total } });
const objectNext: Body = ({ next, total }) => ({
  pagination: { pageSize: 2, totalCount: total, ...(next === undefined ? {} : { next: { pageToken: String(next) } }) },
});

describe.each(STREAMS)('%s', (stream) => {
  test.each<[string, Body]>([
    ['missing', noNext],
    ['null', ({ total }) => ({ pagination: { totalCount: total, next: null } })],
    ['empty, and the total a text', ({ total }) => ({ pagination: { totalCount: String(total), next: '' } })],
  ])('while more is promised and the next page is %s, pieces are read that are one page', async (_, body) => {
    const { source, begin } = await listing(stream, 5, body);
    expect(await source.collectAll(stream)).toMatchObject({ result: 'caughtUp', totals: { stored: 5 } });
    expect(await verify(source, stream, begin)).toMatchObject({ done: true, counts: { read: 5, missing: 0 } });
    expect(await verify(source, stream, begin)).not.toHaveProperty('failure');
  });

  test('paging of an unknown shape is reported, what came is stored, and in the end all is', async () => {
    const { source } = await listing(stream, 5, objectNext);
    const problems: string[] = [];
    for (let attempt = 0; attempt < 60 && sizeOf(await source.stored(stream)) < 5; attempt += 1) {
      const failed = (error: Error) => ({ failure: { message: error.message } });
      const outcome = await source.collect(stream).catch(failed);
      if (outcome.failure !== undefined) problems.push(outcome.failure.message);
      if (attempt === 0) expect(sizeOf(await source.stored(stream))).toBe(2);
    }
    expect(sizeOf(await source.stored(stream))).toBe(5);
    expect(problems[0]).toContain('the paging has an unknown form: meta.pagination.next is an object');
  });

  test('that promises more than it ever hands out is an error, and the position does not move past it', async () => {
    const { source, shape } = await listing(stream, 2, ({ rows, total }) => ({
      pagination: { totalCount: rows.length === 0 ? 0 : total + 3 },
    }));
    const facts = { code: 'listing_incomplete', message: expect.stringMatching(/ended after \d of \d records/) };
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const error = await source.collectAll(stream).catch((cause: unknown) => cause);
      expect(String(error)).toMatch(/ended after \d of \d records/);
    }
    await expect(source.collect(stream)).rejects.toMatchObject({ facts });
    expect(sizeOf(await source.stored(stream))).toBeGreaterThan(0);
    shape.of = told;
    await source.collectAll(stream);
    expect(sizeOf(await source.stored(stream))).toBe(2);
  });

  test('a verify of what the collection has not read yet says so', async () => {
    const { source, begin } = await listing(stream, 5, told);
    const outcome = await verify(source, stream, begin);
    expect(outcome).toMatchObject({
      done: true,
      failure: expect.stringContaining('nothing has been collected yet'),
    });
  });

  test('a verify says what it could not see', async () => {
    const { source, shape, begin } = await listing(stream, 5, told);
    await source.collectAll(stream);
    shape.of = ({ rows, total }) => ({ pagination: { totalCount: rows.length === 0 ? 0 : total + 3 } });
    const outcome = await verify(source, stream, begin);
    expect(outcome).toMatchObject({ done: true, failure: expect.stringContaining('not everything could be checked') });
    expect(outcome.notes[0]).toMatch(/ended after \d of \d records/);
  });

  test('rows beside an error are stored; the position stays, and the error is reported until it ends', async () => {
    const errors = [{ code: 'err_partial', message: 'One page of it did not answer', retryable: true }];
    const { source, shape, begin } = await listing(stream, 3, (served) => ({
      ...told(served),
      fail: [{ key: {}, errors }],
    }));
    const before = await source.checkpoint(stream);
    for (let attempt = 0; attempt < 2; attempt += 1) {
      await expect(source.collect(stream)).rejects.toMatchObject({
        facts: { code: 'err_partial', status: 200, message: 'One page of it did not answer' },
      });
      expect(sizeOf(await source.stored(stream))).toBe(2);
    }
    expect((await source.checkpoint(stream)).readUntil).toEqual(before.readUntil);
    expect((await source.checkpoint(stream)).window).toBeUndefined();
    const failing = shape.of;
    shape.of = told;
    expect(await source.collectAll(stream)).toMatchObject({ totals: { stored: 3, quarantined: 0 } });
    shape.of = failing;
    await expect(verify(source, stream, begin)).rejects.toMatchObject({ facts: { code: 'err_partial' } });
    shape.of = told;
    expect(await verify(source, stream, begin)).toMatchObject({ counts: { read: 3, missing: 0 } });
  });

  test('without a total, a full page that is the last one is looked at in pieces', async () => {
    const { server, source } = await listing(stream, 0, told);
    const begin = Math.floor((Date.now() - HOUR) / 1_000) * 1_000;
    server.before = () => undefined;
    server.rows = Array.from({ length: 60 }, (_, n) => ({ n, id: `id ${n}`, time: begin + n * 60_000 - HOUR }));
    const all = server.rows;
    server.before = ({ from, to }) => {
      const found = all.filter(({ time }) => time >= from && time <= to).slice(0, 25);
      const rows = found.map(({ time, ...rest }) => {
        const key = stream === 'hold' ? 'dateReceived' : 'eventTime';
        return { ...rest, [key]: `${new Date(time).toISOString().slice(0, 19)}+0000` };
      });
      const data = stream === 'dlp' ? [{ dlpLogs: rows }] : rows;
      return { status: 200, body: { meta: { status: 200, pagination: { pageSize: 25 } }, data, fail: [] } };
    };
    await source.collectAll(stream);
    expect(sizeOf(await source.stored(stream))).toBe(60);
  });
});

test('held messages that a piece of an answer does not have are not taken for gone', async () => {
  const { source, shape } = await listing('hold', 4, told);
  await source.collectAll('hold');
  shape.of = (served) => ({ ...told(served), fail: [{ errors: [{ code: 'err_partial', message: 'no' }] }] });
  await source.collect('hold').catch(() => undefined);
  const left = { _sourceId: source.id, '_queue.leftAt': { $exists: true } };
  expect(await raw(collections).records('hold').countDocuments(left)).toBe(0);
});
