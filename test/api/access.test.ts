/** Keys, roles, rate limits, and requests that are none. */

import { request } from 'node:http';
import { describe, expect, test } from 'vitest';
import { buildApp } from '../../src/api/app.js';
import { assembleServices } from '../../src/api/assemble.js';
import { ApiKeyService } from '../../src/management/keys/api-key-service.js';
import { KeyVerifier } from '../../src/management/keys/key-verifier.js';
import { apiServer, basic, call } from '../support/api-server.js';
import { collectionsIn, raw } from '../support/raw-collections.js';
import { temporalConnection } from '../support/temporal-connection.js';
import { testDatabase } from '../support/test-database.js';

const { db, ...database } = testDatabase();
const collections = collectionsIn(db);
const { client } = temporalConnection();
const { api, get } = apiServer({ collections, client: () => client });
const keys = new ApiKeyService(collections);

const UNAUTHORIZED = { status: 401, code: 'unauthorized', message: 'Credential could not be verified.' };

describe('a credential', () => {
  test.for<[string, string | undefined]>([
    ['none', undefined],
    ['none that is Basic', 'Bearer eyJhbGciOi'],
    ['no base64', 'Basic !!!'],
    ['no colon', `Basic ${Buffer.from('nobody').toString('base64')}`],
    ['an unknown ID', basic('mcnobody', 'x')],
    ['an empty ID', basic('', 'x')],
    ['an operator of the database', basic('{"$ne":null}', 'x')],
  ])('that is %s is 401', async ([, authorization]) => {
    for (const path of ['v1/collectors', 'v1/nothing', 'v1/fields']) {
      const headers = authorization === undefined ? {} : { authorization };
      const { status, json, headers: answered } = await api('GET', path, { key: null, headers });
      expect(status).toBe(401);
      expect(answered.get('www-authenticate')).toContain('Basic');
      if (path === 'v1/fields') expect(json).toMatchObject({ errors: [{ code: 'unauthorized' }] });
      else expect(json).toMatchObject(UNAUTHORIZED);
    }
  });

  test('with a wrong key is 401, and with a right one of a deleted ID after a minute', async () => {
    const { accessId, accessKey } = await keys.create({ role: 'viewer' });
    expect((await api('GET', 'v1/collectors', { key: { accessId, accessKey: `${accessKey}x` } })).status).toBe(401);
    expect((await api('GET', 'v1/collectors', { key: { accessId, accessKey } })).status).toBe(200);
    let now = Date.now();
    const verifier = new KeyVerifier(collections, () => now);
    expect(await verifier.verify({ accessId, accessKey })).toEqual({ accessId, role: 'viewer' });
    await keys.remove(accessId);
    expect(await verifier.verify({ accessId, accessKey })).toBeDefined();
    now += 60_001;
    expect(await verifier.verify({ accessId, accessKey })).toBeUndefined();
  });

  test('is nowhere stored in clear', async () => {
    const { accessId, accessKey } = await keys.create({ role: 'viewer', label: 'of a test' });
    const stored = JSON.stringify(await raw(collections).apiKeys.findOne({ _id: accessId }));
    const trail = JSON.stringify(await raw(collections).auditTrail.find({ name: accessId }).toArray());
    expect(stored).toContain('of a test');
    expect(stored + trail).not.toContain(accessKey);
    expect((await keys.list()).map((key) => Object.keys(key).sort())).toContainEqual([
      ...['accessId', 'createdAt', 'createdBy', 'label', 'role'],
    ]);
  });
});

