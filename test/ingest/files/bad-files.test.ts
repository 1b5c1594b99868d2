import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { RawError } from '../../../src/domain/failures/failure.js';
import { FILE_POLICY, FILE_RETRY_BUDGETS } from '../../../src/ingest/files/file-retry-budget.js';
import type { FilePolicy } from '../../../src/ingest/source/file-policy.js';
import { identityOfFile } from '../../../src/records/identity.js';
import type { QuarantineDocument } from '../../../src/store/quarantine.js';
import { collectorDatabase } from '../../support/collector-database.js';
import { AV, FileApi, gzipOf, linesOf, type ServedFile } from '../../support/file-api.js';
import { raw } from '../../support/raw-collections.js';
import type { SimulatedSource } from '../../support/simulated-source.js';

const collections = collectorDatabase();

/** Three failures are enough, however soon; without a control file only much later. */
const QUICK = { attempts: 3, ms: 0 };
const QUICK_RULES: FilePolicy = {
  retryBudgets: {
    ...FILE_RETRY_BUDGETS,
    damaged: QUICK,
    foreign: { ...QUICK, withoutControlMs: 60_000 },
    missing: { ...QUICK, withoutControlMs: 60_000 },
  },
  reading: {},
};
const LINES = 50;

/** A page of these files, `bad` the second of them, and one more page behind it. */
async function pageWith(bad: ServedFile, fileRules = QUICK_RULES) {
  const api = await FileApi.open();
  api.pages.set(undefined, { files: ['a', 'bad', 'c'], next: 'two' });
  api.pages.set('two', { files: ['d'], next: 'end', isCaughtUp: true });
  for (const name of ['a', 'c', 'd']) api.files.set(name, gzipOf(...linesOf(name, LINES)));
  api.files.set('bad', bad);
  return { api, source: await api.source(collections, { fileRules }) };
}

async function filesOf(source: SimulatedSource): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for await (const { file } of raw(collections).records('av').find({ _sourceId: source.id })) {
    counts[String(file)] = (counts[String(file)] ?? 0) + 1;
  }
  return counts;
}

const quarantined = (source: SimulatedSource): Promise<QuarantineDocument[]> =>
  raw(collections).quarantine.find({ sourceId: source.id }).toArray();

const good = gzipOf(...linesOf('bad', LINES));
const corrupt = Buffer.from(good);
corrupt.fill(0xff, 40, 60);

