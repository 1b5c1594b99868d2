/** A listing of batch files that goes on without bringing anything new is braked and told, and goes on once it does. */

import { describe, expect, test } from 'vitest';
import { collectorDatabase } from '../../support/collector-database.js';
import { FileApi, gzipOf, type ListedPage, linesOf } from '../../support/file-api.js';
import type { SimulatedSource } from '../../support/simulated-source.js';

const collections = collectorDatabase();
const FREE = 5;

async function setUp(otherPage: (token: string | undefined, n: number) => ListedPage) {
  const api = await FileApi.open();
  let asked = 0;
  api.otherPage = (token) => {
    asked += 1;
    return otherPage(token, asked);
  };
  api.files.set('1', gzipOf(...linesOf('1', 2)));
  api.files.set('2', gzipOf(...linesOf('2', 2)));
  return { api, source: await api.source(collections) };
}

/** Lets the next page be asked for now. */
const release = (source: SimulatedSource) => source.meddle('av', { $unset: { 'idle.nextAt': true } });

const timed = (name: string, minute: number) =>
  gzipOf(`{"type":"av","aggregateId":"${name}","timestamp":${Date.now() - 86_400_000 + minute * 60_000}}`);

describe('pages that bring nothing new are slowed down', () => {
  test.each<[string, (token: string | undefined, n: number) => ListedPage]>([
    ['empty ones with ever new tokens', (_, n) => ({ files: [], next: `t${n}` })],
    [
      'empty ones that do not say whether they are the end',
      (_, n) => ({ files: [], next: `t${n}`, raw: { isCaughtUp: null } }),
    ],
    ['the same file with ever new tokens', (_, n) => ({ files: ['1'], next: `t${n}` })],
    ['two that lead to each other', (token) => ({ files: [], next: token === 'a' ? 'b' : 'a' })],
    [
      'two with files that lead to each other',
      (token) => ({ files: [token === 'a' ? '1' : '2'], next: token === 'a' ? 'b' : 'a' }),
    ],
  ])('%s', async (_, page) => {
    const { api, source } = await setUp(page);
    expect(await source.collect('av')).toMatchObject({ result: 'wait' });
    expect(api.listed.length).toBeLessThanOrEqual(FREE + 4);
    const calls = api.listed.length;
    // The brake is in the checkpoint: neither the next slice nor a sweep asks again before its time.
    for (let n = 0; n < 3; n += 1) expect(await source.collect('av')).toMatchObject({ result: 'wait' });
    const swept = await source.run(({ sweep }, id) => sweep(id, ['av']));
    expect(swept).toMatchObject({ idle: [], outcomes: [{ stream: 'av', result: 'wait' }] });
    expect(api.listed).toHaveLength(calls);
  });

  test('they are reported once there are many, and no longer when something new comes', async () => {
    const { api, source } = await setUp((_, n) => ({ files: [], next: `t${n}` }));
    expect(await source.collect('av')).not.toHaveProperty('endless');
    for (let n = 0; n < 10; n += 1) {
      await release(source);
      await source.collect('av');
    }
    const outcome = await source.collect('av');
    expect(outcome.endless?.pages).toBeGreaterThanOrEqual(10);
    expect(outcome.endless?.message).toMatch(/^\d+ pages in a row since .* had nothing new, and were not the end$/);

    api.otherPage = () => ({ files: ['1'], next: 'end', isCaughtUp: true });
    await release(source);
    const cured = await source.collect('av');
    expect(cured).toMatchObject({ result: 'caughtUp', counts: { stored: 2 } });
    expect(cured).not.toHaveProperty('endless');
    expect(await source.checkpoint('av')).not.toHaveProperty('idle');
  });

  test('a reset of the position lifts the brake', async () => {
    const { api, source } = await setUp((_, n) => ({ files: [], next: `t${n}` }));
    await source.collect('av');
    const calls = api.listed.length;
    await source.run(({ resetPosition }, id) => resetPosition(id, 'av'));
    await source.collect('av');
    expect(api.listed.length).toBeGreaterThan(calls + FREE);
  });

  test('a new file ends the brake even while the listing is not at its end', async () => {
    const { api, source } = await setUp((_, n) => ({ files: [], next: `t${n}` }));
    await source.collect('av');
    api.pages.set('last', { files: ['2'], next: 'end', isCaughtUp: true });
    api.otherPage = () => ({ files: ['1'], next: 'last' });
    await release(source);
    expect(await source.collect('av')).toMatchObject({ result: 'caughtUp', counts: { stored: 4 } });
  });
});

