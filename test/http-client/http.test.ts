import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { Deadline } from '../../src/http-client/deadline.js';
import { type HttpRequest, request, VERSION } from '../../src/http-client/http.js';
import { explainErrorBody } from '../../src/mimecast/error-body.js';
import { errorFactsOf, type Handler, hang, happening, sendJson, serve } from '../support/local-server.js';

interface Call extends Partial<HttpRequest> {
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal;
}

function call(url: string, { deadlineMs = 60_000, signal, ...rest }: Call = {}): Promise<Response> {
  const facts = { origin: 'mimecast', endpoint: 'batch list', message: 'too slow' } as const;
  const deadline = new Deadline(deadlineMs, signal, facts);
  onTestFinished(() => deadline.close());
  const blipWaitsMs = [0, 0, 0];
  const http: HttpRequest = {
    method: 'GET',
    url: new URL(url),
    origin: 'mimecast',
    endpoint: 'batch list',
    conceal: (text) => text,
    explain: explainErrorBody,
    deadline,
    blipWaitsMs,
  };
  return request({ ...http, ...rest });
}

/** Answers as listed, then with success. */
function answers(...handlers: Handler[]): Handler {
  return (received, response) =>
    (handlers.shift() ?? ((_, last) => sendJson(last, 200, { ok: true })))(received, response);
}
const status =
  (code: number, headers = {}): Handler =>
  (_, response) =>
    sendJson(response, code, {}, headers);
const reset: Handler = (_, response) => void response.socket?.resetAndDestroy();

test('sends what it is given and who it is', async () => {
  const server = await serve(status(200));
  await call(`${server.url}/a?b=c+d`, { method: 'POST', headers: { 'x-test': '1' }, body: 'text' });
  expect(server.received).toMatchObject([{ method: 'POST', path: '/a', body: 'text', headers: { 'x-test': '1' } }]);
  expect(server.received[0]?.query.get('b')).toBe('c d');
  expect(server.received[0]?.headers['user-agent']).toBe(`mimecast-source/${packageJson.version}`);
  expect(VERSION).toBe(packageJson.version);
});

describe('blips', () => {
  test.each<[string, Handler[]]>([
    ['a lost connection', [reset]],
    ['503 three times', [status(503), status(503), status(503)]],
    ['every status that passes', [status(500), status(502), status(504)]],
    ['a mixture', [status(502), reset, status(503, { 'retry-after': '0' })]],
  ])('%s is absorbed', async (_, blips) => {
    const server = await serve(answers(...blips));
    const expected = blips.length + 1;
    expect((await call(server.url)).status).toBe(200);
    expect(server.received).toHaveLength(expected);
  });

  test.each<[string, Handler[], number, object]>([
    ['the fourth 503', [status(503), status(503), status(503), status(503)], 4, { status: 503 }],
    ['the fourth lost connection', [reset, reset, reset, reset], 4, { cause: 'reset' }],
    ['429', [status(429, { 'retry-after': '3' })], 1, { status: 429, retryAfterMs: 3_000 }],
    ['429 with a reset', [status(429, { 'x-ratelimit-reset': '1500' })], 1, { status: 429, retryAfterMs: 1_500 }],
    ['503 that asks for a long wait', [status(503, { 'retry-after': '60' })], 1, { status: 503, retryAfterMs: 60_000 }],
    ['400', [status(400)], 1, { status: 400 }],
    ['401', [status(401)], 1, { status: 401 }],
    ['403', [status(403)], 1, { status: 403 }],
    ['404', [status(404)], 1, { status: 404 }],
    ['501', [status(501)], 1, { status: 501 }],
  ])('%s is trouble', async (_, blips, calls, expected) => {
    const server = await serve(answers(...blips));
    expect(await errorFactsOf(call(server.url))).toMatchObject({
      origin: 'mimecast',
      endpoint: 'batch list',
      ...expected,
    });
    expect(server.received).toHaveLength(calls);
  });

  test('a wait that would pass the deadline is not begun: the real reason is reported', async () => {
    const server = await serve(status(503));
    const facts = await errorFactsOf(call(server.url, { blipWaitsMs: [60_000], deadlineMs: 59_000 }));
    expect(facts).toMatchObject({ status: 503 });
    expect(server.received).toHaveLength(1);
  });

  test('an abort ends the wait at once', async () => {
    const { happen, happened } = happening();
    const server = await serve((_, response) => {
      response.on('close', happen);
      sendJson(response, 503, {});
    });
    const controller = new AbortController();
    const result = call(server.url, { blipWaitsMs: [50_000], signal: controller.signal });
    const reason = new Error('cancelled');
    const rejected = expect(result).rejects.toBe(reason);
    await happened;
    controller.abort(reason);
    await rejected;
    expect(server.received).toHaveLength(1);
  });
});

