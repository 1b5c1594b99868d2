import { afterEach, describe, expect, test, vi } from 'vitest';
import { TokenSource } from '../../src/mimecast/token.js';
import {
  errorFactsOf,
  type Handler,
  hang,
  happening,
  type LocalServer,
  sendJson,
  serve,
} from '../support/local-server.js';

const SECRET = 'hush&+ secret';

function source({ url }: LocalServer, deadlineMs = 60_000): TokenSource {
  return new TokenSource({
    baseUrl: new URL(`${url}/`),
    clientId: 'id',
    clientSecret: SECRET,
    blipWaitsMs: [],
    deadlineMs,
  });
}

/** Hands out t1, t2, … */
function issuer(rest: Record<string, unknown> = { token_type: 'Bearer', expires_in: 1_799, scope: '' }): Handler {
  let issued = 0;
  return (_, response) => {
    issued += 1;
    sendJson(response, 200, { access_token: `t${issued}`, ...rest });
  };
}

test('asks with the client credentials, as a form', async () => {
  const server = await serve(issuer());
  expect(await source(server).get()).toBe('t1');
  const [received] = server.received;
  expect(received).toMatchObject({ method: 'POST', path: '/oauth/token' });
  expect(received?.headers['content-type']).toBe('application/x-www-form-urlencoded');
  expect(received?.headers.authorization).toBeUndefined();
  expect(Object.fromEntries(new URLSearchParams(received?.body))).toEqual({
    client_id: 'id',
    client_secret: SECRET,
    grant_type: 'client_credentials',
  });
});

describe('the life of a token', () => {
  afterEach(() => void vi.useRealTimers());

  test.each<[string, Record<string, unknown>, number]>([
    ['half an hour', { expires_in: 1_799 }, 1_739],
    ['number as text', { expires_in: '1799' }, 1_739],
    ['five minutes', { expires_in: 300 }, 240],
    ['a short one', { expires_in: 10 }, 8],
    ['not said', {}, 1_740],
    ['null', { expires_in: null }, 1_740],
    ['nonsense', { expires_in: 'soon' }, 1_740],
    ['negative', { expires_in: -1 }, 1_740],
  ])('%s', async (_, rest, usableS) => {
    vi.useFakeTimers({ toFake: ['Date'], now: 1_700_000_000_000 });
    const server = await serve(issuer(rest));
    const tokens = source(server);
    await tokens.get();
    vi.setSystemTime(Date.now() + usableS * 1_000 - 1);
    expect(await tokens.get()).toBe('t1');
    vi.setSystemTime(Date.now() + 1);
    expect(await tokens.get()).toBe('t2');
    expect(server.received).toHaveLength(2);
  });
});

describe('sharing', () => {
  test('all callers share one request', async () => {
    const server = await serve(issuer());
    const tokens = source(server);
    const got = await Promise.all(Array.from({ length: 13 }, () => tokens.get()));
    expect(new Set(got)).toEqual(new Set(['t1']));
    expect(server.received).toHaveLength(1);
  });

  test('an abort ends one wait and not the others', async () => {
    const asked = happening();
    const answer = happening();
    const server = await serve(async (_, response) => {
      asked.happen();
      await answer.happened;
      sendJson(response, 200, { access_token: 't1' });
    });
    const tokens = source(server);
    const controller = new AbortController();
    const reason = new Error('cancelled');
    const first = expect(tokens.get(controller.signal)).rejects.toBe(reason);
    const second = tokens.get();
    await asked.happened;
    controller.abort(reason);
    await first;
    answer.happen();
    expect(await second).toBe('t1');
    expect(server.received).toHaveLength(1);
  });

  test('an aborted signal is thrown even when there is a token', async () => {
    const server = await serve(issuer());
    const tokens = source(server);
    await tokens.get();
    await expect(tokens.get(AbortSignal.abort('why'))).rejects.toBe('why');
  });

  test('a failure is reported to all, and the next caller asks again', async () => {
    const broken: Handler[] = [(_, response) => sendJson(response, 400, {})];
    const good = issuer();
    const server = await serve((received, response) => (broken.shift() ?? good)(received, response));
    const tokens = source(server);
    const results = await Promise.allSettled([tokens.get(), tokens.get()]);
    expect(results.map((result) => result.status)).toEqual(['rejected', 'rejected']);
    expect(server.received).toHaveLength(1);
    expect(await tokens.get()).toBe('t1');
  });

  test('only the current token can be dropped', async () => {
    const server = await serve(issuer());
    const tokens = source(server);
    await tokens.get();
    tokens.invalidate('another');
    expect(await tokens.get()).toBe('t1');
    tokens.invalidate('t1');
    expect(await tokens.get()).toBe('t2');
    tokens.invalidate('t1');
    expect(await tokens.get()).toBe('t2');
    tokens.invalidate();
    expect(await tokens.get()).toBe('t3');
  });
});

describe('errors', () => {
  test('with the credentials is reported as Mimecast says it, and without the secret', async () => {
    const body = { fail: [{ code: 'InvalidClientIdentifier', message: 'Client credentials are invalid' }] };
    const server = await serve((_, response) => sendJson(response, 401, body, { 'x-request-id': 'r1' }));
    const facts = await errorFactsOf(source(server).get());
    expect(facts).toEqual({
      origin: 'mimecast',
      endpoint: 'token',
      status: 401,
      code: 'InvalidClientIdentifier',
      message: 'Client credentials are invalid',
      requestId: 'r1',
    });
  });

  test.each<[string, string]>([
    ['no token', '{"expires_in":1}'],
    ['an empty token', '{"access_token":""}'],
    ['a token that is no text', '{"access_token":{}}'],
    ['a token that cannot stand in a header', '{"access_token":"a\\nb"}'],
    ['an HTML page', '<html></html>'],
    ['a list', '["t"]'],
    ['nothing', ''],
    ['JSON that breaks off', '{"access_token":"t'],
  ])('%s is unreadable', async (_, body) => {
    const server = await serve((_, response) => void response.end(body));
    expect(await errorFactsOf(source(server).get())).toMatchObject({ cause: 'unreadable', endpoint: 'token' });
  });

  test('a hung request ends at its own deadline', async () => {
    const server = await serve(hang);
    const facts = await errorFactsOf(source(server, 20).get());
    expect(facts).toMatchObject({ cause: 'timeout', endpoint: 'token' });
    expect(facts.message).toMatch(/did not answer within 0.02 s/);
  });
});
