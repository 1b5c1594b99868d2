/** The rows of the fact sheet's §9 that concern batch files: how public collectors lost or repeated records. */

import { gzipSync } from 'node:zlib';
import { CancelledFailure } from '@temporalio/common';
import { describe, expect, test } from 'vitest';
import type { RecordDocument } from '../../../src/domain/records/record.js';
import type { CheckpointDocument } from '../../../src/store/checkpoints.js';
import { activityEnvironment } from '../../support/collected-source.js';
import { collectorDatabase } from '../../support/collector-database.js';
import { AV, FileApi, gzipOf, linesOf } from '../../support/file-api.js';
import { RECORDS, raw, withMethods } from '../../support/raw-collections.js';
import type { SimulatedSource } from '../../support/simulated-source.js';
import { until } from '../../support/until.js';

const collections = collectorDatabase();
const LINES = 20;

/** An API of good files: `a`, `b`, `c` on the first page, `d` on the second, which is the last so far. */
async function twoPages(): Promise<FileApi> {
  const api = await FileApi.open();
  api.pages.set(undefined, { files: ['a', 'b', 'c'], next: 'two' });
  api.pages.set('two', { files: ['d'], next: 'end', isCaughtUp: true });
  for (const name of ['a', 'b', 'c', 'd', 'e']) api.files.set(name, gzipOf(...linesOf(name, LINES)));
  return api;
}

async function stored(source: SimulatedSource): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for await (const { file } of raw(collections).records('av').find({ _sourceId: source.id })) {
    counts[String(file)] = (counts[String(file)] ?? 0) + 1;
  }
  return counts;
}

/** The checkpoint, once it has so many files of the page as stored. */
function noted(source: SimulatedSource, count: number): Promise<CheckpointDocument> {
  return until(
    () => source.checkpoint('av'),
    ({ filesDone }) => filesDone.length >= count,
  );
}

const ALL = { a: LINES, b: LINES, c: LINES, d: LINES };

describe('the page token', () => {
  test('§9 #1, #14: is kept for ever, also when later answers have none, and days are never asked for again', async () => {
    const api = await twoPages();
    const source = await api.source(collections);
    await source.collect('av');
    for (let n = 0; n < 3; n += 1) await source.collect('av');
    expect(api.listed).toEqual([undefined, 'two', 'end', 'end', 'end']);
    expect(api.server?.received.filter(({ query }) => query.has('dateRangeStartsAt'))).toHaveLength(1);
    expect(api.downloaded).toHaveLength(4);
    api.pages.set('end', { files: ['e'], next: 'later', isCaughtUp: true });
    expect(await source.collect('av')).toMatchObject({ counts: { stored: LINES, duplicates: 0 } });
  });

  test.each([{ isCaughtUp: false }, { isCaughtUp: true }])(
    '§9 #21: of a page without files is kept: %o',
    async (end) => {
      const api = await twoPages();
      api.pages.set(undefined, { files: [], next: 'two', ...end });
      const source = await api.source(collections);
      await source.collect('av');
      await source.collect('av');
      expect(await stored(source)).toEqual({ d: LINES });
      expect((await source.checkpoint('av')).pageToken).toBe('end');
    },
  );

  test('§9 #15: an empty page is not the end while the token moves, and a missing token is no new beginning', async () => {
    const api = await twoPages();
    api.pages.set(undefined, { files: [], next: 'e1' });
    api.pages.set('e1', { files: [], next: 'two' });
    api.pages.set('two', { files: ['d'] });
    const source = await api.source(collections);
    expect(await source.collect('av')).toMatchObject({ result: 'wait', files: 1 });
    await source.collect('av');
    expect(api.listed).toEqual([undefined, 'e1', 'two', 'two']);
    expect(await stored(source)).toEqual({ d: LINES });
  });
});

