import { describe, expect, test } from 'vitest';
import { SIEM_STREAMS } from '../../src/domain/streams/streams.js';
import { HOUR, NOON, SECOND, start } from './client.js';

const DAY = 24 * HOUR;

describe('what is refused', () => {
  test.each([
    ['an unknown type', 'type=receipts', '`receipts` is not a type'],
    ['one unknown type among others', 'type=receipt,nope,av', '`nope`'],
    ['no type', 'pageSize=5', '`type` is required'],
    ['a page size of 0', 'type=av&pageSize=0', '`pageSize`'],
    ['a page size over 100', 'type=av&pageSize=101', '`pageSize`'],
    ['a page size that is no number', 'type=av&pageSize=many', '`pageSize`'],
    ['a date with a time', 'type=av&dateRangeStartsAt=2025-09-15T00:00:00Z', 'YYYY-MM-DD'],
    ['a date older than seven days', 'type=av&dateRangeStartsAt=2025-09-07', '7-day retention'],
    ['an end before its start', 'type=av&dateRangeStartsAt=2025-09-15&dateRangeEndsAt=2025-09-14', 'is before'],
    ['a made-up token', 'type=av&nextPage=WyJiYXRjaCJd', 'nextPage'],
    ['a token that is not base64', 'type=av&nextPage=%00%01', 'nextPage'],
  ])('%s', async (_, query, message) => {
    const client = await start();
    const response = await client.api(`/siem/v1/batch/events/cg?${query}`);
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({
      error: { code: 'Request Validation Failed', message: expect.stringContaining(message) },
    });
  });

  test('a token of other types, or of another account', async () => {
    const client = await start({ tenants: 2 });
    const { '@nextPage': nextPage = '' } = await client.batch({ type: 'receipt', pageSize: '1' });
    await expect(client.batch({ type: 'process', nextPage })).rejects.toThrow('400');
    await client.login(2);
    await expect(client.batch({ type: 'receipt', nextPage })).rejects.toThrow('400');
  });
});

describe('paging', () => {
  test.each([1, 3, 7, 100])('pages of %i files list every file once, in the same order', async (pageSize) => {
    const client = await start({ historyMs: 4 * HOUR });
    const all = [...(await client.files('receipt')).keys()];
    expect(all).toHaveLength(48);
    expect([...(await client.files('receipt', undefined, pageSize)).keys()]).toEqual(all);
  });

  test('meets empty pages before the end, padded pages, and both kinds of last page', async () => {
    const client = await start({ historyMs: 3 * HOUR, tenants: 5 });
    const seen = { empty: 0, padded: 0, caughtUpWithFiles: 0, caughtUpAfterFiles: 0, noToken: 0, emptyToken: 0 };
    for (const tenant of [1, 2, 3, 4, 5]) {
      await client.login(tenant);
      for (const type of SIEM_STREAMS) {
        const pageSize = 7;
        const { pages } = await client.drain(type, undefined, pageSize);
        for (const { value, isCaughtUp, '@nextPage': token } of pages) {
          const paths = value.map(({ url }) => new URL(url).pathname);
          expect(value.length).toBeLessThanOrEqual(pageSize);
          if (paths.length === 0 && !isCaughtUp) seen.empty += 1;
          if (new Set(paths).size < paths.length) seen.padded += 1;
          if (isCaughtUp && paths.length === 0 && token === undefined) seen.noToken += 1;
          if (isCaughtUp && paths.length === 0 && token === '') seen.emptyToken += 1;
        }
        const last = pages.at(-2);
        if (last?.isCaughtUp) seen.caughtUpWithFiles += 1;
        else seen.caughtUpAfterFiles += 1;
      }
    }
    for (const [kind, times] of Object.entries(seen)) expect(times, kind).toBeGreaterThan(0);
  });

  test('several types share one token', async () => {
    const client = await start();
    const together = [...(await client.files('receipt,delivery')).keys()].sort();
    const apart = [...(await client.files('receipt')).keys(), ...(await client.files('delivery')).keys()].sort();
    expect(together).toEqual(apart);
  });

  test('a token of long ago goes on with the files that appeared since', async () => {
    const clock = { now: NOON };
    const client = await start({ rate: 600, fileIntervalMs: 10 * SECOND }, clock);
    const before = await client.drain('receipt');
    clock.now += HOUR;
    await client.login();
    const fresh = [...(await client.files('receipt', before.token)).keys()];
    expect(fresh).toHaveLength(360);
    const known = before.pages.flatMap(({ value }) => value.map(({ url }) => new URL(url).pathname));
    expect(fresh.filter((path) => known.includes(path))).toEqual([]);
  });

  test('dates pick days, and a token makes them meaningless', async () => {
    const client = await start({ historyMs: 3 * DAY, historyFileIntervalMs: HOUR });
    const yesterday = { dateRangeStartsAt: '2025-09-14', dateRangeEndsAt: '2025-09-14' };
    const first = await client.batch({ type: 'receipt', pageSize: '100', ...yesterday });
    const page =
      first.value.length > 0 ? first : await client.batch({ type: 'receipt', nextPage: first['@nextPage'] ?? '' });
    const days = new Set(page.value.map(({ url }) => new URL(url).pathname.split('/').slice(3, 6).join('-')));
    expect([...days]).toContain('2025-09-14');
    expect([...days]).not.toContain('2025-09-13');
    const token = page['@nextPage'] ?? '';
    await expect(
      client.batch({ type: 'receipt', nextPage: token, dateRangeStartsAt: '2001-01-01' }),
    ).resolves.toBeDefined();
  });

  test('what is older than seven days is gone, and a token that would miss files says so', async () => {
    const clock = { now: NOON };
    const client = await start({ historyMs: 2 * HOUR, historyFileIntervalMs: HOUR }, clock);
    const { '@nextPage': early = '' } = await client.batch({ type: 'receipt', pageSize: '1' });
    const { token: late = '' } = await client.drain('receipt');
    clock.now += 9 * DAY;
    await client.login();
    await expect(client.batch({ type: 'receipt', nextPage: early })).rejects.toThrow('7-day retention');
    expect(await client.batch({ type: 'receipt', nextPage: late })).toMatchObject({ value: [], isCaughtUp: true });
    expect((await client.files('receipt')).size).toBe(0);
  });
});
