/** Reading again judges by the records as they were received, whatever the processing rules made of them. */

import { describe, expect, test } from 'vitest';
import type { StreamName } from '../../../src/domain/streams/streams.js';
import { collectorDatabase } from '../../support/collector-database.js';
import { AV, FileApi, gzipOf } from '../../support/file-api.js';
import { raw } from '../../support/raw-collections.js';
import { type SimulatedSource, simulatedSource, sizeOf } from '../../support/simulated-source.js';

const collections = collectorDatabase();
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const hidden = (filterType: 'Mask' | 'Hash', regexp: string, mask = '0') => ({ filterType, name: 'r', regexp, mask });
const excluded = (regexp: string) => ({ filterType: 'Exclude', name: 'e', regexp });

let runs = 0;

async function reread(source: SimulatedSource, kind: 'verify' | 'backfill', stream: StreamName, from = 0, to?: number) {
  runs += 1;
  const range = {
    kind,
    run: `run ${runs}`,
    from: new Date(from).toISOString(),
    to: new Date(to ?? Date.now() - 1_000).toISOString(),
  };
  return source.run((activities, id) => activities.reread(id, stream, range));
}

describe.each([
  ['receipt', '"timestamp":(\\d+)'],
  ['audit', '"eventTime":"([^"]+)"'],
] as const)('records of %s are found missing, and are restored,', (stream, time) => {
  test.each<[string, object[]]>([
    ['with a masked time', [hidden('Mask', time)]],
    ['with a hashed time', [hidden('Hash', time)]],
    [
      'with a time that another one masks',
      [hidden('Mask', time, stream === 'receipt' ? '1600000000000' : '2020-09-13')],
    ],
    ['with a mask that breaks their JSON', [hidden('Mask', '(\\{)', '#')]],
  ])('%s', async (_, filters) => {
    const source = await simulatedSource(collections, { config: { filters } });
    const begin = Date.now();
    const dayAgo = begin - DAY;
    const { lastEventTime } = await source.collectAll(stream);
    expect(Date.parse(String(lastEventTime))).toBeLessThan(begin);
    const held = sizeOf(await source.held(stream));
    const records = raw(collections).records(stream);
    const gone = await records.find({ _sourceId: source.id }).limit(10).toArray();
    await records.deleteMany({ _id: { $in: gone.map(({ _id }) => _id) } });

    const verified = await reread(source, 'verify', stream, dayAgo);
    expect(verified.counts).toMatchObject({ read: held, missing: gone.length, restored: 0 });
    const restored = await reread(source, 'backfill', stream, dayAgo);
    expect(restored.counts).toMatchObject({ read: held, missing: gone.length, restored: gone.length });
    expect(await records.countDocuments({ _sourceId: source.id })).toBe(held);
    expect((await reread(source, 'verify', stream, dayAgo)).counts).toMatchObject({ read: held, missing: 0 });
  });
});

/** Files of two records each, one file a page and one page a day, the first of them `days` days ago. */
async function dailyFiles(days: number, filters: readonly object[], first?: readonly string[]) {
  const now = Date.now();
  const api = await FileApi.open();
  for (let day = 0; day <= days; day += 1) {
    const name = `f${day}`;
    const time = now - (days - day) * DAY - HOUR;
    const token = day === 0 ? undefined : `p${day}`;
    api.pages.set(token, { files: [name], next: `p${day + 1}`, isCaughtUp: day === days });
    const lines = [1, 2].map((n) => `{${AV},"n":${n},"day":${day},"timestamp":${time}}`);
    api.files.set(name, gzipOf(...(day === 0 && first !== undefined ? first : lines)));
  }
  const source = await api.source(collections, { config: { filters } });
  const ago = (count: number) => now - count * DAY;
  return { api, source, ago, reread: (to: number) => reread(source, 'verify', 'av', ago(days + 1), to) };
}