describe('addresses that expire', () => {
  test('§9 #5: in the middle of a page: the page is listed again, and nothing is lost or read twice', async () => {
    const api = await twoPages();
    api.files.set('a', (_, response) => {
      api.validFrom = 2;
      response.end(gzipOf(...linesOf('a', LINES)));
    });
    const source = await api.source(collections);
    expect(await source.collect('av')).toMatchObject({ result: 'caughtUp', counts: { duplicates: 0, quarantined: 0 } });
    expect(await stored(source)).toEqual(ALL);
    expect(api.listed).toEqual([undefined, undefined, 'two']);
    expect(api.downloaded).toEqual(['a', 'b', 'b', 'c', 'd']);
  });

  test('§9 #30: while the worker was away: places are kept, never addresses', async () => {
    const api = await twoPages();
    api.files.set('b', () => undefined);
    const source = await api.source(collections);
    const environment = activityEnvironment();
    const cancelled = expect(source.collect('av', environment)).rejects.toBeInstanceOf(CancelledFailure);
    await noted(source, 1);
    environment.cancel('CANCELLED');
    await cancelled;
    const checkpoint = await source.checkpoint('av');
    expect(checkpoint.filesDone).toEqual([api.nameOf('a')]);
    expect(JSON.stringify(checkpoint)).not.toMatch(/sig=|https?:/);
    api.validFrom = 2;
    api.files.set('b', gzipOf(...linesOf('b', LINES)));
    expect(await source.collect('av')).toMatchObject({ result: 'caughtUp', files: 3, counts: { duplicates: 0 } });
    expect(await stored(source)).toEqual(ALL);
  });
});

