import { expect, test } from 'vitest';
import type { Definitions } from '../../src/metrics/definition.js';
import type { Observer } from '../../src/metrics/observer.js';
import { Registry } from '../../src/metrics/registry.js';
import {
  CONNECTION_METRICS,
  SERVER_METRICS,
  SOURCE_METRICS,
  WORKERS_METRIC,
} from '../../src/metrics/server-metrics.js';
import { textOf } from '../../src/metrics/text.js';
import { WORKER_METRICS } from '../../src/metrics/worker-metrics.js';

const STORED = { stream: 'receipt', method: 'api' } as const;

async function linesOf(definitions: Definitions, use: (observer: Observer) => void = () => undefined) {
  const registry = new Registry(definitions);
  use(registry);
  return (await registry.text()).split('\n');
}

test('what has not happened yet is 0, for every value of a label that is known', async () => {
  const lines = await linesOf(WORKER_METRICS);
  expect(lines).toContain('mimecast_gaps_total{stream="ttp url",method="s3"} 0');
  expect(lines).toContain('mimecast_rate_limits_total{endpoint="/api/audit/get-audit-events"} 0');
  expect(lines).toContain('mimecast_token_refreshes_total{outcome="failed"} 0');
  expect(lines).toContain('mimecast_store_write_duration_seconds_bucket{le="+Inf",what="gaps"} 0');
});

test('counts add up per set of labels', async () => {
  const lines = await linesOf(WORKER_METRICS, (observer) => {
    observer.count('mimecast_records_stored_total', STORED, 1_000);
    observer.count('mimecast_records_stored_total', STORED, 5);
    observer.count('mimecast_records_stored_total', { ...STORED, method: 's3' });
    observer.count('mimecast_api_calls_total', { endpoint: 'file store', status: 'timeout' });
  });
  expect(lines).toContain('mimecast_records_stored_total{stream="receipt",method="api"} 1005');
  expect(lines).toContain('mimecast_records_stored_total{stream="receipt",method="s3"} 1');
  expect(lines).toContain('mimecast_api_calls_total{endpoint="file store",status="timeout"} 1');
});

test('a histogram counts each value in every bucket that it fits into', async () => {
  const what = 'records';
  const lines = await linesOf(WORKER_METRICS, (observer) => {
    for (const seconds of [0.005, 0.2, 99])
      observer.measure('mimecast_store_write_duration_seconds', { what }, seconds);
  });
  expect(lines.filter((line) => line.includes('what="records"'))).toEqual(
    [
      ...['0.005', '0.01', '0.025', '0.05', '0.1'].map((bound) => `_bucket{le="${bound}",what="records"} 1`),
      ...['0.25', '0.5', '1', '2.5', '5', '10', '30'].map((bound) => `_bucket{le="${bound}",what="records"} 2`),
      ...['_bucket{le="+Inf",what="records"} 3', '_sum{what="records"} 99.205', '_count{what="records"} 3'],
    ].map((line) => `mimecast_store_write_duration_seconds${line}`),
  );
});

test('a series can be exported before anything has happened', async () => {
  const labels = { route: '/api/v1/sources', method: 'GET', status: '503' };
  expect((await linesOf(SERVER_METRICS)).filter((line) => line.startsWith('mimecast_http_requests_total'))).toEqual([]);
  expect(
    await linesOf(SERVER_METRICS, (observer) => observer.expect('mimecast_http_requests_total', labels)),
  ).toContain('mimecast_http_requests_total{route="/api/v1/sources",method="GET",status="503"} 0');
});

test.each<[string, number, string]>([
  ['a "b"\\\n', 1, 'g{l="a \\"b\\"\\\\\\n"} 1'],
  ['', Number.POSITIVE_INFINITY, 'g{l=""} +Inf'],
  ['x', 1.5e300, 'g{l="x"} 1.5e+300'],
])('the label %j with the value %d', async (label, value, line) => {
  const family = { name: 'g', help: 'a\\b\nc', labelNames: ['l'], samples: [{ labels: { l: label }, value }] };
  expect(await textOf([family])).toBe(`# HELP g a\\\\b\\nc\n# TYPE g gauge\n${line}\n`);
});

test('names tell what they are, and labels nothing personal', () => {
  const all: Definitions = {
    ...WORKER_METRICS,
    ...SERVER_METRICS,
    ...CONNECTION_METRICS,
    ...SOURCE_METRICS,
    ...WORKERS_METRIC,
  };
  for (const [name, { kind, labels }] of Object.entries(all)) {
    expect(name).toMatch(/^mimecast_[a-z_]+$/);
    expect({ name, isTotal: name.endsWith('_total') }).toEqual({ name, isTotal: kind === 'counter' });
    // Sources are gauges: as counters they would vanish and double with the workers.
    expect({ name, isOfSource: 'source' in labels && kind !== 'gauge' }).toEqual({ name, isOfSource: false });
  }
  const labels = new Set(Object.values(all).flatMap((definition) => Object.keys(definition.labels)));
  expect([...labels].sort()).toEqual(
    [
      'endpoint',
      'error_type',
      'method',
      'outcome',
      'route',
      'source',
      'state',
      'status',
      'stream',
      'type',
      'what',
    ].sort(),
  );
});

test('what is not known is not 0', async () => {
  for (const labelNames of [[], ['l']])
    expect(await textOf([{ name: 'g', help: 'h', labelNames, samples: [] }])).toBe('# HELP g h\n# TYPE g gauge\n');
});

test('the process is told under the names that are documented', async () => {
  const registry = new Registry({});
  registry.watchProcess();
  const text = await registry.text();
  for (const name of ['process_resident_memory_bytes', 'process_cpu_seconds_total', 'nodejs_eventloop_lag_seconds'])
    expect(text).toMatch(new RegExp(`^${name} [0-9.e+-]+$`, 'm'));
});
