/** Files of one path in several buckets, and what earlier versions, which knew files by their path, have left behind. */

import { beforeEach, describe, expect, test } from 'vitest';
import { FILE_RETRY_BUDGETS } from '../../../src/ingest/files/file-retry-budget.js';
import { FilesDone } from '../../../src/ingest/files/files-done.js';
import { identityOfFile } from '../../../src/records/identity.js';
import { collectorDatabase } from '../../support/collector-database.js';
import { FileApi, gzipOf, linesOf } from '../../support/file-api.js';
import { serve } from '../../support/local-server.js';
import { raw } from '../../support/raw-collections.js';
import type { SimulatedSource } from '../../support/simulated-source.js';

const collections = collectorDatabase();
const LINES = 3;
const HOUR = 3_600_000;
const QUICK_RULES = { retryBudgets: { ...FILE_RETRY_BUDGETS, damaged: { attempts: 2, ms: 0 } }, reading: {} };

let api: FileApi;
let otherBucket: string;
beforeEach(async () => {
  api = await FileApi.open();
  const other = gzipOf(...linesOf('other', LINES));
  otherBucket = (await serve((_, response) => void response.end(other))).url;
});

async function filesOf(source: SimulatedSource): Promise<string[]> {
  const documents = await raw(collections).records('av').find({ _sourceId: source.id }).toArray();
  return [...new Set(documents.map(({ file }) => String(file)))].sort();
}

test('files of one path in two buckets are two files', async () => {
  api.files.set('a', gzipOf(...linesOf('a', LINES)));
  api.pages.set(undefined, { files: ['a', { url: `${otherBucket}/files/a?sig=1` }], next: 'end', isCaughtUp: true });
  const source = await api.source(collections);
  await source.collectAll('av');
  expect(await filesOf(source)).toEqual(['a', 'other']);
  const [from, to] = [-HOUR, HOUR].map((ms) => new Date(Date.now() + ms).toISOString());
  const range = { kind: 'verify', run: 'r', from: from ?? '', to: to ?? '' } as const;
  const outcome = await source.run(({ reread }, id) => reread(id, 'av', range));
  expect(outcome.counts).toMatchObject({ read: 2 * LINES, missing: 0 });
});

describe('a page that an earlier version has begun', () => {
  test('is gone on with: files noted by their path are not read again', async () => {
    for (const name of ['a', 'b']) api.files.set(name, gzipOf(...linesOf(name, LINES)));
    api.pages.set(undefined, { files: ['a', 'b'], next: 'end', isCaughtUp: true });
    const source = await api.source(collections);
    await source.meddle('av', { $set: { filesDone: ['/files/a'] } });
    await source.collectAll('av');
    expect(api.downloaded).toEqual(['b']);
  });

  test('is read again where the path is that of two files', () => {
    const file = (host: string, path: string) => ({ name: `${host}${path}`, path, url: '' });
    const files = [file('a', '/1'), file('b', '/1'), file('a', '/2')];
    const done = new FilesDone(files, ['/1', '/2']);
    expect(files.map((each) => done.has(each))).toEqual([false, false, true]);
  });

  test('a file that it could not read is tried on, and noted once', async () => {
    const damaged = gzipOf(...linesOf('bad', LINES)).subarray(0, -9);
    api.files.set('bad', damaged);
    api.pages.set(undefined, { files: ['bad'], next: 'end', isCaughtUp: true });
    const source = await api.source(collections, { fileRules: QUICK_RULES });
    const since = new Date(Date.now() - 60_000);
    const note = { path: '/files/bad', fault: 'damaged', attempts: 1, since, reason: 'cut' } as const;
    await source.meddle('av', { $set: { badFiles: [note] } });
    await source.collectAll('av');
    const entries = await raw(collections).quarantine.find({ sourceId: source.id }).toArray();
    expect(entries).toMatchObject([{ reason: expect.stringContaining('after 2 attempts') }]);
    expect(entries[0]?.place).toBe('/files/bad');
    expect((await source.checkpoint('av')).badFiles ?? []).toEqual([]);
  });
});

describe('a whole file that an earlier version has put into quarantine', () => {
  async function inQuarantine() {
    api.pages.set(undefined, { files: ['bad'], next: 'end', isCaughtUp: true });
    const source = await api.source(collections, { fileRules: QUICK_RULES });
    const _id = identityOfFile(source.id, 'av', '/files/bad');
    const entry = {
      _id,
      sourceId: source.id,
      stream: 'av',
      reason: 'r',
      place: '/files/bad',
      text: '',
      size: 0,
    } as const;
    await raw(collections).quarantine.insertOne({ ...entry, at: new Date() });
    await source.meddle('av', { $set: { 'totals.quarantined': 1 } });
    return source;
  }

  test('is not put there a second time', async () => {
    api.files.set('bad', gzipOf(...linesOf('bad', LINES)).subarray(0, -9));
    const source = await inQuarantine();
    await source.collect('av').catch(() => undefined);
    await source.collectAll('av');
    expect(await raw(collections).quarantine.countDocuments({ sourceId: source.id })).toBe(1);
  });

  test('is resolved once it can be read', async () => {
    api.files.set('bad', gzipOf(...linesOf('bad', LINES)));
    const source = await inQuarantine();
    await source.collectAll('av');
    const [entry] = await raw(collections).quarantine.find({ sourceId: source.id }).toArray();
    expect(entry?.resolvedAt).toBeInstanceOf(Date);
  });
});

test('an entry of a listing that names no file is kept once, whatever it says of its expiry', async () => {
  const source = await api.source(collections);
  for (const expiry of ['2026-01-01T00:00:00.000Z', '2026-01-01T00:15:00.000Z']) {
    api.pages.set(undefined, { files: [{ url: 'no url', expiry }], isCaughtUp: true });
    await source.collectAll('av');
  }
  expect(await raw(collections).quarantine.countDocuments({ sourceId: source.id })).toBe(1);
});
