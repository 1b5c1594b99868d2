/** What an operator's tools ask the server: probes without a key, and counts of requests. */

import { Writable } from 'node:stream';
import { Client, Connection } from '@temporalio/client';
import { pino } from 'pino';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { buildApp } from '../../src/api/app.js';
import { assembleServices } from '../../src/api/assemble.js';
import { connectionFamilies } from '../../src/api/common/observed-requests.js';
import { serverReadiness } from '../../src/management/watching/readiness.js';
import { Registry } from '../../src/metrics/registry.js';
import { SERVER_METRICS } from '../../src/metrics/server-metrics.js';
import { choosePort } from '../../src/runtime/ports.js';
import { collectionsOf } from '../../src/store/collections.js';
import { openDatabase } from '../../src/store/database.js';
import { apiServer } from '../support/api-server.js';
import { countedBy } from '../support/metric-samples.js';
import { collectionsIn } from '../support/raw-collections.js';
import { temporalConnection } from '../support/temporal-connection.js';
import { testDatabase } from '../support/test-database.js';

const collections = collectionsIn(testDatabase().db);
const { client } = temporalConnection();
const observer = new Registry(SERVER_METRICS);
// One request per second and key: probes are not counted among them.
const { api, get } = apiServer({ collections, client: () => client, ratePerSecond: 1, observer });
const nowhere = await choosePort(0);
const connection = Connection.lazy({ address: `127.0.0.1:${nowhere}`, interceptors: [] });
afterAll(() => connection.close());

const requests = () => countedBy(observer, 'mimecast_http_requests_total');

test('probes need no key and know no limit', async () => {
  for (let times = 0; times < 20; times += 1) {
    for (const path of ['/healthz', '/readyz']) expect((await fetch(get().url + path)).status).toBe(200);
  }
  const ready = await fetch(`${get().url}/readyz`);
  expect(await ready.json()).toEqual({ status: 'ready', mongodb: 'up', temporal: 'up' });
});

test('without Temporal the server is ready and says that it is away; without MongoDB it is not ready', async () => {
  const lonely = new Client({ connection });
  const withoutTemporal = serverReadiness(collections, lonely);
  expect(await withoutTemporal()).toEqual({
    isReady: true,
    body: { status: 'ready', mongodb: 'up', temporal: 'down' },
  });
  const database = openDatabase({ uri: `mongodb://127.0.0.1:${nowhere}`, name: 'away', serverSelectionTimeoutMs: 50 });
  onTestFinished(() => database.close());
  expect(await serverReadiness(collectionsOf(database), lonely)()).toEqual({
    isReady: false,
    body: { status: 'not ready', mongodb: 'down', temporal: 'down' },
  });
});

test('requests are counted by the template of their route, and never by what stands in the address', async () => {
  const before = await requests();
  await api('GET', 'v1/collectors/12345?token=secret');
  await api('GET', 'v1/collectors/54321');
  await api('GET', 'v1/no-such-address/secret');
  await api('GET', 'v1/collectors', { key: null });
  const after = await requests();
  const grown = Object.entries(after).map(([labels, count]) => [labels, count - (before[labels] ?? 0)] as const);
  expect(Object.fromEntries(grown.filter(([, count]) => count > 0))).toEqual({
    '/api/v1/collectors/:cid GET 404': 2,
    'none GET 404': 1,
    '/api/v1/collectors GET 401': 1,
  });
  expect(await observer.text()).not.toMatch(/secret|12345/);
});

test('open connections are told', async () => {
  await fetch(`${get().url}/healthz`);
  const [family] = await connectionFamilies(get().app.server);
  expect(family?.samples[0]?.value).toBeGreaterThanOrEqual(1);
});

test.each([
  ['of a proxy', 'abc-123', /^abc-123$/],
  ['made here, as none came', undefined, /^[0-9a-f-]{36}$/],
  ['made here, as a log is no place for what came', 'a"b{}', /^[0-9a-f-]{36}$/],
])('an id %s is in the answer, and in the log with that of the error', async (_, id, wanted) => {
  const lines: string[] = [];
  const output = new Writable({ write: (chunk, _, done) => done(void lines.push(String(chunk))) });
  const services = assembleServices({ collections, client, allowInsecure: true });
  const app = await buildApp({ services, logger: pino(output) });
  onTestFinished(() => app.close());
  app.get('/fails', { config: { isPublic: true } }, async () => {
    throw new Error('on purpose');
  });
  const headers = id === undefined ? {} : { 'x-request-id': id };
  const answer = await app.inject({ url: '/fails', headers });
  expect(answer.statusCode).toBe(500);
  const requestId = answer.headers['x-request-id'];
  expect(requestId).toMatch(wanted);
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ requestId, errorId: answer.json().id }]);
});
