/** What a credential costs: hashed when it is new, a few at a time, and so many of an address and of an access ID. */

import { request } from 'node:http';
import { MongoNetworkError } from 'mongodb';
import { describe, expect, test } from 'vitest';
import { buildApp } from '../../src/api/app.js';
import { assembleServices } from '../../src/api/assemble.js';
import { AttemptLimit } from '../../src/api/common/attempt-limit.js';
import { Semaphore } from '../../src/domain/semaphore.js';
import { ApiKeyService, type NewKey } from '../../src/management/keys/api-key-service.js';
import { KeyVerifier } from '../../src/management/keys/key-verifier.js';
import type { Collections } from '../../src/store/collections.js';
import { basic, call } from '../support/api-server.js';
import { collectionsIn, raw, withMethods } from '../support/raw-collections.js';
import { temporalConnection } from '../support/temporal-connection.js';
import { testDatabase } from '../support/test-database.js';
import { until } from '../support/until.js';

const collections = collectionsIn(testDatabase().db);
const { client } = temporalConnection();
const keys = new ApiKeyService(collections);

const refuse = () => {
  throw new Error('not admitted');
};

/** A server of its own, whose verifier has a clock that is set by hand. */
async function serve(known: Collections = collections) {
  let now = Date.now();
  const admin = await keys.create({ role: 'administrator' });
  const services = assembleServices({ collections, client, allowInsecure: true });
  const verifier = new KeyVerifier(known, () => now);
  const app = await buildApp({ services: { ...services, verifier } });
  const server = { url: await app.listen({ host: '127.0.0.1', port: 0 }), admin };
  const ask = async (key: Pick<NewKey, 'accessId' | 'accessKey'>) => call(server, 'GET', 'v1/collectors', { key });
  return {
    admin,
    ask,
    url: server.url,
    waiting: () => verifier.waiting,
    statusOf: async (key: Pick<NewKey, 'accessId' | 'accessKey'>) => (await ask(key)).status,
    pass: (ms: number) => {
      now += ms;
    },
    close: () => app.close(),
  };
}

/** The same from another address of this machine. */
function statusFrom(localAddress: string, url: string, key: Pick<NewKey, 'accessId' | 'accessKey'>) {
  const headers = { authorization: basic(key.accessId, key.accessKey) };
  return new Promise<number | undefined>((resolve, reject) => {
    const asked = request(`${url}/api/v1/collectors`, { localAddress, headers, agent: false }, (answer) => {
      answer.resume();
      answer.once('end', () => resolve(answer.statusCode));
    });
    asked.once('error', reject);
    asked.end();
  });
}

const countOf = (statuses: readonly (number | undefined)[], wanted: number) =>
  statuses.filter((one) => one === wanted).length;

describe('a credential', () => {
  test('is hashed when it is new, right or wrong, and then no more; a wrong one has to be admitted each time', async () => {
    const { accessId, accessKey } = await keys.create({ role: 'viewer' });
    let hashed = 0;
    const findOne = (filter: { readonly _id: string }) => {
      hashed += 1;
      return raw(collections).apiKeys.findOne(filter);
    };
    const verifier = new KeyVerifier(withMethods(collections, /^api_keys$/, () => ({ findOne })));
    for (const [key, identity, admissions] of [
      [accessKey, { accessId, role: 'viewer' }, 1],
      ['wrong', undefined, 2],
    ] as const) {
      hashed = 0;
      let admitted = 0;
      const admit = () => {
        admitted += 1;
      };
      const first = Array.from({ length: 5 }, () => verifier.verify({ accessId, accessKey: key }, admit));
      expect(await Promise.all(first)).toEqual(Array.from({ length: 5 }, () => identity));
      await verifier.verify({ accessId, accessKey: key }, admit);
      expect({ hashed, admitted }).toEqual({ hashed: 1, admitted: admissions });
    }
  });

  test('that was right is not hashed again, however long ago that was, as long as its key is stored', async () => {
    let now = Date.now();
    const { accessId, accessKey } = await keys.create({ role: 'viewer' });
    const verifier = new KeyVerifier(collections, () => now);
    await verifier.verify({ accessId, accessKey });
    now += 3_600_000;
    expect(await verifier.verify({ accessId, accessKey }, refuse)).toEqual({ accessId, role: 'viewer' });
    await raw(collections).apiKeys.updateOne({ _id: accessId }, { $set: { role: 'administrator' } });
    now += 60_001;
    expect(await verifier.verify({ accessId, accessKey }, refuse)).toEqual({ accessId, role: 'administrator' });
    await keys.remove(accessId);
    now += 60_001;
    expect(await verifier.verify({ accessId, accessKey }, refuse)).toBeUndefined();
    now += 60_001;
    await expect(verifier.verify({ accessId, accessKey }, refuse)).rejects.toThrow('not admitted');
  });

  test('that was forgotten is looked at again, also while it is being hashed', async () => {
    const { accessId, accessKey } = await keys.create({ role: 'viewer' });
    const verifier = new KeyVerifier(collections);
    const first = verifier.verify({ accessId, accessKey });
    await keys.remove(accessId);
    verifier.forget(accessId);
    await first;
    expect(await verifier.verify({ accessId, accessKey })).toBeUndefined();
  });
});

