import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import type { MetricsPlace } from '../../src/config/environment.js';
import { openMetricsListener, type Watched } from '../../src/runtime/metrics-listener.js';
import { workerReadiness } from '../../src/runtime/worker-readiness.js';

const LOCAL: MetricsPlace = { host: '127.0.0.1', port: 0 };
const WATCHED: Watched = {
  scrape: async () => 'up 1\n',
  readiness: async () => ({ isReady: true, body: { status: 'ready' } }),
};

async function opened(watched: Partial<Watched> = {}, place = LOCAL) {
  const log: string[] = [];
  const logger = pino({}, { write: (line) => void log.push(line) });
  const listener = await openMetricsListener(place, { ...WATCHED, ...watched }, logger);
  onTestFinished(() => listener.close());
  const ask = async (method: string, path: string) => {
    const response = await fetch(listener.address + path, { method });
    return { status: response.status, type: response.headers.get('content-type'), body: await response.text() };
  };
  return { listener, log, ask };
}

const PLAIN = 'text/plain; charset=utf-8';
const JSON_TYPE = 'application/json; charset=utf-8';

test.each([
  ['GET', '/metrics', { status: 200, type: 'text/plain; version=0.0.4; charset=utf-8', body: 'up 1\n' }],
  ['HEAD', '/metrics', { status: 200, type: 'text/plain; version=0.0.4; charset=utf-8', body: '' }],
  ['GET', '/metrics?x=1', { status: 200, type: 'text/plain; version=0.0.4; charset=utf-8', body: 'up 1\n' }],
  ['GET', '/healthz', { status: 200, type: JSON_TYPE, body: '{"status":"alive"}' }],
  ['GET', '/readyz', { status: 200, type: JSON_TYPE, body: '{"status":"ready"}' }],
  ['GET', '/', { status: 404, type: PLAIN, body: 'Here are /metrics, /healthz and /readyz.\n' }],
  ['POST', '/metrics', { status: 405, type: PLAIN, body: 'This method is not supported.\n' }],
])('%s %s', async (method, path, answer) => {
  expect(await (await opened()).ask(method, path)).toEqual(answer);
});

test('one that is not ready says so with 503, and why', async () => {
  const body = { status: 'stopping' };
  const { ask } = await opened({ readiness: async () => ({ isReady: false, body }) });
  expect(await ask('GET', '/readyz')).toEqual({ status: 503, type: JSON_TYPE, body: JSON.stringify(body) });
});

test('metrics that cannot be read are 500, and only the log says why', async () => {
  const { ask, log } = await opened({ scrape: () => Promise.reject(new Error('no figures')) });
  expect(await ask('GET', '/metrics')).toMatchObject({ status: 500, body: expect.not.stringContaining('no figures') });
  expect(log.join('')).toContain('the metrics cannot be read: no figures');
  expect((await ask('GET', '/healthz')).status).toBe(200);
});

test('a port that another program has is named in one line', async () => {
  const { listener } = await opened();
  const port = Number(new URL(listener.address).port);
  await expect(opened({}, { ...LOCAL, port })).rejects.toThrow(
    new RegExp(`^port ${port} on 127\\.0\\.0\\.1 is in use by another program$`),
  );
});

test('it closes although somebody keeps a connection open', async () => {
  const { listener, ask } = await opened();
  await ask('GET', '/healthz');
  await listener.close();
  await expect(ask('GET', '/healthz')).rejects.toThrow('fetch failed');
});

const STOPPING = AbortSignal.abort();
const RUNNING = new AbortController().signal;

test.each([
  ['waits for its servers', undefined, RUNNING, { isReady: false, body: { status: 'starting' } }],
  ['does not poll yet', { isPolling: false }, RUNNING, { isReady: false, body: { status: 'starting' } }],
  ['polls', { isPolling: true }, RUNNING, { isReady: true, body: { status: 'ready' } }],
  ['is to stop', { isPolling: true }, STOPPING, { isReady: false, body: { status: 'stopping' } }],
])('a worker that %s', (_, worker, stopping, readiness) => {
  expect(workerReadiness(worker, stopping)).toEqual(readiness);
});
