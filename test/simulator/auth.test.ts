import { describe, expect, test } from 'vitest';
import { LIST_PATHS, NOON, SECOND, start } from './client.js';

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const GRANT = 'grant_type=client_credentials&client_id=sim-client-1&client_secret=sim-secret-1';

describe('POST /oauth/token', () => {
  test('issues a token that says how long it lives', async () => {
    const client = await start({ tokenTtlMs: 90 * SECOND });
    const response = await client.requestToken();
    expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(await response.json()).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 90,
      scope: '',
    });
  });

  test.each([
    ['a wrong secret', FORM, GRANT.replace('secret-1', 'secret-2'), 401, 'InvalidClientIdentifier'],
    ['an unknown client', FORM, GRANT.replace('client-1', 'client-9'), 401, 'InvalidClientIdentifier'],
    ['no client', FORM, 'grant_type=client_credentials', 401, 'InvalidClientIdentifier'],
    ['another grant', FORM, 'grant_type=password', 400, 'UnsupportedGrantType'],
    ['JSON', { 'content-type': 'application/json' }, '{}', 415, 'UnsupportedMediaType'],
  ])('refuses %s', async (_, headers, body, status, code) => {
    const client = await start();
    const response = await client.fetch('/oauth/token', { method: 'POST', headers, body });
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ fail: [{ code }] });
  });
});

describe('access tokens', () => {
  test('several are good at once, and each until its time is over', async () => {
    const clock = { now: NOON };
    const client = await start({ tokenTtlMs: 60 * SECOND }, clock);
    const { token } = client;
    clock.now += 30 * SECOND;
    await client.login();
    const statusOf = async (bearer: string): Promise<number> => {
      client.token = bearer;
      return (await client.api('/siem/v1/batch/events/cg?type=av')).status;
    };
    const second = client.token;
    expect([await statusOf(token), await statusOf(second)]).toEqual([200, 200]);
    clock.now += 30 * SECOND;
    expect([await statusOf(token), await statusOf(second)]).toEqual([401, 200]);
  });

  test.each([
    ['an unknown token', 'Bearer nobody', 'token_expired'],
    ['another scheme', 'Basic abc', 'token_expired'],
    ['no token', undefined, 'Unauthorized Request'],
  ])('%s is refused', async (_, authorization, code) => {
    const client = await start();
    const response = await client.fetch('/siem/v1/events/cg', { headers: authorization ? { authorization } : {} });
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ fail: [{ code }] });
  });

  test('can be revoked, and the secret changed', async () => {
    const client = await start();
    const change = { revokeTokens: true, clientSecret: 'fresh' };
    await client.fetch('/_simulator/tenants/C0A1', { method: 'PATCH', body: JSON.stringify(change) });
    expect((await client.api('/siem/v1/events/cg')).status).toBe(401);
    expect((await client.requestToken()).status).toBe(401);
    expect((await client.requestToken('fresh')).status).toBe(200);
  });
});

test('a denied permission closes its endpoints and no other', async () => {
  const client = await start();
  await client.fetch('/_simulator/tenants/C0A1', { method: 'PATCH', body: JSON.stringify({ deny: ['dlp', 'siem'] }) });
  const statuses = {
    batch: (await client.api('/siem/v1/batch/events/cg?type=av')).status,
    stream: (await client.api('/siem/v1/events/cg')).status,
    dlp: (await client.api(LIST_PATHS.dlp, {})).status,
    audit: (await client.api(LIST_PATHS.audit, {})).status,
    hold: (await client.api(LIST_PATHS.hold, {})).status,
  };
  expect(statuses).toEqual({ batch: 403, stream: 403, dlp: 403, audit: 200, hold: 200 });
  expect(await (await client.api(LIST_PATHS.dlp, {})).json()).toEqual({
    fail: [{ code: 'app_forbidden', message: 'Forbidden to perform the requested operation' }],
  });
});

test('a denied SIEM type closes the calls that name it and no other', async () => {
  const client = await start();
  const body = JSON.stringify({ deny: ['url protect'] });
  await client.fetch('/_simulator/tenants/C0A1', { method: 'PATCH', body });
  const statuses = await Promise.all(
    ['type=av', 'type=url+protect', 'type=av,url+protect'].map(async (query) => {
      return (await client.api(`/siem/v1/batch/events/cg?${query}`)).status;
    }),
  );
  expect(statuses).toEqual([200, 403, 403]);
});

test('a change of a tenant names every mistake', async () => {
  const client = await start();
  const body = JSON.stringify({ deny: ['mail'], clientSecret: 1, colour: 'red' });
  const response = await client.fetch('/_simulator/tenants/C0A1', { method: 'PATCH', body });
  expect(response.status).toBe(400);
  expect(((await response.json()) as { errors: string[] }).errors).toHaveLength(3);
});

test.each([
  ['GET', '/siem/v2/batch', 404],
  ['GET', '/', 404],
  ['POST', '/siem/v1/events/cg', 405],
  ['GET', LIST_PATHS.audit, 405],
])('%s %s answers %i', async (method, path, status) => {
  const client = await start();
  const response = await client.fetch(path, { method });
  expect(response.status).toBe(status);
  expect(response.headers.get('content-type')).toBe('application/json');
});

test('a quota is counted per application and endpoint, and says when it is over', async () => {
  const clock = { now: NOON };
  const client = await start({ rateLimit: { calls: 2, windowMs: 60 * SECOND }, tenants: 2 }, clock);
  const call = (): Promise<Response> => client.api('/siem/v1/batch/events/cg?type=av');
  const rateOf = ({ status, headers }: Response): unknown[] => [
    status,
    ...['limit', 'remaining', 'reset'].map((name) => headers.get(`x-ratelimit-${name}`)),
  ];
  clock.now += 1;
  expect(rateOf(await call())).toEqual([200, '2', '1', '0']);
  clock.now += 10 * SECOND;
  expect(rateOf(await call())).toEqual([200, '2', '0', '50000']);
  clock.now += 10 * SECOND;
  expect(rateOf(await call())).toEqual([429, '2', '0', '40000']);
  expect((await client.api('/siem/v1/events/cg')).status).toBe(200);
  await client.login(2);
  expect((await call()).status).toBe(200);
  clock.now += 40 * SECOND;
  await client.login();
  expect((await call()).status).toBe(200);
});
