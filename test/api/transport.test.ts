/** How requests reach the server: by its own TLS, through a proxy that terminates it, or from the same machine. */

import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildApp } from '../../src/api/app.js';
import { assembleServices } from '../../src/api/assemble.js';
import type { Api } from '../../src/api/common/services.js';
import { encrypted, renewCertificate } from '../../src/api/common/transport.js';
import { readServerEnvironment } from '../../src/config/server-environment.js';
import { ApiKeyService, type NewKey } from '../../src/management/keys/api-key-service.js';
import { basic } from '../support/api-server.js';
import { collectionsIn } from '../support/raw-collections.js';
import { temporalConnection } from '../support/temporal-connection.js';
import { testDatabase } from '../support/test-database.js';

const collections = collectionsIn(testDatabase().db);
const { client } = temporalConnection();
const fixture = (name: string) =>
  readFileSync(fileURLToPath(new URL(`../fixtures/tls/${name}`, import.meta.url)), 'utf8');

type Key = Pick<NewKey, 'accessId' | 'accessKey'>;

const keys = new ApiKeyService(collections);
let admin: NewKey;
beforeAll(async () => {
  admin = await keys.create({ role: 'administrator' });
});

const serve = (env: NodeJS.ProcessEnv, certificate?: { readonly cert: string; readonly key: string }) => {
  const { isProxy } = readServerEnvironment(env);
  const services = assembleServices({ collections, client, allowInsecure: true });
  return buildApp({ services, isProxy, certificate });
};

describe('behind a proxy that terminates TLS', () => {
  const [PROXY, STRANGER] = ['10.1.2.3', '203.0.113.9'];
  let app: Api;
  beforeAll(async () => {
    app = await serve({ HOST: '0.0.0.0', TRUSTED_PROXIES: '10.1.0.0/16, fd00::1' });
  });
  afterAll(() => app.close());

  const ask = (remoteAddress: string, headers: Readonly<Record<string, string>> = {}, key: Key = admin) =>
    app.inject({
      ...{ method: 'GET', url: '/api/v1/collectors', remoteAddress },
      headers: { authorization: basic(key.accessId, key.accessKey), ...headers },
    });

  test.each<[string, string, Record<string, string>, number]>([
    ['the proxy', PROXY, {}, 200],
    ['the proxy, which says https', PROXY, { 'x-forwarded-proto': 'https' }, 200],
    ['the proxy, as an address of IPv6', `::ffff:${PROXY}`, {}, 200],
    ['the other proxy', 'fd00::1', { 'x-forwarded-proto': 'https' }, 200],
    ['the proxy, which was reached without TLS', PROXY, { 'x-forwarded-proto': 'http' }, 403],
    ['another machine', STRANGER, {}, 403],
    ['another machine, which says https', STRANGER, { 'x-forwarded-proto': 'https' }, 403],
    ['another machine, which names the proxy', STRANGER, { 'x-forwarded-for': PROXY }, 403],
    ['the same machine', '127.0.0.1', {}, 200],
    ['the same machine, as IPv6 has it', '::1', {}, 200],
  ])('what comes from %s', async (_, from, headers, status) => {
    const answer = await ask(from, headers);
    expect(answer.statusCode).toBe(status);
    if (status === 403) expect(answer.json().code).toBe('transport.unencrypted');
  });

  test('another machine does not get a page either, which would ask for a key', async () => {
    expect((await app.inject({ url: '/', remoteAddress: STRANGER })).statusCode).toBe(403);
    expect((await app.inject({ url: '/', remoteAddress: PROXY })).statusCode).toBe(200);
  });

  test('but whether the server lives is told to whoever starts and stops it', async () => {
    for (const url of ['/healthz', '/readyz'])
      expect((await app.inject({ url, remoteAddress: STRANGER })).statusCode).toBe(200);
  });

  test.each([
    ['the proxy', PROXY, true],
    ['the same machine', '127.0.0.1', true],
    ['another machine', STRANGER, false],
  ])(
    "an id that %s gives to a request is taken only from those who are no stranger's",
    async (_, remoteAddress, isTaken) => {
      const headers = { 'x-request-id': 'of-another-request' };
      const { headers: answered } = await app.inject({ url: '/healthz', remoteAddress, headers });
      expect(answered['x-request-id'] === 'of-another-request').toBe(isTaken);
    },
  );

  /** Guesses until it is told to wait. */
  const guesses = async (
    from: string,
    headersOf: (attempt: number) => Record<string, string>,
    { accessId }: Pick<NewKey, 'accessId'>,
  ) => {
    const wrong = await Promise.all(
      Array.from({ length: 30 }, (_, attempt) =>
        ask(from, headersOf(attempt), { accessId, accessKey: `wrong ${attempt}` }),
      ),
    );
    return wrong.filter(({ statusCode }) => statusCode === 429).length;
  };

  test('each client of the proxy is slowed down by itself', async () => {
    const { accessId } = await keys.create({ role: 'viewer' });
    const wrong = { accessId, accessKey: 'wrong' };
    const of = (client: string) => () => ({ 'x-forwarded-for': `198.51.100.66, ${client}` });
    expect(await guesses(PROXY, of('198.51.100.7'), wrong)).toBe(10);
    expect((await ask(PROXY, of('198.51.100.8')(), wrong)).statusCode).toBe(401);
    expect((await ask(PROXY, of('198.51.100.7')(), wrong)).statusCode).toBe(429);
  });

  test.each<[string, string, (attempt: number) => string]>([
    ['the client writes itself', PROXY, (attempt) => `192.0.2.${attempt}, 198.51.100.20`],
    ['the proxy adds the port of the connection', PROXY, (attempt) => `198.51.100.21:${40_000 + attempt}`],
    ['the proxy adds the port to an address of IPv6', PROXY, (attempt) => `[2001:db8::1]:${40_000 + attempt}`],
    ['is no address', PROXY, (attempt) => `unknown${attempt}`],
    ['no trusted proxy has written', '127.0.0.1', (attempt) => `192.0.2.${attempt}`],
  ])('what %s into X-Forwarded-For makes nobody another client', async (_, from, forwardedFor) => {
    const key = await keys.create({ role: 'viewer' });
    expect(await guesses(from, (attempt) => ({ 'x-forwarded-for': forwardedFor(attempt) }), key)).toBe(10);
  });
});

