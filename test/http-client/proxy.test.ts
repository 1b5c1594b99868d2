import { createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { classify } from '../../src/domain/failures/failure.js';
import { proxiesOf } from '../../src/domain/hosts/proxies.js';
import { Connections } from '../../src/http-client/connections.js';
import { testConnection } from '../../src/management/sources/connection-test.js';
import { MimecastClient } from '../../src/mimecast/client.js';
import { errorFactsOf, type Handler, hang, sendJson, serve } from '../support/local-server.js';
import { type ConnectProxyOptions, connectProxy } from './connect-proxy.js';

const API = 'http://api.mimecast.test';
const CREDENTIALS = 'someone:hush';
const AUTHORIZATION = `Basic ${Buffer.from(CREDENTIALS).toString('base64')}`;

const through = (name: string, more = {}) => {
  const { proxies } = proxiesOf({
    HTTP_PROXY: `http://${CREDENTIALS}@${name}`,
    HTTPS_PROXY: `http://${name}`,
    ...more,
  });
  return new Connections({ proxies, allowInsecure: true });
};
const access = { clientId: 'id', clientSecret: 'secret', allowInsecure: true, blipWaitsMs: [0, 0], deadlineMs: 30_000 };
const clientOf = (connections: Connections, more = {}) =>
  new MimecastClient({ ...access, baseUrl: API, connections, ...more });
const token: Handler = (_, response) => sendJson(response, 200, { access_token: 'token' });

async function proxied(options: ConnectProxyOptions, more = {}) {
  const proxy = await connectProxy(options);
  return { proxy, client: clientOf(through(proxy.name), more) };
}

describe('calls go through the proxy', () => {
  test('to the API, with the proxy’s credentials for the proxy alone', async () => {
    const api = await serve(token);
    const { proxy, client } = await proxied({ to: api.url, authorization: AUTHORIZATION });
    await client.authenticate();
    expect(proxy.asked.map(({ target }) => target)).toEqual(['api.mimecast.test:80']);
    expect(api.received).toMatchObject([{ path: '/oauth/token', headers: { host: 'api.mimecast.test' } }]);
    expect(api.received[0]?.headers).not.toHaveProperty('proxy-authorization');
  });

  test('to a store of files, and along its redirects', async () => {
    const store = await serve(({ path }, response) => {
      if (path === '/g') response.writeHead(200).end('content');
      else response.writeHead(307, { location: 'http://other.mimecast.test/g' }).end();
    });
    const { proxy, client } = await proxied({ to: store.url });
    const chunks: Uint8Array[] = [];
    const { bytes } = await client.openFile({ url: 'http://files.mimecast.test/f' });
    for await (const chunk of bytes) chunks.push(chunk);
    expect(Buffer.concat(chunks).toString()).toBe('content');
    expect(proxy.asked.map(({ target }) => target)).toEqual(['files.mimecast.test:80', 'other.mimecast.test:80']);
  });

  test('but not to this machine, nor to what NO_PROXY names', async () => {
    const api = await serve(token);
    const proxy = await connectProxy({ refuse: 502 });
    await clientOf(through(proxy.name), { baseUrl: api.url }).authenticate();
    expect(api.received).toHaveLength(1);
    expect(proxy.asked).toEqual([]);
    expect(through(proxy.name, { NO_PROXY: '.mimecast.test' }).proxyOf(new URL(API))).toBeUndefined();
  });
});

describe('a proxy that', () => {
  test.each([
    [403, 'it does not permit this host', 1],
    [407, 'it requires a user and a password, or different ones', 1],
    [502, 'it cannot reach the host', 3],
    [504, 'the host did not answer in time', 3],
  ])('answers %i is told as such: %s', async (refuse, reason, times) => {
    for (const baseUrl of [API, 'https://api.mimecast.test']) {
      const { proxy, client } = await proxied({ refuse }, { baseUrl });
      const facts = await errorFactsOf(client.authenticate());
      const host = new URL(baseUrl).host;
      const message = `the proxy ${proxy.name} did not connect to ${host} (HTTP ${refuse}: ${reason})`;
      expect(facts).toEqual({
        origin: 'mimecast',
        endpoint: 'token',
        cause: 'proxy',
        code: `proxy_${refuse}`,
        message,
      });
      expect(proxy.asked).toHaveLength(times);
      expect(classify(facts)).toMatchObject({
        type: 'ThirdPartyGeneric',
        retry: true,
        advice: expect.stringContaining('HTTPS_PROXY'),
      });
    }
  });

  test('hangs is named when the time is over', async () => {
    const { proxy, client } = await proxied({ hangs: true }, { deadlineMs: 300 });
    const { cause, message } = await errorFactsOf(client.authenticate());
    expect({ cause, message }).toEqual({
      cause: 'timeout',
      message: `api.mimecast.test did not answer within 0.3 s (through the proxy ${proxy.name})`,
    });
  });

  test('is not there is reported as such', async () => {
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    const address = closed.address();
    const name = `127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
    await new Promise((resolve) => closed.close(resolve));
    const { cause, message } = await errorFactsOf(clientOf(through(name)).authenticate());
    expect({ cause, message }).toEqual({
      cause: 'proxy',
      message: `the proxy ${name} cannot be used: ${name} refused the connection`,
    });
  });

  test('loses a connection says where it was lost', async () => {
    const api = await serve((_, response) => void response.socket?.resetAndDestroy());
    const { proxy, client } = await proxied({ to: api.url });
    expect((await errorFactsOf(client.authenticate())).message).toContain(`(through the proxy ${proxy.name})`);
  });

  test('refuses a file says nothing of that file', async () => {
    const { client } = await proxied({ refuse: 403 });
    const facts = await errorFactsOf(client.openFile({ url: 'http://files.mimecast.test/f' }));
    expect(facts).toMatchObject({ origin: 'file', cause: 'proxy', code: 'proxy_403' });
    expect(facts).not.toHaveProperty('status');
  });
});

describe('the test of a connection', () => {
  test('names the proxy it went through', async () => {
    const api = await serve(token);
    const proxy = await connectProxy({ to: api.url });
    const result = await testConnection({ ...access, baseUrl: API, connections: through(proxy.name) });
    expect(result).toEqual({ ok: true, ms: expect.any(Number), proxy: proxy.name });
  });

  test('names it also when it fails, without its credentials', async () => {
    const proxy = await connectProxy({ refuse: 407 });
    const result = await testConnection({ ...access, baseUrl: API, connections: through(proxy.name) });
    expect(result).toMatchObject({ ok: false, proxy: proxy.name, errorCode: 'proxy_407' });
    expect(JSON.stringify(result)).not.toMatch(/hush|someone|Basic/);
  });

  test('names it when it hangs', async () => {
    const api = await serve(hang);
    const proxy = await connectProxy({ to: api.url });
    const connections = through(proxy.name);
    const result = await testConnection({ ...access, baseUrl: API, connections, limitMs: 300 });
    expect(result.errorInfo).toContain(
      `${API} did not issue a token within 0.3 s (through the proxy ${proxy.name}). Check that`,
    );
  });
});
