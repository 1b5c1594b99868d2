import dns from 'node:dns';
import { expect, onTestFinished, test, vi } from 'vitest';
import { classify, type Failure } from '../../src/domain/failures/failure.js';
import { errorFactsOf } from '../../src/ingest/slice/error-facts-of.js';
import { collectorDatabase } from '../support/collector-database.js';
import { type Handler, hang, sendJson, serve } from '../support/local-server.js';
import { raw } from '../support/raw-collections.js';
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
    return classify(errorFactsOf(error));
  }
  throw new Error('the authentication did not fail');
}

/** The name is not asked for outside of this machine. */
function resolveNothing(address: string, code: 'ENOTFOUND' | 'EAI_AGAIN'): void {
  const real = dns.lookup as (...args: readonly unknown[]) => void;
  const lookup = vi.spyOn(dns, 'lookup').mockImplementation(((...args: readonly unknown[]) => {
    if (args[0] !== new URL(address).hostname) return real(...args);
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
  await raw(collections).sources.updateOne({ _id: source.id }, { $set: { 'config.baseUrl': server.url } } as object);
  expect(await source.run(({ authenticate }, id) => authenticate(id))).toEqual({ denied: [] });
  expect((await raw(collections).sources.findOne({ _id: source.id }))?.knownHost).toBe(server.url);
  isProven = true;
  return { source, url: server.url };
}

/** The source has been refused by its host for so long, and so often. */
async function doubt(source: SimulatedSource, baseUrl: string, count: number, minutes: number): Promise<void> {
  const hostDoubts = { baseUrl, count, since: new Date(Date.now() - minutes * 60_000), at: new Date() };
  await raw(collections).sources.updateOne({ _id: source.id }, { $set: { hostDoubts } });
}

const STRANGERS: [string, Handler][] = [
  ['answers 404', answering(404)],
  ['answers 405', answering(405)],
  ['answers with a web page', page],
  ['sends elsewhere', answering(302, { location: 'https://example.invalid/' })],
];

test.each([
  ['404', { status: 404 }],
  ['405', { status: 405 }],
  ['a maintenance page', { status: 200, body: '<html>Scheduled maintenance</html>' }],
  ['a redirect', { status: 302, headers: { location: 'https://example.invalid/' } }],
])('%s as the very first answer proves nothing: it is retried, and then good', async (_, action) => {
  const source = await simulatedSource(collections);
  await source.fault({ endpoint: 'token', times: 2, action });
  for (const count of [1, 2]) {
    expect(await failureOf(source)).toMatchObject({ type: 'ThirdPartyGeneric', retry: true });
    expect((await raw(collections).sources.findOne({ _id: source.id }))?.hostDoubts).toMatchObject({ count });
  }
  expect(await source.run(({ authenticate }, id) => authenticate(id))).toEqual({ denied: [] });
  expect((await raw(collections).sources.findOne({ _id: source.id }))?.hostDoubts).toBeUndefined();
});

test.each(STRANGERS)('a new host that %s again and again for minutes is a mistake in baseUrl', async (_, handler) => {
  const stranger = await serve(handler);
  const source = await simulatedSource(collections, { config: { baseUrl: stranger.url } });
  await doubt(source, stranger.url, 6, 4);
  const failure = await failureOf(source);
  expect(failure).toMatchObject({ type: 'ThirdPartyConfig', code: 'WrongHost', retry: false, severity: 'error' });
  expect(failure.againEveryMs).toBe(300_000);
  expect(failure.message).toContain(`baseUrl ${stranger.url} is not Mimecast's API: 7 token requests in 4 min failed`);
  expect(failure.advice).toContain('update the source');
  expect(JSON.stringify(failure)).not.toContain('sim-secret');
  expect((await raw(collections).sources.findOne({ _id: source.id }))?.knownHost).toBeUndefined();
});

test('a host whose functions refuse strangers as the API does is the API, whatever its token call answers', async () => {
  const source = await simulatedSource(collections);
  await source.fault({ endpoint: 'token', times: -1, action: { status: 405 } });
  await doubt(source, source.simulator.url, 50, 40);
  expect(await failureOf(source)).toMatchObject({ type: 'ThirdPartyGeneric', code: 'http_405', retry: true });
});

test.each<[string, string, number, number]>([
  ['of another address', 'https://example.invalid', 50, 50],
  ['of a moment', '', 50, 1],
  ['of a few attempts', '', 2, 50],
])('doubts %s are not enough', async (_, baseUrl, count, minutes) => {
  const stranger = await serve(answering(404));
  const source = await simulatedSource(collections, { config: { baseUrl: stranger.url } });
  await doubt(source, baseUrl || stranger.url, count, minutes);
  expect(await failureOf(source)).toMatchObject({ type: 'ThirdPartyGeneric', code: 'http_404', retry: true });
});

test('§9 #23: a host name that does not exist, for minutes, is a mistake in baseUrl', async () => {
  resolveNothing(UNKNOWN_HOST, 'ENOTFOUND');
  const source = await simulatedSource(collections, { config: { baseUrl: UNKNOWN_HOST } });
  expect(await failureOf(source)).toMatchObject({ type: 'ThirdPartyGeneric', code: 'unknownHost', retry: true });
  await doubt(source, UNKNOWN_HOST, 6, 4);
  const failure = await failureOf(source);
  expect(failure).toMatchObject({ type: 'ThirdPartyConfig', code: 'WrongHost', retry: false });
  expect(failure.message).toContain(`baseUrl ${UNKNOWN_HOST} is not Mimecast's API`);
  expect(failure.message).toContain('the host no-such-host.invalid does not exist');
});

test('a host of Mimecast’s is never a mistake in baseUrl, however long nothing is right there', async () => {
  const baseUrl = 'https://us-api.services.mimecast.com';
  resolveNothing(baseUrl, 'ENOTFOUND');
  const source = await simulatedSource(collections, { config: { baseUrl } });
  await doubt(source, baseUrl, 50, 50);
  expect(await failureOf(source)).toMatchObject({ type: 'ThirdPartyGeneric', code: 'unknownHost', retry: true });
});

test('a resolver that is out of order says nothing of the host, and is retried', async () => {
  resolveNothing(UNKNOWN_HOST, 'EAI_AGAIN');
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
])('a host that gave a token before and now %s is failing, and is retried', async (_, handler, code) => {
  const { source, url } = await provenAt(handler);
  const failure = await failureOf(source);
  expect(failure).toMatchObject({ type: 'ThirdPartyGeneric', code, retry: true });
  expect(failure.message).not.toContain(`baseUrl ${url} is not`);
});

test('a proven host whose name is not found any more is failing, and is retried', async () => {
  const source = await simulatedSource(collections);
  const changed = { 'config.baseUrl': UNKNOWN_HOST, knownHost: UNKNOWN_HOST };
  await raw(collections).sources.updateOne({ _id: source.id }, { $set: changed } as object);
  resolveNothing(UNKNOWN_HOST, 'ENOTFOUND');
  expect(await failureOf(source)).toMatchObject({ type: 'ThirdPartyGeneric', code: 'unknownHost', retry: true });
});

test('a proven source whose baseUrl is changed to a wrong one has to prove the new one', async () => {
  const { source } = await provenAt(hang);
  const stranger = await serve(answering(404));
  await raw(collections).sources.updateOne({ _id: source.id }, { $set: { 'config.baseUrl': stranger.url } } as object);
  await doubt(source, stranger.url, 6, 4);
  expect(await failureOf(source)).toMatchObject({ type: 'ThirdPartyConfig', code: 'WrongHost', retry: false });
});