describe('§9 #6, #8, #9: a file that stays bad', () => {
  test.each<[string, ServedFile, RegExp]>([
    ['damaged', corrupt, /damaged/],
    ['cut', good.subarray(0, -20), /unexpected end/],
    ['gone', 404, /no reason was given/],
    ['empty', Buffer.alloc(0), /it is empty/],
    ['a page of a proxy', (_, response) => void response.setHeader('content-type', 'text/html').end('<html>'), /HTML/],
    ['an error with status 200', Buffer.from('{"fail":[{"code":"x","message":"it broke"}]}'), /it broke/],
    ['some text', Buffer.from('Service unavailable\n'), /none of its lines is a record/],
  ])('%s: the others come first, then it is tried again, then it alone is set aside', async (_, bad, reason) => {
    const { api, source } = await pageWith(bad);
    const first = await source.collect('av');
    expect(first).toMatchObject({ result: 'failed', files: 2, failure: { retry: true } });
    expect(first.failure?.message).toContain('/files/bad');
    expect(await filesOf(source)).toMatchObject({ a: LINES, c: LINES });
    const before = await source.checkpoint('av');
    expect(before).not.toHaveProperty('pageToken');
    expect(before).toMatchObject({
      filesDone: ['a', 'c'].map((name) => api.nameOf(name)),
      badFiles: [
        { path: api.nameOf('bad'), attempts: 1, since: expect.any(Date), reason: expect.stringMatching(reason) },
      ],
    });

    await expect(source.collect('av')).rejects.toBeInstanceOf(RawError);
    expect((await source.checkpoint('av')).badFiles).toMatchObject([
      { attempts: 2, since: before.badFiles?.[0]?.since },
    ]);
    expect((await quarantined(source)).filter(({ place }) => place === '/files/bad')).toEqual([]);

    const last = await source.collect('av');
    expect(last).toMatchObject({ result: 'caughtUp', files: 1 });
    expect(last.unreadable).toContain('/files/bad');
    expect(await filesOf(source)).toMatchObject({ a: LINES, c: LINES, d: LINES });
    expect(await source.checkpoint('av')).toMatchObject({ pageToken: 'end', filesDone: [], badFiles: [] });
    const [entry, ...more] = (await quarantined(source)).filter(({ place }) => place === '/files/bad');
    expect(more).toEqual([]);
    expect(entry).toMatchObject({
      _id: identityOfFile(source.id, 'av', api.nameOf('bad')),
      stream: 'av',
      reason: expect.stringMatching(reason),
    });
    expect(api.downloaded.filter((name) => name === 'c').length).toBeLessThanOrEqual(2);
  });

  test('that unpacks to more than a file may is set aside at once', async () => {
    const reading = { limits: { maxBytes: 1e9, maxRatio: 250, ratioFromBytes: 100_000 } };
    const { source } = await pageWith(gzipSync(Buffer.alloc(5_000_000, ' ')), { ...QUICK_RULES, reading });
    expect(await source.collect('av')).toMatchObject({ result: 'caughtUp', counts: { quarantined: 1 } });
    expect(await filesOf(source)).toEqual({ a: LINES, c: LINES, d: LINES });
    expect((await quarantined(source))[0]?.reason).toMatch(/unpacks to more than 250 times/);
  });

  test('is not set aside before its time', async () => {
    const { source } = await pageWith(corrupt, FILE_POLICY);
    await source.collect('av');
    for (let n = 0; n < 6; n += 1) await expect(source.collect('av')).rejects.toBeInstanceOf(RawError);
    expect((await source.checkpoint('av')).badFiles).toMatchObject([{ attempts: 7 }]);
    await source.meddle('av', { $set: { 'badFiles.0.since': new Date(Date.now() - 61_000) } });
    expect(await source.collect('av')).toMatchObject({ result: 'caughtUp' });
  });

  test('and is recovered is no longer noted', async () => {
    const { api, source } = await pageWith(corrupt);
    await source.collect('av');
    api.files.set('bad', good);
    expect(await source.collect('av')).toMatchObject({ result: 'caughtUp' });
    expect(await filesOf(source)).toEqual({ a: LINES, bad: LINES, c: LINES, d: LINES });
    expect(await quarantined(source)).toEqual([]);
    expect((await source.checkpoint('av')).badFiles).toEqual([]);
  });

  test('and is no longer listed leaves with its page, but not unnoticed', async () => {
    const { api, source } = await pageWith(corrupt);
    await source.collect('av');
    api.pages.set(undefined, { files: ['a', 'c'], next: 'two' });
    expect(await source.collect('av')).toMatchObject({ result: 'caughtUp', counts: { quarantined: 1 } });
    expect(await quarantined(source)).toMatchObject([
      { _id: identityOfFile(source.id, 'av', api.nameOf('bad')), reason: expect.stringMatching(/no longer listed/) },
    ]);
  });

  test('and is read well later on: its records are all there once, and its entry is resolved', async () => {
    const { api, source } = await pageWith(good.subarray(0, -20));
    for (let n = 0; n < 3; n += 1) await source.collect('av').catch(() => undefined);
    expect(await quarantined(source)).toMatchObject([{ place: '/files/bad' }]);
    expect((await quarantined(source))[0]).not.toHaveProperty('resolvedAt');
    api.files.set('bad', good);
    await source.meddle('av', { $unset: { pageToken: true } });
    await source.collect('av');
    expect(await filesOf(source)).toEqual({ a: LINES, bad: LINES, c: LINES, d: LINES });
    expect(await quarantined(source)).toMatchObject([{ place: '/files/bad', resolvedAt: expect.any(Date) }]);
  });
});

