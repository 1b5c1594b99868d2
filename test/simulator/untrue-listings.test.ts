/** Faults of listings and of the file store that look like good answers. */

import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { apiTime } from '../../simulator/kinds/api-time.js';
import { HOUR, NOON, start } from './client.js';

const RECEIPT = { type: 'receipt', pageSize: '5' } as const;

test('a token to nowhere looks like the end, and is answered as the end for ever', async () => {
  const client = await start();
  await client.fault({ endpoint: 'batch', action: { poisonToken: true } });
  const nowhere = await client.batch({ type: 'receipt,av' });
  const token = nowhere['@nextPage'] ?? '';
  expect(Buffer.from(token, 'base64').toString()).toBe('[receipt=0-0, av=0-0]:0:null');
  expect(nowhere).toEqual({ value: [], isCaughtUp: true, '@nextPage': token });
  expect(await client.batch({ type: 'receipt,av', nextPage: token })).toEqual(nowhere);
  expect((await client.drain('receipt')).pages.flatMap(({ value }) => value).length).toBeGreaterThan(0);
});

test('pages without end are empty, and their tokens new and good', async () => {
  const client = await start();
  await client.fault({ endpoint: 'batch', times: 3, action: { emptyPage: true } });
  const tokens: string[] = [];
  for (let page = 0; page < 3; page += 1) {
    const last = tokens.at(-1);
    const {
      value,
      isCaughtUp,
      '@nextPage': next = '',
    } = await client.batch({ ...RECEIPT, ...(last && { nextPage: last }) });
    expect([value, isCaughtUp]).toEqual([[], false]);
    tokens.push(next);
  }
  expect(new Set(tokens).size).toBe(3);
  const [one, other] = [await client.files('receipt', tokens.at(-1), 5), await client.files('receipt', undefined, 5)];
  expect([...one.keys()]).toEqual([...other.keys()]);
});

describe('listings of records', () => {
  const window = { startDateTime: apiTime(NOON - 2 * HOUR), endDateTime: new Date(NOON).toISOString() };
  const busy = { historyMs: 2 * HOUR, historyRate: 600 };

  test('a short one promises more than it brings', async () => {
    const client = await start(busy);
    await client.fault({ endpoint: 'audit', action: { shortListing: true } });
    const short = await client.list('audit', window, { pageSize: 40 });
    const whole = await client.list('audit', window, { pageSize: 40 });
    expect(short.data).toEqual(whole.data.slice(0, 20));
    expect(short.meta.pagination?.totalCount).toBe(whole.meta.pagination?.totalCount);
    expect(short.meta.pagination).not.toHaveProperty('next');
    expect(whole.meta.pagination).toHaveProperty('next');
  });

  test('one with its token in an object', async () => {
    const client = await start(busy);
    await client.fault({ endpoint: 'audit', action: { nextAsObject: true } });
    const odd = await client.list('audit', window, { pageSize: 40 });
    expect(odd.meta.pagination?.next).toEqual({ pageToken: expect.any(String) });
  });
});

test('a redirected file is at the other address', async () => {
  const client = await start();
  const [url = ''] = [...(await client.files('receipt')).values()];
  await client.fault({ endpoint: 'file', action: { redirect: true } });
  const answer = await fetch(url, { redirect: 'manual' });
  const location = answer.headers.get('location') ?? '';
  expect([answer.status, new URL(location).pathname]).toEqual([307, `/regional${new URL(url).pathname}`]);
  expect(await answer.text()).toContain('TemporaryRedirect');
  const moved = gunzipSync(Buffer.from(await (await fetch(location)).arrayBuffer()));
  expect(moved).toEqual(gunzipSync(Buffer.from(await (await fetch(url)).arrayBuffer())));
});

test.each([
  ['audit', { poisonToken: true }, 'action > poisonToken is for the endpoints batch, *'],
  ['file', { emptyPage: true }, 'action > emptyPage is for the endpoints batch, *'],
  ['batch', { shortListing: true }, 'action > shortListing is for the endpoints audit, dlp, hold, ttp url, *'],
  ['batch', { redirect: true }, 'action > redirect is for the endpoints file, *'],
])('a fault in the wrong place is refused: %s %j', async (endpoint, action, mistake) => {
  const client = await start();
  const answer = await client.fault({ endpoint, action });
  expect(answer.status).toBe(400);
  expect(await answer.text()).toContain(mistake);
});
