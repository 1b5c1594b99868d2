/** Searches that share MongoDB with everything else. */

import { describe, expect, test } from 'vitest';
import { SearchTurns } from '../../src/api/common/search-limit.js';
import { apiAlone } from '../support/api-alone.js';
import { basic } from '../support/api-server.js';
import { numbers } from '../support/store-fixtures.js';
import { until } from '../support/until.js';

const { api, get, collections, database } = await apiAlone();

describe('turns', () => {
  const limits = { most: 3, mostOfOneKey: 2, waiting: 3, waitingOfOneKey: 2 };
  const begunOf = () => {
    const turns = new SearchTurns(limits);
    const begun: string[] = [];
    const ask = (key: string, name: string) => {
      const turn = turns.ask(key);
      void turn.begun.then(() => begun.push(name));
      return turn;
    };
    return { ask, begun };
  };

  test('of a key, and of all of them; a place that is free goes to the first who may have it', async () => {
    const { ask, begun } = begunOf();
    const first = ask('a', 'a1');
    for (const [key, name] of [
      ['a', 'a2'],
      ['a', 'a3'],
      ['b', 'b1'],
      ['b', 'b2'],
    ] as const)
      ask(key, name);
    await Promise.resolve();
    expect(begun).toEqual(['a1', 'a2', 'b1']);
    first.end();
    await Promise.resolve();
    expect(begun).toEqual(['a1', 'a2', 'b1', 'a3']);
  });

  test('are refused when too many wait, of a key or of all, and until one of those leaves', () => {
    const { ask } = begunOf();
    for (const n of numbers(3)) ask('a', String(n));
    const waiting = ask('a', 'waiting');
    expect(() => ask('a', 'x')).toThrow(expect.objectContaining({ statusCode: 429, retryAfter: 2 }));
    waiting.end();
    ask('a', 'y');
  });
});

test('streams of one key end at a limit, with 429 and Retry-After, and are free again when they close', async () => {
  await collections.ensureIndexes();
  const { url, viewer } = get();
  const headers = { 'content-type': 'application/json', authorization: basic(viewer.accessId, viewer.accessKey) };
  const follow = async () => {
    const leaving = new AbortController();
    const init = { method: 'POST', headers, body: '{}', signal: leaving.signal };
    const response = await fetch(`${url}/api/v1/search/follow`, init);
    return { response, leave: () => leaving.abort() };
  };
  const open = await Promise.all(numbers(10).map(follow));
  expect(open.map(({ response }) => response.status)).toEqual(Array(10).fill(200));
  const { response: refused } = await follow();
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '2']);
  for (const { leave } of open) leave();
  await until(
    async () => {
      const { response, leave } = await follow();
      leave();
      return response.status;
    },
    (status) => status === 200,
  );
});

test('a search asks four things at a time, however many ways there are', async () => {
  const { client } = database;
  let [open, most] = [0, 0];
  client.on('connectionCheckedOut', () => {
    open += 1;
    most = Math.max(most, open);
  });
  client.on('connectionCheckedIn', () => {
    open -= 1;
  });
  const body = {
    sourceIds: numbers(1_000).map((n) => n + 1),
    from: '2026-01-01T00:00:00Z',
    to: '2026-02-01T00:00:00Z',
  };
  for (const path of ['search', 'search/histogram'])
    expect((await api('POST', `v1/${path}`, { body })).status).toBe(200);
  for (const path of ['detections', 'detections/counts']) expect((await api('GET', `v1/${path}`)).status).toBe(200);
  expect(most).toBeLessThanOrEqual(5);
});
