/** What the real programs tell of themselves, and that alert rules and dashboard ask for nothing else. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { STREAMS } from '../../../src/domain/streams/streams.js';
import { choosePort } from '../../../src/runtime/ports.js';
import { projectRoot } from '../../../src/runtime/project-root.js';
import { e2eStack, sourceFile } from '../../support/e2e-stack.js';
import { until } from '../../support/until.js';
import { startWatched } from '../../support/watched-program.js';

const { get } = e2eStack({ historyMs: 3_600_000, historyRate: 10, rate: 0 });

/** Names of metrics in a file that asks for them. */
function namesIn(file: string): string[] {
  const text = readFileSync(join(projectRoot(), 'deploy', file), 'utf8');
  return [...new Set(text.match(/\b(mimecast|temporal|process|nodejs)_[a-z_]+/g))].sort();
}

/** Names of metrics that have a value. */
function namesOf(...scrapes: readonly string[]): Set<string> {
  const lines = scrapes.flatMap((scrape) => scrape.split('\n').filter((line) => line !== '' && !line.startsWith('#')));
  return new Set(lines.map((line) => line.replace(/[{ ].*$/, '')));
}

const isCaughtUp = (body: string, stream: string) =>
  new RegExp(`^mimecast_polls_total\\{stream="${stream}",method="api",outcome="caughtUp"} [1-9]`, 'm').test(body);
const isReady = ({ status }: { readonly status: number }) => status === 200;

test('a worker tells its own figures and those of Temporal’s SDK in one answer, the server those of the sources', async () => {
  const { env, service, simulator } = get();
  const [worker, server] = await Promise.all([
    startWatched('worker', env),
    startWatched('server', { ...env, PORT: String(await choosePort(0)) }),
  ]);
  await until(() => worker.get('/readyz'), isReady);
  expect(await server.get('/readyz')).toMatchObject({ status: 200, body: expect.stringContaining('"mongodb":"up"') });
  await service.start(sourceFile(simulator));
  const ofWorker = await until(
    () => worker.get('/metrics'),
    ({ body }) => STREAMS.every((stream) => isCaughtUp(body, stream)),
  );
  expect(ofWorker.type).toBe('text/plain; version=0.0.4; charset=utf-8');
  for (const line of [
    /^mimecast_records_stored_total\{stream="receipt",method="api"} [1-9]\d*$/m,
    /^mimecast_gaps_total\{stream="audit",method="s3"} 0$/m,
    /^temporal_num_pollers\{.*poller_type="activity_task".*} [1-9]\d*$/m,
    /^temporal_activity_execution_latency_seconds_bucket\{/m,
    /^process_resident_memory_bytes \d+$/m,
  ])
    expect(ofWorker.body).toMatch(line);
  const ofServer = await until(
    () => server.get('/metrics'),
    ({ body }) => body.includes('mimecast_stream_lag_seconds{source="1",stream="hold"}'),
  );
  for (const line of [
    /^mimecast_store_up 1$/m,
    /^mimecast_workers 1$/m,
    /^mimecast_source_state\{source="1",state="running"} 1$/m,
    /^mimecast_http_requests_total\{route="\/api\/v1\/sources",method="GET",status="503"} 0$/m,
    /^process_resident_memory_bytes \d+$/m,
  ])
    expect(ofServer.body).toMatch(line);
  expect(ofServer.body).not.toMatch(/^mimecast_records_stored_total/m);
  const told = namesOf(ofWorker.body, ofServer.body);
  for (const file of ['prometheus/alerts.yaml', 'prometheus/alerts.test.yaml', 'grafana/dashboard.json']) {
    const asked = namesIn(file);
    expect(asked.length).toBeGreaterThan(5);
    expect({ file, missing: asked.filter((name) => !told.has(name)) }).toEqual({ file, missing: [] });
  }
  expect(await Promise.all([worker.stop(), server.stop()])).toEqual([0, 0]);
  await expect(worker.get('/healthz')).rejects.toThrow('fetch failed');
});

test('while its servers are away a worker is alive and not ready, and stops all the same', async () => {
  const away = `127.0.0.1:${await choosePort(0)}`;
  const worker = await startWatched('worker', { ...get().env, TEMPORAL_ADDRESS: away });
  expect(await worker.get('/healthz')).toMatchObject({ status: 200, body: '{"status":"alive"}' });
  expect(await worker.get('/readyz')).toMatchObject({ status: 503, body: '{"status":"starting"}' });
  expect((await worker.get('/metrics')).status).toBe(200);
  expect(await worker.stop()).toBe(0);
});

test.each(['worker', 'server'] as const)('a %s whose metrics port is busy says so in one line', async (program) => {
  const PORT = String(await choosePort(0));
  const first = await startWatched('server', { ...get().env, PORT });
  const { port } = new URL(first.metricsUrl);
  const second = startWatched(program, { ...get().env, PORT: String(await choosePort(0)), METRICS_PORT: port });
  await expect(second).rejects.toThrow(new RegExp(`^port ${port} on 127\\.0\\.0\\.1 is in use by another program$`));
  expect(await first.stop()).toBe(0);
});