describe('a viewer', () => {
  test.for([
    ['GET', 'v1/collectors', 200],
    ['HEAD', 'v1/collectors', 200],
    ['GET', 'v1/sources', 200],
    ['GET', 'v1/healthEvents', 200],
    ['GET', 'v1/auditTrail', 200],
    ['GET', 'v1/fields', 200],
    ['POST', 'v1/healthEvents/resources', 200],
    ['POST', 'v1/collectors', 403],
    ['PUT', 'v1/collectors/1', 403],
    ['DELETE', 'v1/collectors/1', 403],
    ['POST', 'v1/collectors/1/sources', 403],
    ['POST', 'v1/collectors/1/sources/validate', 403],
    ['POST', 'v1/collectors/1/sources/1/action/restart', 403],
    ['POST', 'v1/fields', 403],
    ['DELETE', 'v1/fields/0000000000000001', 403],
  ] as const)('%s %s is %i', async ([method, path, wanted]) => {
    const more = path.endsWith('resources')
      ? { body: { data: [] } }
      : method === 'POST' || method === 'PUT'
        ? { body: {} }
        : {};
    const { status, json } = await api(method, path, { key: get().viewer, ...more });
    expect(status).toBe(wanted);
    if (wanted === 403) expect(JSON.stringify(json)).toContain('"forbidden"');
  });
});

describe('the rate limit', () => {
  test('is per key: after a burst 429 with Retry-After, and another key goes on', async () => {
    const services = assembleServices({ collections, client, allowInsecure: true });
    const app = await buildApp({ services, ratePerSecond: 2 });
    const server = { url: await app.listen({ host: '127.0.0.1', port: 0 }), admin: get().admin };
    const statuses: number[] = [];
    for (let n = 0; n < 12; n += 1) statuses.push((await call(server, 'GET', 'v1/collectors')).status);
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 200), 429, 429]);
    const { headers, json } = await call(server, 'GET', 'v1/collectors');
    expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(5);
    expect(json).toMatchObject({ status: 429, code: 'rate.limit.exceeded' });
    expect((await call(server, 'GET', 'v1/fields')).json).toMatchObject({ errors: [{ code: 'rate.limit.exceeded' }] });
    expect((await call(server, 'GET', 'v1/collectors', { key: get().viewer })).status).toBe(200);
    await app.close();
  });
});

