import { describe, expect, test, vi } from 'vitest';
import { SIEM_STREAMS, STREAMS } from '../../src/domain/streams/streams.js';
import { MimecastClient, type MimecastClientOptions } from '../../src/mimecast/client.js';
import { errorFactsOf, type Handler, hang, type LocalServer, sendJson, serve } from '../support/local-server.js';

const EMPTY_LIST = { value: [], '@nextPage': 't', isCaughtUp: true };
const EMPTY_PAGE = { meta: { status: 200, pagination: { pageSize: 1 } }, data: [], fail: [] };
const WINDOW = { from: new Date(0), to: new Date(1) };

function client({ url }: LocalServer, options: Partial<MimecastClientOptions> = {}): MimecastClient {
  return new MimecastClient({
    baseUrl: url,
    clientId: 'id',
    clientSecret: 'secret',
    allowInsecure: true,
    blipWaitsMs: [],
    ...options,
  });
}

/** An API that hands out tokens t1, t2, … and answers everything else with `handler`. */
function api(handler: Handler): Promise<LocalServer> {
  let issued = 0;
  return serve((received, response) => {
    if (!received.path.endsWith('/oauth/token')) return handler(received, response);
    issued += 1;
    sendJson(response, 200, { access_token: `t${issued}`, expires_in: 1_799 });
  });
}
const empty: Handler = ({ path }, response) =>
  sendJson(response, 200, path.startsWith('/siem') ? EMPTY_LIST : EMPTY_PAGE);
const fail =
  (status: number, code: string): Handler =>
  (_, response) =>
    sendJson(response, status, { fail: [{ code, message: `it says ${code}` }] }, { 'x-request-id': 'r1' });
const callsTo = ({ received }: LocalServer, path: string) => received.filter((each) => each.path === path);

describe('the base URL', () => {
  test.each(['http://api.services.mimecast.com', 'https://127.0.0.1', 'nonsense'])('%s is refused', (baseUrl) => {
    const make = () => new MimecastClient({ baseUrl, clientId: 'id', clientSecret: 'secret' });
    expect(make).toThrow(expect.objectContaining({ facts: expect.objectContaining({ origin: 'configuration' }) }));
  });

  test.each(['/proxy', '/proxy/'])('keeps its path %s', async (path) => {
    const server = await api((_, response) => sendJson(response, 200, EMPTY_LIST));
    await client(server, { baseUrl: server.url + path }).listBatchFiles({ type: 'av' });
    expect(server.received.map((each) => each.path)).toEqual(['/proxy/oauth/token', '/proxy/siem/v1/batch/events/cg']);
  });
});

describe('the token', () => {
  test('is sent as bearer, obtained once and used for all', async () => {
    const server = await api(empty);
    const mimecast = client(server);
    await mimecast.listBatchFiles({ type: 'receipt' });
    await mimecast.listRecords('audit', WINDOW);
    expect(server.received.map(({ path, headers }) => [path, headers.authorization])).toEqual([
      ['/oauth/token', undefined],
      ['/siem/v1/batch/events/cg', 'Bearer t1'],
      ['/api/audit/get-audit-events', 'Bearer t1'],
    ]);
  });

  test('is obtained again by authenticate', async () => {
    const server = await api(empty);
    const mimecast = client(server);
    await mimecast.authenticate();
    await mimecast.authenticate();
    await mimecast.listBatchFiles({ type: 'receipt' });
    expect(callsTo(server, '/oauth/token')).toHaveLength(2);
    expect(server.received.at(-1)?.headers.authorization).toBe('Bearer t2');
  });

  test('is renewed once when all streams find it expired at the same time', async () => {
    const server = await api((received, response) => {
      const handler = received.headers.authorization === 'Bearer t1' ? fail(401, 'token_expired') : empty;
      return handler(received, response);
    });
    const mimecast = client(server);
    await mimecast.authenticate();
    await Promise.all(STREAMS.map((stream) => mimecast.probe(stream)));
    expect(callsTo(server, '/oauth/token')).toHaveLength(2);
    expect(server.received).toHaveLength(2 + 2 * STREAMS.length);
  });

  test('is renewed once per call, not for ever', async () => {
    const server = await api(fail(401, 'token_expired'));
    expect(await errorFactsOf(client(server).probe('av'))).toMatchObject({ status: 401, code: 'token_expired' });
    expect(server.received).toHaveLength(4);
  });

  test('with another 401 is an error as it is, and the next call comes with a new one', async () => {
    const refusals = [fail(401, 'token_verification_failed')];
    const server = await api((received, response) => (refusals.shift() ?? empty)(received, response));
    const mimecast = client(server);
    expect(await errorFactsOf(mimecast.probe('av'))).toEqual({
      origin: 'mimecast',
      endpoint: 'batch list',
      status: 401,
      code: 'token_verification_failed',
      message: 'it says token_verification_failed',
      requestId: 'r1',
    });
    await mimecast.probe('av');
    expect(server.received.at(-1)?.headers.authorization).toBe('Bearer t2');
  });
});