describe('with a certificate', () => {
  let app: Api;
  let url: string;
  beforeAll(async () => {
    app = await serve({}, { cert: fixture('server.pem'), key: fixture('server.key') });
    url = encrypted(await app.listen({ host: '127.0.0.1', port: 0 }));
  });
  afterAll(() => app.close());

  const get = (path: string, options: { readonly ca?: string; readonly maxVersion?: 'TLSv1.1' } = {}) =>
    new Promise<{ readonly status: number | undefined; readonly headers: Record<string, unknown> }>(
      (resolve, reject) => {
        const headers = { authorization: basic(admin.accessId, admin.accessKey) };
        const asked = request(
          `${url}${path}`,
          { ca: fixture('ca.pem'), agent: false, headers, ...options },
          (answer) => {
            answer.resume();
            answer.once('end', () => resolve({ status: answer.statusCode, headers: answer.headers }));
          },
        );
        asked.once('error', reject).end();
      },
    );

  test('the API and the pages are read by https, and browsers are told to stay with it', async () => {
    expect((await get('/api/v1/collectors')).status).toBe(200);
    const page = await get('/');
    expect(page).toMatchObject({ status: 200, headers: { 'strict-transport-security': 'max-age=31536000' } });
  });

  test('plain HTTP gets no answer, and old versions of TLS no connection', async () => {
    await expect(fetch(url.replace('https:', 'http:'))).rejects.toThrow('fetch failed');
    await expect(get('/', { maxVersion: 'TLSv1.1' })).rejects.toThrow();
  });

  test('a renewed certificate is shown from the next connection on', async () => {
    await expect(get('/', { ca: fixture('renewed.pem') })).rejects.toThrow();
    renewCertificate(app, { cert: fixture('renewed.pem'), key: fixture('renewed.key') });
    expect((await get('/', { ca: fixture('renewed.pem') })).status).toBe(200);
    await expect(get('/')).rejects.toThrow();
  });
});