describe('a request that is none', () => {
  test.for<[string, string, string, Record<string, unknown>, number, string]>([
    ['an unknown address', 'GET', 'v1/nothing', {}, 404, 'notfound'],
    ['an address outside', 'GET', 'v2/collectors', {}, 404, 'notfound'],
    ['a wrong method', 'PATCH', 'v1/collectors', {}, 405, 'method.unsupported'],
    ['a wrong method of one', 'POST', 'v1/collectors/1', {}, 405, 'method.unsupported'],
    ['bad JSON', 'POST', 'v1/collectors', { body: '{"collector":' }, 400, 'request.invalid'],
    ['a prototype', 'POST', 'v1/collectors', { body: '{"__proto__":{"a":1}}' }, 400, 'request.invalid'],
    [
      'a form',
      'POST',
      'v1/collectors',
      { body: 'a=1', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
      415,
      'contenttype.invalid',
    ],
    [
      'a large body',
      'POST',
      'v1/collectors',
      { body: JSON.stringify({ collector: { name: 'x'.repeat(1_100_000) } }) },
      413,
      'content.toolarge',
    ],
    ['an id out of range', 'GET', `v1/collectors/${'9'.repeat(40)}`, {}, 400, 'collectors.validation.fields.invalid'],
    ['an id of zero', 'GET', 'v1/collectors/0', {}, 400, 'collectors.validation.fields.invalid'],
    ['half an escape', 'GET', 'v1/collectors/%E0%A4%A', {}, 400, 'request.invalid'],
    ['a token of nobody', 'GET', 'v1/auditTrail?token=abc', {}, 400, 'collectors.validation.fields.invalid'],
  ])('%s', async ([, method, path, more, status, code]) => {
    const answer = await api(method, path, more);
    expect(answer.json).toMatchObject({ status, code, id: expect.stringMatching(/^([A-Z0-9]{5}-){2}[A-Z0-9]{5}$/) });
    expect(answer.status).toBe(status);
    if (status === 405) expect(answer.headers.get('allow')).toContain('GET');
  });

  test.for([
    ...['{"$gt":null}', '{"$regularExpression":{"pattern":"(","options":""}}', '{"$minKey":1}', '{"$code":"x"}'],
    ...['{"$date":"never"}', '{"$timestamp":{"t":1,"i":1}}', '{"$binary":{"base64":"AAAA","subType":"09"}}', '[]'],
    ...['null', 'true', '{"$numberDecimal":"1"}', '{"$symbol":"x"}', '{"$dbPointer":1}', '{"a":1}'],
  ])('%s in a token is rejected as not issued by this API', async (part) => {
    for (const text of [`[${part},"x"]`, `["x",${part}]`, `["x","x",${part}]`, part]) {
      const { status, json } = await api('GET', `v1/auditTrail?token=${Buffer.from(text).toString('base64url')}`);
      expect({ text, status, message: json.message }).toMatchObject({
        status: 400,
        message: expect.stringContaining('token'),
      });
    }
  });

  test('a body that is empty needs no type, and any other one has to be JSON', async () => {
    const { json } = await api<{ collector: { id: number } }>('POST', 'v1/collectors', {
      body: { collector: { name: 'form' } },
    });
    const path = `v1/collectors/${json.collector.id}/sources/1/action/restart`;
    for (const type of ['application/x-www-form-urlencoded', 'text/plain', 'application/json', 'x/y']) {
      const headers = { 'content-type': type };
      // What is asked for is not there: it was read.
      expect((await api('POST', path, { body: '', headers })).status).toBe(404);
      const wanted = type === 'application/json' ? 400 : 415;
      expect((await api('POST', path, { body: 'a=1', headers })).status).toBe(wanted);
    }
  });

  test('an address with a slash behind it is the one without', async () => {
    for (const path of ['v1/collectors', 'v1/fields', 'v1/sources'])
      expect((await api('GET', `${path}/`)).json).toEqual((await api('GET', path)).json);
    expect((await api('GET', 'v1/collectors/?limit=1')).status).toBe(200);
    expect((await api('DELETE', 'v1/collectors/')).status).toBe(405);
  });

  test('no JSON at all has the answer of a missing body, with and without a content type', async () => {
    const { status, json } = await api('POST', 'v1/collectors', { body: '  ' });
    expect({ status, message: json.message }).toEqual({ status: 400, message: "Missing required field: 'the body'" });
  });

  test('an address that is too long is answered like every other mistake', async () => {
    const long = await api('GET', `v1/auditTrail?token=${'x'.repeat(20_000)}`);
    expect(long.json).toMatchObject({ status: 400, code: 'collectors.validation.fields.invalid' });
    const longer = await api('GET', `v1/auditTrail?token=${'x'.repeat(100_000)}`);
    expect(longer.json).toMatchObject({ status: 431, code: 'request.invalid' });
  });

  test('each error has an id of its own', async () => {
    const ids = await Promise.all(Array.from({ length: 20 }, async () => (await api('GET', 'v1/nothing')).json.id));
    expect(new Set(ids).size).toBe(20);
  });

  test('what is no HTTP is answered and ends nothing', async () => {
    const { hostname, port } = new URL(get().url);
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const raw = request({ hostname, port, method: 'GET', path: '/api/v1/collectors/name/a%00b' }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      });
      raw.once('error', reject);
      raw.end();
    });
    expect(status).toBe(401);
    expect((await api('GET', 'v1/collectors')).status).toBe(200);
  });
});

test('the OpenAPI document is open to everybody', async () => {
  const { status, json } = await api('GET', 'v1/openapi.json', { key: null });
  expect({ status, version: json.openapi }).toEqual({ status: 200, version: '3.1.0' });
});

test('no message of a fault tells what is inside', async () => {
  const services = assembleServices({ collections, client, allowInsecure: true });
  const broken = { ...services, collectors: { list: () => Promise.reject(new Error(`secret of ${database.uri}`)) } };
  const app = await buildApp({ services: broken as unknown as typeof services });
  const server = { url: await app.listen({ host: '127.0.0.1', port: 0 }), admin: get().admin };
  const { status, json, text } = await call(server, 'GET', 'v1/collectors');
  expect({ status, code: json.code, message: json.message }).toEqual({
    status: 500,
    code: 'internal.error',
    message: 'Internal server error.',
  });
  expect(text).not.toContain('secret of');
  await app.close();
});