describe('a status of 200 is not success', () => {
  test.each<[string, unknown, object]>([
    [
      'with a nested fail list',
      { ...EMPTY_PAGE, fail: [{ errors: [{ code: 'err_x', message: 'No X', retryable: false }] }] },
      { status: 200, code: 'err_x', message: 'No X' },
    ],
    ['with records and a fail list', { ...EMPTY_PAGE, data: [{}], fail: [{ code: 'err_y' }] }, { code: 'err_y' }],
    ['with another inner status', { meta: { status: 503 }, data: [] }, { status: 503, message: 'no reason was given' }],
    ['with an error', { error: { code: 'e', message: 'm' } }, { status: 200, code: 'e', message: 'm' }],
    ['with a list', [], { cause: 'unreadable' }],
    ['with null', null, { cause: 'unreadable' }],
    ['with something else', { ok: true }, { cause: 'unreadable' }],
  ])('%s', async (_, body, expected) => {
    const server = await api((_, response) => sendJson(response, 200, body, { 'x-request-id': 'r1' }));
    expect(await errorFactsOf(client(server).listRecords('audit', WINDOW))).toMatchObject({
      origin: 'mimecast',
      endpoint: 'audit events',
      requestId: 'r1',
      ...expected,
    });
  });

  test('with a body shorter than announced is a lost connection', async () => {
    const server = await api((_, response) => {
      response.writeHead(200, { 'content-length': 1_000 }).write('{"value":[]');
      response.socket?.end();
    });
    expect(await errorFactsOf(client(server).probe('av'))).toMatchObject({ cause: 'reset', endpoint: 'batch list' });
  });

  test('with a hung body is a timeout', async () => {
    const server = await api((_, response) => void response.writeHead(200).write('{"value":'));
    expect(await errorFactsOf(client(server, { deadlineMs: 100 }).probe('av'))).toMatchObject({ cause: 'timeout' });
  });
});

test('an abort of one call throws its reason', async () => {
  const server = await api(hang);
  const mimecast = client(server);
  await mimecast.authenticate();
  const controller = new AbortController();
  const reason = new Error('cancelled');
  const rejected = expect(mimecast.probe('dlp', controller.signal)).rejects.toBe(reason);
  await vi.waitUntil(() => server.received.length === 2);
  controller.abort(reason);
  await rejected;
});

describe('a probe', () => {
  test.each(SIEM_STREAMS)('of %s lists one file of today', async (stream) => {
    const server = await api(empty);
    await client(server).probe(stream);
    const today = new Date().toISOString().slice(0, 10);
    expect(Object.fromEntries(server.received.at(-1)?.query ?? [])).toEqual({
      type: stream,
      pageSize: '1',
      dateRangeStartsAt: today,
      dateRangeEndsAt: today,
    });
  });

  test.each(['audit', 'dlp', 'hold'] as const)('of %s asks for one record', async (stream) => {
    const server = await api(empty);
    await client(server).probe(stream);
    expect(JSON.parse(server.received.at(-1)?.body ?? '')).toMatchObject({ meta: { pagination: { pageSize: 1 } } });
  });

  test('without permission is an error of that endpoint', async () => {
    const server = await api(fail(403, 'app_forbidden'));
    expect(await errorFactsOf(client(server).probe('hold'))).toMatchObject({
      status: 403,
      code: 'app_forbidden',
      endpoint: 'held messages',
    });
  });
});