describe('the checkpoint', () => {
  test('§9 #8: does not pass a page while one of its files fails', async () => {
    const api = await twoPages();
    api.files.set('b', 500);
    const source = await api.source(collections);
    await source.collect('av');
    await source.collect('av').catch(() => undefined);
    expect(await source.checkpoint('av')).not.toHaveProperty('pageToken');
    expect(api.listed).not.toContain('two');
    api.files.set('b', gzipOf(...linesOf('b', LINES)));
    await source.collect('av');
    expect(await stored(source)).toEqual(ALL);
  }, 30_000);

  test('§9 #9: does not pass what the store did not take', async () => {
    const api = await twoPages();
    let isRefusing = true;
    const failing = withMethods(collections, RECORDS, (records) => ({
      insertMany: (documents: RecordDocument[]) =>
        isRefusing && documents[0]?.file === 'c'
          ? Promise.reject(new Error('disk full'))
          : records.insertMany(documents, { ordered: false }),
    }));
    const source = await api.source(failing);
    api.files.set('c', async (_, response) => {
      await noted(source, 2);
      response.end(gzipOf(...linesOf('c', LINES)));
    });
    expect(await source.collect('av')).toMatchObject({ result: 'failed', files: 2 });
    await expect(source.collect('av')).rejects.toThrow('disk full');
    expect((await source.checkpoint('av')).filesDone).toEqual(['a', 'b'].map((name) => api.nameOf(name)));
    expect(await source.checkpoint('av')).not.toHaveProperty('pageToken');
    isRefusing = false;
    expect(await source.collect('av')).toMatchObject({ result: 'caughtUp', counts: { duplicates: 0 } });
    expect(await stored(source)).toEqual(ALL);
  });

  // A small file waits for the next ones; it is stored for the next one that is large, or at the end of the page.
  test.each([
    ['b', 1_000],
    ['c', LINES],
  ])('does not pass what the store did not take of files together: %s, and %i lines of c', async (refused, lines) => {
    const api = await twoPages();
    api.files.set('c', gzipOf(...linesOf('c', lines)));
    let isRefusing = true;
    const failing = withMethods(collections, RECORDS, (records) => ({
      insertMany: (documents: RecordDocument[]) =>
        isRefusing && documents.some(({ file }) => file === refused)
          ? Promise.reject(new Error('disk full'))
          : records.insertMany(documents, { ordered: false }),
    }));
    const source = await api.source(failing);
    for (let attempt = 1; attempt <= 2; attempt += 1) await source.collect('av').catch(() => undefined);
    const there = Object.keys(await stored(source)).map((name) => api.nameOf(name));
    for (const name of (await source.checkpoint('av')).filesDone) expect(there).toContain(name);
    isRefusing = false;
    await source.collect('av');
    expect(await stored(source)).toEqual({ ...ALL, c: lines });
  });

  test('stores and notes what was read before an error that concerns no file', async () => {
    const api = await twoPages();
    const source = await api.source(collections);
    const environment = activityEnvironment();
    api.files.set('b', async (_, response) => {
      environment.cancel('CANCELLED');
      response.destroy();
    });
    await source.collect('av', environment).catch(() => undefined);
    expect((await source.checkpoint('av')).filesDone).toEqual([api.nameOf('a')]);
    expect(await stored(source)).toEqual({ a: LINES });
  });

  test('notes files that leave a rest of a batch two at a time at most', async () => {
    const api = await twoPages();
    const names = Array.from({ length: 8 }, (_, n) => `half${n}`);
    api.pages.set(undefined, { files: names, next: 'end', isCaughtUp: true });
    for (const name of names) api.files.set(name, gzipOf(...linesOf(name, 600)));
    const noted: number[] = [0];
    const watching = withMethods(collections, /checkpoints/, (checkpoints) => ({
      findOneAndUpdate: async (...args: Parameters<typeof checkpoints.findOneAndUpdate>) => {
        const moved = await checkpoints.findOneAndUpdate(...args);
        const { filesDone } = moved as unknown as CheckpointDocument;
        if (filesDone.length > 0) noted.push(filesDone.length);
        return moved;
      },
    }));
    await (await api.source(watching)).collect('av');
    expect(noted.at(-1)).toBe(names.length);
    for (const [at, count] of noted.entries()) expect(count - (noted[at - 1] ?? 0)).toBeLessThanOrEqual(2);
  });

  test('§9 #10: notes each file of a page as soon as it is stored, when the next one is still to come', async () => {
    const api = await twoPages();
    const source = await api.source(collections);
    const seen: (readonly string[])[] = [];
    const before: Record<string, readonly string[]> = { a: [], b: ['a'], c: ['a', 'b'] };
    for (const [name, { length }] of Object.entries(before)) {
      // It is asked for while the file before it is stored, and comes when that has been noted.
      api.files.set(name, async (_, response) => {
        seen.push((await noted(source, length)).filesDone);
        response.end(gzipOf(...linesOf(name, LINES)));
      });
    }
    await source.collect('av');
    expect(seen).toEqual(Object.values(before).map((names) => names.map((name) => api.nameOf(name))));
  });

  test('of a page of 1,500 files, fifteen times what was asked for, is kept small, and each is read once', async () => {
    const api = await twoPages();
    const names = Array.from({ length: 1_500 }, (_, n) => `${'long'.repeat(20)}${n}`);
    api.pages.set(undefined, { files: names, next: 'end', isCaughtUp: true });
    for (const name of names) api.files.set(name, Buffer.from(linesOf(name, 1).join('')));
    const source = await api.source(collections, { sliceMs: 4_000 });
    let outcome = await source.collect('av');
    let begunAhead = 0;
    while (outcome.result !== 'caughtUp') {
      const { filesDone } = await source.checkpoint('av');
      // At most one was begun when the time was over, and is begun again.
      begunAhead += 1;
      expect(filesDone.length).toBeGreaterThanOrEqual(api.downloaded.length - begunAhead);
      expect(JSON.stringify(filesDone).length).toBeLessThan(20 * filesDone.length);
      outcome = await source.collect('av');
    }
    expect(new Set(api.downloaded).size).toBe(1_500);
    expect(api.downloaded.length).toBeLessThanOrEqual(1_500 + begunAhead);
    expect(Object.keys(await stored(source))).toHaveLength(1_500);
  });
});