describe('what looks like a bad file and is none', () => {
  test.each([500, 503, 429])(
    '%i never sets a file aside, and the others are collected',
    async (status) => {
      const { source } = await pageWith((_, response) => void response.writeHead(status, { 'retry-after': '0' }).end());
      for (let n = 0; n < 5; n += 1) await source.collect('av').catch(() => undefined);
      expect(await filesOf(source)).toEqual(status === 429 ? { a: LINES } : { a: LINES, c: LINES });
      expect(await quarantined(source)).toEqual([]);
      expect(await source.checkpoint('av')).not.toHaveProperty('pageToken');
    },
    30_000,
  );

  test('§9 #29: a store that is away is asked for three files and no more', async () => {
    const { api, source } = await pageWith(503);
    const names = Array.from({ length: 20 }, (_, n) => `f${n}`);
    api.pages.set(undefined, { files: names, next: 'two' });
    for (const name of names) api.files.set(name, (_, response) => void response.socket?.destroy());
    await expect(source.collect('av')).rejects.toMatchObject({ facts: { origin: 'file' } });
    expect(new Set(api.downloaded).size).toBe(3);
  }, 30_000);

  test.each<[string, ServedFile]>([
    ['refuses all files', 403],
    ['answers with its own page', (_, response) => void response.setHeader('content-type', 'text/html').end('<html>')],
  ])('a store that %s is no reason to do without them, not so soon', async (_, served) => {
    const { api, source } = await pageWith(served);
    await source.collect('av');
    for (const name of ['a', 'c']) api.files.set(name, served);
    for (let n = 0; n < 5; n += 1) await expect(source.collect('av')).rejects.toBeInstanceOf(RawError);
    expect(await quarantined(source)).toEqual([]);
    await source.meddle('av', { $set: { 'badFiles.0.since': new Date(Date.now() - 61_000) } });
    await source.collect('av');
    expect(await quarantined(source)).toMatchObject([{ place: '/files/bad' }]);
  });
});

describe('what a damaged file still gives', () => {
  const MANY = linesOf('bad', 3_000);
  const whole = gzipOf(...MANY);

  test('§9 #7: nothing before a cut is stored until the file is given up, for it may be corrupt as well', async () => {
    const { api, source } = await pageWith(whole.subarray(0, whole.length * 0.6));
    await source.collect('av');
    expect((await filesOf(source)).bad ?? 0).toBe(0);
    expect(await quarantined(source)).toEqual([]);
    api.files.set('bad', whole);
    expect(await source.collect('av')).toMatchObject({
      result: 'caughtUp',
      counts: { stored: MANY.length + LINES, duplicates: 0, quarantined: 0 },
    });
    expect(await filesOf(source)).toMatchObject({ bad: MANY.length });
  });

  test('a plain file that breaks off within a line is damaged too', async () => {
    const { api, source } = await pageWith(Buffer.from(`${MANY[0]}\n${MANY[1]}\n{"type":"av","fi`));
    await source.collect('av');
    expect(await filesOf(source)).toMatchObject({ bad: 2 });
    expect((await source.checkpoint('av')).badFiles).toMatchObject([{ fault: 'damaged' }]);
    expect(await quarantined(source)).toEqual([]);
    api.files.set('bad', Buffer.from(MANY.join('\n')));
    expect(await source.collect('av')).toMatchObject({ result: 'caughtUp' });
    expect(await filesOf(source)).toMatchObject({ bad: MANY.length });
  });

  test('a whole gzip whose last line is none: that line alone is kept', async () => {
    const { source } = await pageWith(gzipSync(`${MANY[0]}\n{"type":"av","fi`));
    expect(await source.collect('av')).toMatchObject({ result: 'caughtUp', counts: { quarantined: 1 } });
    expect(await quarantined(source)).toMatchObject([{ place: '/files/bad line 2', text: '{"type":"av","fi' }]);
  });

  test('wrong bytes of a corrupt one become neither records nor entries, until it is given up', async () => {
    const lines = Array.from(
      { length: 900 },
      (_, n) => `{${AV},"timestamp":0,"file":"bad","n":${n},"r":${(n * 7_919) % 10_007}}`,
    );
    // Not compressed, so that only the checksum at the end shows it: one record has another number, one line is none.
    const wrong = Buffer.from(gzipSync(`${lines.join('\n')}\n`, { level: 0 }));
    wrong.write('9', wrong.indexOf('"n":450,') + 4);
    wrong.write('x', wrong.indexOf('"n":451,') + 4);
    const { api, source } = await pageWith(wrong);
    await source.collect('av');
    await source.collect('av').catch(() => undefined);
    expect(await filesOf(source)).toEqual({ a: LINES, c: LINES });
    expect(await quarantined(source)).toEqual([]);
    await source.collect('av');
    // The last line is in the piece of the file whose checksum is wrong, and goes with it.
    expect(await filesOf(source)).toMatchObject({ bad: 898, d: LINES });
    expect((await quarantined(source)).map(({ place }) => place).sort()).toEqual(['/files/bad', '/files/bad line 452']);
    expect(api.downloaded.filter((name) => name === 'bad')).toHaveLength(3);
  });
});
