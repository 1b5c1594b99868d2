import { describe, expect, test } from 'vitest';
import { OPENAPI_OPTIONS } from '../../../src/api/openapi.js';
import { apiClientOf, LostConnectionError } from '../../../src/cli/services/api-client.js';
import { RefusedError } from '../../../src/management/common/errors.js';
import { type Handler, sendJson, serve } from '../../support/local-server.js';

const KEY = { MIMECAST_ACCESS_ID: 'mc1', MIMECAST_ACCESS_KEY: 'hush7f3a' };
const SOURCE = { source: { config: { clientSecret: 'hush7f3a' } } };
const { openapi } = OPENAPI_OPTIONS as { readonly openapi: object };

const create = (server: string) => apiClientOf(server, KEY).call('POST', 'collectors/1/sources', SOURCE);

/** Answers to the first request as a management server does, and to the others with `handler`. */
const managementServer = (handler: Handler): Handler => {
  return (received, response) =>
    received.path.endsWith('/openapi.json') ? sendJson(response, 200, openapi) : handler(received, response);
};

const text =
  (status: number, body: string): Handler =>
  (_, response) =>
    void response.writeHead(status).end(body);

const STRANGE: readonly [string, Handler][] = [
  ['a page', text(200, '<html>hush</html>')],
  ['a page with an error', text(502, '<html>hush</html>')],
  ['nothing', text(200, '')],
  ['null', text(200, 'null')],
  ['a list', text(200, '[]')],
  ['a text', text(200, '"hush"')],
  ['JSON that breaks off', text(200, '{"id":')],
];

describe('a server of another kind', () => {
  const strangers: readonly [string, Handler][] = [
    ...STRANGE,
    ['another object', text(200, '{"ok":true}')],
    ['another API', text(200, '{"openapi":"3.1.0","info":{"title":"Petstore"}}')],
    ['null in the place of what tells it', text(200, '{"info":null}')],
    ['not found', (_, response) => sendJson(response, 404, { message: 'There is nothing here' })],
  ];
  test.each(strangers)('is told, and is sent neither key nor source: %s', async (_, handler) => {
    const server = await serve(handler);
    await expect(create(server.url)).rejects.toThrow(`${server.url}/api/v1 is not a management server`);
    expect(server.received).toHaveLength(1);
    expect(JSON.stringify(server.received)).not.toMatch(/hush|authorization/);
  });

  test('a body that is cut is reported as such', async () => {
    const server = await serve((_, response) => {
      response.writeHead(200, { 'content-length': 100 }).write('{"info":');
      response.socket?.end();
    });
    await expect(create(server.url)).rejects.toThrow(
      /^The management server at http:\/\/127\.0\.0\.1:\d+\/api\/v1 does not answer: .+$/,
    );
  });

  test.each(STRANGE)('between us and a management server is told: %s', async (_, handler) => {
    const server = await serve(managementServer(handler));
    await expect(create(server.url)).rejects.toThrow(`${server.url}/api/v1 is not a management server`);
  });
});

describe('a redirect is not followed, and its place reported', () => {
  test.each([301, 302, 303, 307, 308])('%i, at once or later', async (status) => {
    const other = await serve(managementServer(text(200, '{}')));
    const location = `${other.url}/api/v1/stolen?token=hush`;
    const redirect: Handler = (_, response) => void response.writeHead(status, { location }).end();
    for (const handler of [redirect, managementServer(redirect)]) {
      const server = await serve(handler);
      await expect(create(server.url)).rejects.toThrow(
        new RefusedError(`${server.url}/api/v1 redirects to ${other.url}; use that address with --server`),
      );
    }
    expect(other.received).toEqual([]);
  });

  test('also where it leads nowhere', async () => {
    const server = await serve((_, response) => void response.writeHead(302).end());
    await expect(create(server.url)).rejects.toThrow(/ redirects to nowhere;/);
  });
});

test.each([
  'http://user:hush@127.0.0.1:1',
  'https://hush@127.0.0.1',
  'http://user:hush@',
  'ftp://user:hush@a/',
  'http://a/?token=hush',
  'http://a/#hush',
  'hush',
  '',
])('--server %j is refused, and not repeated', (server) => {
  const error = (() => {
    try {
      return apiClientOf(server, KEY);
    } catch (thrown) {
      return thrown;
    }
  })();
  expect(error).toBeInstanceOf(RefusedError);
  expect(String(error)).toMatch(/--server takes an address/);
  expect(String(error)).not.toContain('hush');
});

test.each(['', '/', '/api', '/api/v1/', '/below/api/v1'])('an address may end with %j', async (path) => {
  const server = await serve(managementServer((_, response) => sendJson(response, 200, { id: 7 })));
  expect(await create(`${server.url}${path}`)).toEqual({ id: 7 });
  const [, received] = server.received;
  expect(received).toMatchObject({
    path: `${path.startsWith('/below') ? '/below' : ''}/api/v1/collectors/1/sources`,
    body: JSON.stringify(SOURCE),
    headers: { authorization: `Basic ${Buffer.from('mc1:hush7f3a').toString('base64')}` },
  });
});

test('what is refused is reported in the words of the server, of either form', async () => {
  const answers = [{ message: 'No.' }, { errors: [{ message: 'One' }, { message: 'two' }] }, { id: 1 }];
  const server = await serve(managementServer((_, response) => sendJson(response, 400, answers.shift())));
  const api = apiClientOf(server.url, KEY);
  for (const message of ['No.', 'One; two', `${server.url}/api/v1/x answers 400`])
    await expect(api.call('GET', 'x')).rejects.toThrow(new RefusedError(message));
  expect(server.received).toHaveLength(4);
});

test('what is not there can be asked for, and the answer to a DELETE can be empty', async () => {
  const server = await serve(
    managementServer(({ method }, response) => void response.writeHead(method === 'DELETE' ? 204 : 404).end()),
  );
  const api = apiClientOf(server.url, KEY);
  expect(await api.find('GET', 'x')).toBeUndefined();
  expect(await api.call('DELETE', 'x')).toEqual({});
});

test.each([429, 500, 502, 503])('%i passes, and it is known when', async (status) => {
  let isBusy = true;
  const server = await serve((received, response) => {
    if (isBusy) response.writeHead(status, { 'retry-after': '7' }).end('{"message":"busy"}');
    else void managementServer(text(200, '{"token":"a"}\n'))(received, response);
  });
  const client = apiClientOf(server.url, KEY);
  const follow = () => client.lines('search/follow', { body: {} }).next();
  const lost = expect.objectContaining({ name: 'LostConnectionError', retryAfterMs: 7_000 });
  await expect(follow()).rejects.toEqual(lost);
  isBusy = false;
  expect(await follow()).toEqual({ done: false, value: '{"token":"a"}' });
  isBusy = true;
  await expect(follow()).rejects.toEqual(lost);
  await expect(client.call('POST', 'search', {})).rejects.toThrow(new LostConnectionError('busy', 7_000));
});