describe('the range does not end before its end', () => {
  test.each<[string, object[], string[]?]>([
    ['a file of which everything is excluded', [excluded('.*"day":0.*')]],
    ['a file of masked texts', [hidden('Mask', `(\\{${AV},"n":\\d,"day":0)`, '#')]],
    ['a file of masked times', [hidden('Mask', '"timestamp":(\\d+)')]],
    ['records without a time that can be meant', [], [1, 2].map((n) => `{${AV},"timestamp":0,"n":${n}}`)],
    ['a file of unreadable lines beside one that is read', [], ['no JSON', `{${AV},"n":1,"timestamp":0}`]],
    ['an empty file', [], []],
  ])('at %s', async (_, filters, first) => {
    const { api, ago, reread: verify } = await dailyFiles(4, filters, first);
    const { done, counts } = await verify(ago(2));
    expect(done).toBe(true);
    expect(api.downloaded).toContain('f2');
    // Of the second and the third day, and of the first unless it holds others or is excluded.
    expect(counts.missing).toBeGreaterThanOrEqual(4);
  });

  test('at a page whose files an earlier slice has read', async () => {
    const { api, source, ago } = await dailyFiles(4, []);
    const to = ago(2);
    const run = `run ${runs + 1}`;
    await raw(collections).rereads.insertOne({
      _id: `${source.id}/verify/av`,
      ...{ sourceId: source.id, kind: 'verify', stream: 'av', run, filesDone: ['/files/f0'], notes: [], done: false },
      ...{ counts: { read: 0, missing: 0, restored: 0, unreadFiles: 0 }, updatedAt: new Date() },
    });
    expect(await reread(source, 'verify', 'av', ago(5), to)).toMatchObject({ done: true, counts: { read: 4 } });
    expect(api.downloaded).not.toContain('f0');
  });
});

test.each<[string, object[]]>([
  ['as they are', []],
  ['all excluded', [excluded('.*')]],
  ['with masked times', [hidden('Mask', '"timestamp":(\\d+)')]],
])('the range ends at a page of records from long after it, %s', async (_, filters) => {
  const { api, ago, reread: verify } = await dailyFiles(6, filters);
  expect(await verify(ago(5.5))).toMatchObject({ done: true });
  expect(api.downloaded).toEqual(['f0', 'f1', 'f2']);
});

describe('a file that the collection had given up', () => {
  const quarantined = (source: SimulatedSource) => raw(collections).quarantine.findOne({ sourceId: source.id });

  /** A file of two records that is damaged at first: in quarantine, and by now to be had. */
  async function givenUp() {
    const now = Date.now();
    const api = await FileApi.open();
    const file = gzipOf(...[2, 1].map((hours) => `{${AV},"timestamp":${now - hours * HOUR}}`));
    api.pages.set(undefined, { files: ['f'], next: 'end', isCaughtUp: true });
    api.files.set('f', file.subarray(0, -6));
    const source = await api.source(collections);
    await source.collect('av').catch(() => undefined);
    const note = { 'badFiles.0.attempts': 9, 'badFiles.0.since': new Date(now - HOUR) };
    await source.meddle('av', { $set: note });
    await source.collect('av');
    expect(await quarantined(source)).toMatchObject({ place: '/files/f' });
    await raw(collections).records('av').deleteMany({ _sourceId: source.id });
    api.files.set('f', file);
    return { source, now };
  }

  test('is resolved once a backfill has stored all of it', async () => {
    const { source } = await givenUp();
    await reread(source, 'verify', 'av');
    expect(await quarantined(source)).not.toHaveProperty('resolvedAt');
    expect((await reread(source, 'backfill', 'av')).counts).toMatchObject({ restored: 2 });
    expect(await quarantined(source)).toMatchObject({ resolvedAt: expect.any(Date) });
  });

  test('is not resolved by a backfill of a part of it', async () => {
    const { source, now } = await givenUp();
    expect((await reread(source, 'backfill', 'av', now - 1.5 * HOUR)).counts).toMatchObject({ restored: 1 });
    expect(await quarantined(source)).not.toHaveProperty('resolvedAt');
  });
});
