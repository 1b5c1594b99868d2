import { beforeEach, expect, test } from 'vitest';
import { collectorDatabase } from '../../support/collector-database.js';
import { AV, FileApi, gzipOf } from '../../support/file-api.js';
import { raw } from '../../support/raw-collections.js';
import type { SimulatedSource } from '../../support/simulated-source.js';

const collections = collectorDatabase();
const HOUR = 3_600_000;

let api: FileApi;
beforeEach(async () => {
  api = await FileApi.open();
});

const record = (name: string) => gzipOf(`{${AV},"timestamp":${Date.now()},"name":"${name}"}`);
const namesOf = async (source: SimulatedSource) =>
  (await raw(collections).records('av').find({ _sourceId: source.id }).sort({ name: 1 }).toArray()).map(
    ({ name }) => name,
  );
const hoursAgo = (hours: number) => new Date(Date.now() - hours * HOUR);

/** One that has stored a file, and was then handed a token that stands nowhere. */
async function lost(): Promise<SimulatedSource> {
  api.files.set('1', record('1'));
  api.pages.set(undefined, { files: ['1'], next: 'good' });
  api.pages.set('good', { files: [], next: 'nowhere', isCaughtUp: true });
  api.pages.set('nowhere', { files: [], next: 'nowhere', isCaughtUp: true });
  const source = await api.source(collections);
  await source.collect('av');
  expect((await source.checkpoint('av')).pageToken).toBe('nowhere');
  // What appears now is behind every good position.
  api.files.set('2', record('2'));
  api.pages.set('good', { files: ['2'], next: 'better', isCaughtUp: true });
  return source;
}

test('a position that brings nothing is looked at after an hour, and given up when files are listed by date', async () => {
  const source = await lost();
  expect(await source.collect('av')).toMatchObject({ result: 'caughtUp', counts: { stored: 0 } });
  expect(await namesOf(source)).toEqual(['1']);
  await source.meddle('av', { $set: { newsAt: hoursAgo(1), provenAt: hoursAgo(1) } });
  const outcome = await source.collect('av');
  expect(outcome).toMatchObject({ result: 'caughtUp', counts: { stored: 1 }, resets: { count: 1 } });
  expect(outcome.resets?.last.reason).toContain('files are listed by date');
  expect(await namesOf(source)).toEqual(['1', '2']);
  expect((await source.checkpoint('av')).pageToken).toBe('better');
});

test('the same after a restart', async () => {
  const source = await lost();
  await source.run(({ initialize }, id) => initialize(id));
  expect(await source.collect('av')).toMatchObject({ counts: { stored: 1 }, resets: { count: 1 } });
});

test('a stream that was empty from the beginning is looked at as well', async () => {
  api.pages.set(undefined, { files: [], next: 'nowhere', isCaughtUp: true });
  api.pages.set('nowhere', { files: [], next: 'nowhere', isCaughtUp: true });
  const source = await api.source(collections);
  await source.collect('av');
  api.files.set('1', record('1'));
  api.pages.set(undefined, { files: ['1'], next: 'good' });
  api.pages.set('good', { files: [], next: 'good', isCaughtUp: true });
  await source.meddle('av', { $set: { newsAt: hoursAgo(2), provenAt: hoursAgo(1) } });
  expect(await source.collect('av')).toMatchObject({ counts: { stored: 1 }, resets: { count: 1 } });
});

test('a position that is right costs one look, and stays', async () => {
  api.files.set('1', record('1'));
  api.pages.set(undefined, { files: ['1'], next: 'good' });
  api.pages.set('good', { files: [], next: 'good', isCaughtUp: true });
  const source = await api.source(collections);
  await source.collect('av');
  await source.meddle('av', { $set: { newsAt: hoursAgo(1), provenAt: hoursAgo(1) } });
  api.listed.length = 0;
  const outcome = await source.collect('av');
  expect(outcome).toMatchObject({ result: 'caughtUp', counts: { stored: 0, duplicates: 0 } });
  expect(outcome.resets).toBeUndefined();
  expect(api.listed).toEqual(['good', undefined, 'good']);
  await source.collect('av');
  expect(api.listed).toEqual(['good', undefined, 'good', 'good']);
});