describe('no answer', () => {
  test('of a hung server ends at the deadline, as a timeout', async () => {
    const server = await serve(hang);
    expect(await errorFactsOf(call(server.url, { deadlineMs: 100 }))).toEqual({
      origin: 'mimecast',
      endpoint: 'batch list',
      cause: 'timeout',
      message: 'too slow',
    });
    await server.closed;
  });

  test('of a hung error body ends at the deadline too', async () => {
    const server = await serve((_, response) => void response.writeHead(400, { 'content-length': 10 }).write('{'));
    expect(await errorFactsOf(call(server.url, { deadlineMs: 50 }))).toMatchObject({ cause: 'timeout' });
  });

  test('because of an error body that breaks off is still that error', async () => {
    const server = await serve((_, response) => {
      response.writeHead(403, { 'content-length': 100 }).write('{"fail"');
      response.socket?.end();
    });
    expect(await errorFactsOf(call(server.url))).toMatchObject({ status: 403, message: 'no reason was given' });
  });

  test('where nobody listens is a refusal', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    server.close();
    await once(server, 'close');
    expect(await errorFactsOf(call(`http://127.0.0.1:${port}/?sig=hush`))).toEqual({
      origin: 'mimecast',
      endpoint: 'batch list',
      cause: 'refused',
      message: `127.0.0.1:${port} refused the connection`,
    });
  });

  test('but something else than HTTP is unreadable', async () => {
    const server = createServer((socket) => socket.end('SSH-2.0-OpenSSH\r\n')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    expect(await errorFactsOf(call(`http://127.0.0.1:${port}/`))).toMatchObject({ cause: 'unreadable' });
  });
});

describe('an abort by the caller', () => {
  test('before the call throws its reason, and nothing is sent', async () => {
    const server = await serve(status(200));
    const reason = { why: 'cancelled' };
    await expect(call(server.url, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(server.received).toHaveLength(0);
  });

  test('during the call throws its reason and closes the connection', async () => {
    const { happen, happened } = happening();
    const server = await serve(happen);
    const controller = new AbortController();
    const reason = new Error('cancelled');
    const rejected = expect(call(server.url, { signal: controller.signal })).rejects.toBe(reason);
    await happened;
    controller.abort(reason);
    await rejected;
    await server.closed;
  });
});

test.each([301, 302, 303, 307, 308])('a redirect (%i) is an error and not followed', async (code) => {
  const other = await serve(status(200));
  const location = `${other.url}/steal?sig=hush`;
  const server = await serve(status(code, { location }));
  const facts = await errorFactsOf(call(server.url, { headers: { authorization: 'Bearer secret' } }));
  expect(facts.status).toBe(code);
  expect(facts.message).toContain(`redirects to ${new URL(other.url).host}`);
  expect(facts.message).not.toContain('hush');
  expect(other.received).toHaveLength(0);
});

test('error tells code, message and request id', async () => {
  const body = { fail: [{ code: 'app_forbidden', message: 'Forbidden to perform the requested operation' }] };
  const server = await serve((_, response) => sendJson(response, 403, body, { 'x-request-id': 'r-7' }));
  expect(await errorFactsOf(call(server.url))).toEqual({
    origin: 'mimecast',
    endpoint: 'batch list',
    status: 403,
    code: 'app_forbidden',
    message: 'Forbidden to perform the requested operation',
    requestId: 'r-7',
  });
});
