/** What a worker counts, against what is stored. */

import { log } from '@temporalio/activity';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger, type LogEntry } from '@temporalio/worker';
import { expect, test } from 'vitest';
import { logAttributes } from '../../src/activities/log-attributes.js';
import { STREAMS } from '../../src/domain/streams/streams.js';
import { Registry } from '../../src/metrics/registry.js';
import { ENDPOINTS, WORKER_METRICS } from '../../src/metrics/worker-metrics.js';
import { collectionsOf } from '../../src/store/collections.js';
import { collectorDatabase } from '../support/collector-database.js';
import { countedBy, metricSamples } from '../support/metric-samples.js';
import { simulatedSource } from '../support/simulated-source.js';

const collections = collectorDatabase();

function observed() {
  const observer = new Registry(WORKER_METRICS);
  const samplesOf = (name: keyof typeof WORKER_METRICS) => metricSamples(observer, name);
  const counts = (name: keyof typeof WORKER_METRICS) => countedBy(observer, name);
  return { observer, counts, samplesOf };
}

test('counts are what the checkpoints count, with endpoints that are known', async () => {
  const { observer, counts, samplesOf } = observed();
  const source = await simulatedSource(collectionsOf({ ...collections, observer }), { observer });
  for (const stream of STREAMS) await source.collectAll(stream);
  const totals = await Promise.all(STREAMS.map(async (stream) => (await source.checkpoint(stream)).totals));
  const stored = STREAMS.map((stream, at) => [`${stream} api`, totals[at]?.stored]);
  expect(await counts('mimecast_records_stored_total')).toEqual(Object.fromEntries(stored));
  expect(await counts('mimecast_polls_total')).toEqual(
    Object.fromEntries(STREAMS.map((s) => [`${s} api caughtUp`, 1])),
  );
  expect(await counts('mimecast_token_refreshes_total')).toEqual({ obtained: 1 });
  const calls = (await samplesOf('mimecast_api_calls_total')).filter(({ value }) => value > 0);
  expect(calls.every(({ labels }) => ENDPOINTS.includes(labels.endpoint ?? ''))).toBe(true);
  expect(new Set(calls.map(({ labels }) => labels.status))).toEqual(new Set(['200']));
  const read = Object.keys(await counts('mimecast_bytes_read_total')).sort();
  expect(read).toEqual(calls.map(({ labels }) => labels.endpoint ?? '').sort());
  const writes = (await samplesOf('mimecast_store_write_duration_seconds')).filter(({ suffix }) => suffix === '_count');
  const written = Object.fromEntries(writes.map(({ labels, value }) => [labels.what, value > 0]));
  expect(written).toEqual({ records: true, checkpoints: true, quarantine: false, gaps: false });
});

test('duplicates and lines in quarantine are counted', async () => {
  const { observer, counts } = observed();
  const source = await simulatedSource(collections, { observer });
  await source.fault({ endpoint: 'file', match: { type: 'receipt' }, action: { malformedLine: 0 } });
  await source.collectAll('receipt');
  expect(await counts('mimecast_records_quarantined_total')).toEqual({ 'receipt api': 1 });
  await source.run(({ resetPosition }, id) => resetPosition(id, 'receipt'));
  await source.collectAll('receipt');
  expect(await counts('mimecast_records_duplicate_total')).toEqual({
    'receipt api': (await source.checkpoint('receipt')).totals.duplicates,
  });
});

test('a reached rate limit is counted with its wait, and the poll as failed by error type', async () => {
  const { observer, counts } = observed();
  const source = await simulatedSource(collections, { observer });
  await source.fault({ endpoint: 'audit', times: -1, action: { rateLimited: { retryAfterSeconds: 7 } } });
  await expect(source.collect('audit')).rejects.toThrow();
  const endpoint = '/api/audit/get-audit-events';
  expect(await counts('mimecast_rate_limits_total')).toEqual({ [endpoint]: 1 });
  expect(await counts('mimecast_rate_limit_wait_seconds_total')).toEqual({ [endpoint]: 7 });
  expect(await counts('mimecast_api_calls_total')).toMatchObject({ [`${endpoint} 429`]: 1 });
  expect(await counts('mimecast_poll_failures_total')).toEqual({ 'audit api ThirdPartyGeneric': 1 });
  expect(await counts('mimecast_polls_total')).toEqual({ 'audit api failed': 1 });
});

test('a token that is refused is counted', async () => {
  const { observer, counts } = observed();
  const source = await simulatedSource(collections, { observer });
  await source.fault({ endpoint: 'token', times: -1, action: { status: 401 } });
  await expect(source.run(({ authenticate }, id) => authenticate(id))).rejects.toThrow();
  expect(await counts('mimecast_token_refreshes_total')).toEqual({ failed: 1 });
  expect(await counts('mimecast_api_calls_total')).toEqual({ '/oauth/token 401': 1 });
});

test.each([
  [[7, 'url protect'], { source: 7, stream: 'url protect' }],
  [[7, ['receipt']], { source: 7 }],
  [[], {}],
])('a log line of an activity with the arguments %j says whose it is', async (args, wanted) => {
  const lines: LogEntry[] = [];
  const logger = new DefaultLogger('INFO', (entry) => void lines.push(entry));
  const environment = new MockActivityEnvironment({ attempt: 3 }, { interceptors: [logAttributes], logger });
  await environment.run<unknown[], void, (...given: unknown[]) => Promise<void>>(
    async () => {
      log.info('collecting');
    },
    ...args,
  );
  const { workflowExecution } = environment.context.info;
  const meta = lines.find(({ message }) => message === 'collecting')?.meta;
  expect(meta).toMatchObject({ ...wanted, workflowId: workflowExecution?.workflowId, attempt: 3 });
  expect(Object.keys(meta ?? {}).filter((key) => key === 'source' || key === 'stream')).toEqual(Object.keys(wanted));
});
