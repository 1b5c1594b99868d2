import dns from 'node:dns';
import { expect, onTestFinished, test, vi } from 'vitest';
import { troubleOf } from '../../src/activities/trouble-of.js';
import { classify, type Failure } from '../../src/source/failure.js';
import { type Handler, hang, sendJson, serve } from '../mimecast/local-server.js';
import { collectorDatabase } from '../support/collector-database.js';
import { type SimulatedSource, simulatedSource } from '../support/simulated-source.js';

const collections = collectorDatabase();
const UNKNOWN_HOST = 'http://no-such-host.invalid';

const page: Handler = (_, response) => {
  response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Welcome</title>');
};
const answering =
  (status: number, headers = {}): Handler =>
  (_, response) =>
    void response.writeHead(status, { 'content-type': 'text/html', ...headers }).end('<html><h1>No</h1></html>');

/** How the worker would classify the end of an authentication that fails. */
async function failureOf(source: SimulatedSource): Promise<Failure> {
  try {
    await source.run(({ authenticate }, id) => authenticate(id));
  } catch (error) {
    return classify(troubleOf(error));
  }
  throw new Error('the authentication did not fail');
}

/** The name is not asked for outside of this machine. */
function resolveNothing(code: 'ENOTFOUND' | 'EAI_AGAIN'): void {
  const real = dns.lookup as (...args: readonly unknown[]) => void;
  const lookup = vi.spyOn(dns, 'lookup').mockImplementation(((...args: readonly unknown[]) => {
    if (args[0] !== new URL(UNKNOWN_HOST).hostname) return real(...args);
    const done = args.at(-1) as (error: Error) => void;
    process.nextTick(() => done(Object.assign(new Error(`getaddrinfo ${code}`), { code, syscall: 'getaddrinfo' })));
  }) as typeof dns.lookup);
  onTestFinished(() => lookup.mockRestore());
}

/** The source gives a token first, then its configured host turns into what the handler is. */
async function provenAt(handler: Handler): Promise<{ source: SimulatedSource; url: string }> {
  let isProven = false;
  const source = await simulatedSource(collections);
  const server = await serve(async (received, response) => {
    if (isProven) return handler(received, response);
    const answer = await fetch(`${source.simulator.url}${received.path}?${received.query}`, {
      method: received.method,
      headers: {
        'content-type': received.headers['content-type'] ?? '',
        authorization: received.headers.authorization ?? '',
      },
      ...(received.method === 'GET' ? {} : { body: received.body }),
    });
    sendJson(response, answer.status, await answer.json());
  });
  await collections.sources.updateOne({ _id: source.id }, { $set: { 'config.baseUrl': server.url } } as object);
  expect(await source.run(({ authenticate }, id) => authenticate(id))).toEqual({ denied: [] });
  expect((await collections.sources.findOne({ _id: source.id }))?.knownHost).toBe(server.url);
  isProven = true;
  return { source, url: server.url };
}

test.each<[string, Handler]>([
  ['answers 404', answering(404)],
  ['answers 405', answering(405)],
  ['answers with a web page', page],
  ['sends elsewhere', answering(302, { location: 'https://example.invalid/' })],
])('a new host that %s is a mistake in baseUrl, and is not retried', async (_, handler) => {
  const stranger = await serve(handler);
  const source = await simulatedSource(collections, { config: { baseUrl: stranger.url } });
  const failure = await failureOf(source);
  expect(failure).toMatchObject({ type: 'ThirdPartyConfig', code: 'WrongHost', retry: false, severity: 'error' });
  expect(failure.message).toContain(`baseUrl ${stranger.url} is not Mimecast's API`);
  expect(failure.advice).toContain('update the source');
  expect(JSON.stringify(failure)).not.toContain('sim-secret');
  expect((await collections.sources.findOne({ _id: source.id }))?.knownHost).toBeUndefined();
});

test('§9 #23: a host name that does not exist is a mistake in baseUrl', async () => {
  resolveNothing('ENOTFOUND');
  const source = await simulatedSource(collections, { config: { baseUrl: UNKNOWN_HOST } });
  const failure = await failureOf(source);
  expect(failure).toMatchObject({ type: 'ThirdPartyConfig', code: 'WrongHost', retry: false });
  expect(failure.message).toContain(`baseUrl ${UNKNOWN_HOST} is not Mimecast's API: there is no host`);
});

test('a resolver that is out of order says nothing of the host, and is retried', async () => {
  resolveNothing('EAI_AGAIN');
  const source = await simulatedSource(collections, { config: { baseUrl: UNKNOWN_HOST } });
  expect(await failureOf(source)).toMatchObject({ type: 'ThirdPartyGeneric', code: 'dns', retry: true });
});

test.each<[string, Handler, string]>([
  ['503', answering(503), 'http_503'],
  ['a rate limit', answering(429), 'http_429'],
])('a new host that answers %s may be the right one, and is retried', async (_, handler, code) => {
  const server = await serve(handler);
  const source = await simulatedSource(collections, { config: { baseUrl: server.url } });
  expect(await failureOf(source)).toMatchObject({ type: 'ThirdPartyGeneric', code, retry: true });
});

test.each<[string, Handler, string]>([
  ['answers 404', answering(404), 'http_404'],
  ['answers 405', answering(405), 'http_405'],
  ['answers with a web page', page, 'unreadable'],
])('a host that gave a token before and now %s is in trouble, and is retried', async (_, handler, code) => {
  const { source, url } = await provenAt(handler);
  const failure = await failureOf(source);
  expect(failure).toMatchObject({ type: 'ThirdPartyGeneric', code, retry: true });
  expect(failure.message).not.toContain(`baseUrl ${url} is not`);
});

test('a proven host whose name is not found any more is in trouble, and is retried', async () => {
  const source = await simulatedSource(collections);
  const changed = { 'config.baseUrl': UNKNOWN_HOST, knownHost: UNKNOWN_HOST };
  await collections.sources.updateOne({ _id: source.id }, { $set: changed } as object);
  resolveNothing('ENOTFOUND');
  expect(await failureOf(source)).toMatchObject({ type: 'ThirdPartyGeneric', code: 'unknownHost', retry: true });
});

test('a proven source whose baseUrl is changed to a wrong one has to prove the new one', async () => {
  const { source } = await provenAt(hang);
  const stranger = await serve(answering(404));
  await collections.sources.updateOne({ _id: source.id }, { $set: { 'config.baseUrl': stranger.url } } as object);
  expect(await failureOf(source)).toMatchObject({ type: 'ThirdPartyConfig', code: 'WrongHost', retry: false });
});