describe('the limit of new credentials', () => {
  test('holds for those that come all at once', async () => {
    const { statusOf, close } = await serve();
    const statuses = await Promise.all(
      Array.from({ length: 60 }, (_, n) => statusOf({ accessId: 'mcguess', accessKey: String(n) })),
    );
    expect([countOf(statuses, 401), countOf(statuses, 429)]).toEqual([20, 40]);
    await close();
  });

  test('tells when to come again, and leaves other keys of the address alone, known ones and new ones', async () => {
    const { admin, ask, statusOf, pass, close } = await serve();
    expect(await statusOf(admin)).toBe(200);
    for (let n = 0; n < 20; n += 1) await ask({ accessId: admin.accessId, accessKey: String(n) });
    const { status, headers, json } = await ask({ accessId: admin.accessId, accessKey: 'one more' });
    expect({ status, code: json.code }).toEqual({ status: 429, code: 'rate.limit.exceeded' });
    expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(10);
    pass(60_001);
    expect(await statusOf(admin)).toBe(200);
    expect(await statusOf(await keys.create({ role: 'viewer' }))).toBe(200);
    await close();
  });

  test('is one of the address, too, whatever the access IDs', async () => {
    const { admin, statusOf, pass, close } = await serve();
    expect(await statusOf(admin)).toBe(200);
    const statuses = await Promise.all(
      Array.from({ length: 80 }, (_, n) => statusOf({ accessId: `mc${n}`, accessKey: 'x' })),
    );
    expect([countOf(statuses, 401), countOf(statuses, 429)]).toEqual([60, 20]);
    pass(60_001);
    expect(await statusOf(admin)).toBe(200);
    await close();
  });

  test.each([1, 50, 500])('counts the same wrong credential each time, %i at a time', async (atOnce) => {
    const { admin, statusOf, pass, close } = await serve();
    expect(await statusOf(admin)).toBe(200);
    const wrong = { accessId: admin.accessId, accessKey: 'wrong' };
    const statuses: number[] = [];
    while (statuses.length < 500)
      statuses.push(...(await Promise.all(Array.from({ length: atOnce }, () => statusOf(wrong)))));
    expect([countOf(statuses, 401), countOf(statuses, 429)]).toEqual([20, 480]);
    expect(await statusOf(admin)).toBe(200);
    pass(10_001);
    expect(await statusOf(wrong)).toBe(401);
    await close();
  });

  test('counts credentials that cannot be read, and not the lack of any', async () => {
    const { admin, url, statusOf, close } = await serve();
    expect(await statusOf(admin)).toBe(200);
    const send = async (headers: Readonly<Record<string, string>>) =>
      (await call({ url, admin }, 'GET', 'v1/collectors', { key: null, headers })).status;
    for (let n = 0; n < 70; n += 1) expect(await send({})).toBe(401);
    const statuses: number[] = [];
    for (let n = 0; n < 70; n += 1) statuses.push(await send({ authorization: `Bearer ${n}` }));
    expect([countOf(statuses, 401), countOf(statuses, 429)]).toEqual([60, 10]);
    expect(await statusOf(admin)).toBe(200);
    await close();
  });

  test('is one of the access ID, too: from many addresses each may try less, and its owner from another one still may', async () => {
    const { admin, url, pass, close } = await serve();
    const { accessId } = admin;
    const from = (last: number, accessKey: string) => statusFrom(`127.0.0.${last}`, url, { accessId, accessKey });
    for (let last = 11; last <= 16; last += 1) for (let n = 0; n < 17; n += 1) await from(last, `guess ${last} ${n}`);
    expect(await from(11, 'one more')).toBe(429);
    expect(await from(17, 'first of another address')).toBe(401);
    expect(await from(17, 'second of it')).toBe(429);
    expect(await from(18, admin.accessKey)).toBe(200);
    pass(10_001);
    expect(await from(11, 'one more')).toBe(401);
    await close();
  });

  test('keeps those waiting who guess from several addresses, and not a key from elsewhere', async () => {
    const { admin, url, waiting, close } = await serve();
    const guesses = [31, 32, 33].flatMap((last) =>
      Array.from({ length: 50 }, (_, n) =>
        statusFrom(`127.0.0.${last}`, url, { accessId: `mc${n}`, accessKey: `${last}` }),
      ),
    );
    await until(waiting, (count) => count >= 99);
    expect(await statusFrom('127.0.0.34', url, admin)).toBe(200);
    const statuses = await Promise.all(guesses);
    expect(countOf(statuses, 429)).toBeGreaterThan(0);
    await close();
  });

  test('does not count those that could not be looked up', async () => {
    const findOne = () => Promise.reject(new MongoNetworkError('connection closed'));
    const { admin, statusOf, close } = await serve(withMethods(collections, /^api_keys$/, () => ({ findOne })));
    for (let n = 0; n < 30; n += 1) expect(await statusOf(admin)).toBe(503);
    await close();
  });

  test('is not needed where the access ID is longer than any: that is wrong', async () => {
    const { statusOf, close } = await serve();
    const accessId = 'm'.repeat(65);
    for (let n = 0; n < 25; n += 1) expect(await statusOf({ accessId, accessKey: String(n) })).toBe(401);
    await close();
  });

  test('is one of a window, for each kind by itself', () => {
    let now = 1_000;
    const limit = new AttemptLimit({ most: 2, windowMs: 100, now: () => now });
    for (const kind of ['a', 'a', 'b']) limit.count(kind);
    expect(['a', 'b', 'c'].map((kind) => limit.waitOf(kind))).toEqual([100, 0, 0]);
    now += 99;
    expect(limit.waitOf('a')).toBe(1);
    now += 1;
    expect(limit.waitOf('a')).toBe(0);
    for (const _ of [1, 2]) limit.count('a');
    expect(limit.waitOf('a')).toBe(100);
    limit.uncount('a');
    expect(limit.waitOf('a')).toBe(0);
  });
});

test('turns: so many at a time, in their order, also after one that fails', async () => {
  const turns = new Semaphore(2);
  const begun: number[] = [];
  const ends: (() => void)[] = [];
  const all = Array.from({ length: 5 }, (_, n) =>
    turns.run(async () => {
      begun.push(n);
      await new Promise<void>((resolve) => ends.push(resolve));
      if (n === 0) throw new Error('failed');
      return n;
    }),
  );
  const results = Promise.allSettled(all);
  for (let ended = 0; ended < 5; ended += 1) {
    expect(begun).toEqual(Array.from({ length: Math.min(5, ended + 2) }, (_, n) => n));
    expect(turns.waiting).toBe(Math.max(0, 3 - ended));
    ends[ended]?.();
    await all[ended]?.catch(() => undefined);
    await new Promise(setImmediate);
  }
  expect((await results).map(({ status }) => status)).toEqual(['rejected', ...Array(4).fill('fulfilled')]);
});