test('§9 #7: of a file with a bad line, that line alone is set aside', async () => {
  const api = await twoPages();
  const [first = '', ...others] = linesOf('b', LINES);
  api.files.set('b', gzipOf(first, '{"type":"av","cut off', ...others));
  const source = await api.source(collections);
  expect(await source.collect('av')).toMatchObject({ result: 'caughtUp', counts: { quarantined: 1 } });
  expect(await stored(source)).toEqual(ALL);
});

test('§9 #11: a file that a page names twice is read once', async () => {
  const api = await twoPages();
  api.pages.set(undefined, { files: ['a', 'b', 'a', 'c', 'c', 'c'], next: 'two' });
  const source = await api.source(collections);
  expect(await source.collect('av')).toMatchObject({ result: 'caughtUp', files: 4, counts: { duplicates: 0 } });
  expect(api.downloaded).toEqual(['a', 'b', 'c', 'd']);
});

describe('§9 #13: the identity of a record covers all of it', () => {
  test('records that differ in a single place, and those that differ in none, are all stored, once', async () => {
    const api = await twoPages();
    const lines = [
      `{${AV},"timestamp":0,"n":1}`,
      `{${AV},"timestamp":0,"n":2}`,
      `{${AV},"timestamp":0,"n":1}`,
      `{"n":1,${AV},"timestamp":0}`,
      `{${AV},"timestamp":0}`,
    ];
    api.pages.set(undefined, { files: ['a', 'b'], next: 'end', isCaughtUp: true });
    api.files.set('a', gzipOf(...lines));
    api.files.set('b', gzipOf(`{${AV},"timestamp":0,"n":3}`));
    const source = await api.source(collections);
    expect((await source.collect('av')).counts).toEqual({ stored: 6, duplicates: 0, quarantined: 0 });
    await source.meddle('av', { $unset: { pageToken: true } });
    expect((await source.collect('av')).counts).toEqual({ stored: 0, duplicates: 6, quarantined: 0 });
  });

  test('lines beyond 16 MiB that only begin alike are kept apart, and the records around them are stored', async () => {
    const api = await twoPages();
    const long = `{"type":"av","text":"${'x'.repeat(16 * 1024 * 1024)}`;
    api.files.set('b', gzipOf(...linesOf('b', 1), `${long}1"}`, ...linesOf('b', LINES).slice(1)));
    api.files.set('c', gzipOf(...linesOf('c', 1), `${long}2"}`, ...linesOf('c', LINES).slice(1)));
    const source = await api.source(collections);
    expect(await source.collect('av')).toMatchObject({ result: 'caughtUp', counts: { quarantined: 2 } });
    expect(await stored(source)).toEqual(ALL);
  });
});

test('§9 #28: 50 MB in several gzip members, with lines of 1 MB', async () => {
  const api = await twoPages();
  const line = (n: number) => `{${AV},"timestamp":0,"file":"b","n":${n},"text":"${String(n % 10).repeat(1_000_000)}"}`;
  const members = Array.from({ length: 10 }, (_, member) =>
    // Members do not end where lines do.
    gzipSync(`${member > 0 ? '\n' : ''}${Array.from({ length: 5 }, (_, n) => line(member * 5 + n)).join('\n')}`),
  );
  api.files.set('b', Buffer.concat(members));
  const source = await api.source(collections);
  expect(await source.collect('av')).toMatchObject({ result: 'caughtUp', counts: { quarantined: 0 } });
  expect(await stored(source)).toEqual({ ...ALL, b: 50 });
});

test.each(['gzip on top', 'gzip in place of it', 'none'])('Content-Encoding: %s', async (encoding) => {
  const api = await twoPages();
  const file = encoding === 'gzip on top' ? gzipSync(gzipOf(...linesOf('b', LINES))) : gzipOf(...linesOf('b', LINES));
  api.files.set('b', (_, response) => {
    if (encoding !== 'none') response.setHeader('content-encoding', 'gzip');
    response.end(file);
  });
  const source = await api.source(collections);
  expect(await source.collect('av')).toMatchObject({ result: 'caughtUp', counts: { quarantined: 0 } });
  expect(await stored(source)).toEqual(ALL);
});