test('hundreds of pages of duplicates that move forward in time are read without a pause', async () => {
  const PAGES = 60;
  const { api, source } = await setUp(() => ({ files: [], next: 'end', isCaughtUp: true }));
  for (let n = 0; n < PAGES; n += 1) {
    api.files.set(`f${n}`, timed(`f${n}`, n));
    api.pages.set(n === 0 ? undefined : `t${n}`, { files: [`f${n}`], next: `t${n + 1}` });
  }
  await source.collectAll('av');
  await source.meddle('av', { $unset: { pageToken: true } });
  const calls = api.listed.length;
  expect(await source.collect('av')).toMatchObject({ result: 'caughtUp', counts: { stored: 0, duplicates: PAGES } });
  expect(api.listed.length - calls).toBe(PAGES + 1);
});

describe('part of a page is not none of it', () => {
  test('files beside an error are stored; the position stays, and the error is reported until it ends', async () => {
    const { api, source } = await setUp(() => ({ files: [], next: 'end', isCaughtUp: true }));
    const fail = [{ errors: [{ code: 'err_half', message: 'no' }] }];
    api.pages.set(undefined, { files: ['1'], next: 't1', raw: { fail } });
    for (let n = 0; n < 2; n += 1) {
      const failed = await source.collect('av').catch((error: unknown) => error);
      expect(JSON.stringify(failed)).toContain('err_half');
      expect(await source.checkpoint('av')).not.toHaveProperty('pageToken');
      expect(await source.checkpoint('av')).toMatchObject({ totals: { stored: 2 } });
    }
    expect(api.downloaded).toEqual(['1']);
    api.pages.set(undefined, { files: ['1', '2'], next: 't1' });
    expect(await source.collectAll('av')).toMatchObject({ totals: { stored: 4 } });
  });

  test.each<[string, Record<string, unknown>]>([
    ['a token that is an object', { '@nextPage': { token: 't1' } }],
    ['a token that is a number', { '@nextPage': 7 }],
    ['an isCaughtUp that is a number', { isCaughtUp: 1 }],
  ])('paging of an unknown shape is an error and not the end: %s', async (_, raw) => {
    const { api, source } = await setUp(() => ({ files: [], next: 'end', isCaughtUp: true }));
    api.pages.set(undefined, { files: ['1'], next: 't1', raw });
    const failed = await source.collect('av').catch((error: unknown) => error);
    expect(JSON.stringify(failed)).toContain('unknown_paging');
    expect(await source.checkpoint('av')).not.toHaveProperty('pageToken');
    expect(await source.checkpoint('av')).toMatchObject({ totals: { stored: 2 } });
  });
});

describe('a verify', () => {
  const verify = (source: SimulatedSource) => {
    const range = { kind: 'verify', run: 'r', from: new Date(0).toISOString(), to: new Date().toISOString() } as const;
    return source.run(({ reread }, id) => reread(id, 'av', range));
  };

  test.each<[string, (token: string | undefined, n: number) => ListedPage, RegExp]>([
    ['without end', (_, n) => ({ files: [], next: `t${n}` }), /20 pages in a row/],
    ['in a circle', (token) => ({ files: [], next: token === 'a' ? 'b' : 'a' }), /in a circle/],
    ['that is not the end, but leads nowhere', () => ({ files: ['1'] }), /not the end, but not where to continue/],
    ['of an unknown shape', () => ({ files: ['1'], raw: { '@nextPage': 7 } }), /@nextPage is a number/],
  ])('of pages %s ends, and says what it could not see', async (_, page, reason) => {
    const { source } = await setUp(page);
    expect(await verify(source)).toMatchObject({ done: true, failure: expect.stringMatching(reason) });
  });

  test('of all there is has nothing to say', async () => {
    const { api, source } = await setUp(() => ({ files: [], next: 'end', isCaughtUp: true }));
    api.pages.set(undefined, { files: ['1'], next: 't1' });
    await source.collectAll('av');
    expect(await verify(source)).not.toHaveProperty('failure');
  });
});
