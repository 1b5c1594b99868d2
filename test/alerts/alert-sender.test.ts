/** The senders of two workers, as they run in them. */

import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { Registry } from '../../src/metrics/registry.js';
import { WORKER_METRICS } from '../../src/metrics/worker-metrics.js';
import { alertSender } from '../../src/runtime/alert-sender.js';
import { closeEvent, connectionService, openEvent } from '../support/alert-fixtures.js';
import { serve } from '../support/local-server.js';
import { collectionsIn } from '../support/raw-collections.js';
import { testDatabase } from '../support/test-database.js';
import { testKeyring } from '../support/test-keyring.js';
import { until } from '../support/until.js';

const { db } = testDatabase();
const collections = collectionsIn(db);

test('a problem and its end are told once, logged and counted, without the secrets of the target', async () => {
  const server = await serve((_, response) => {
    response.writeHead(200).end();
  });
  const url = `${server.url}/hook-secret`;
  const target = { url, secret: 'signing-secret-0' };
  const service = connectionService(collections);
  await service.create({ name: 'hook', type: 'webhook', groupingWindow: '0s', target });
  const dead = { url: 'http://127.0.0.1:1/dead-secret' };
  await service.create({ name: 'dead', type: 'slack', groupingWindow: '0s', target: dead });
  const lines: string[] = [];
  const logger = pino({}, { write: (line: string) => lines.push(line) });
  const observer = new Registry(WORKER_METRICS);
  const shared = { collections, keyring: testKeyring, allowInsecure: true, alertHosts: new Set<string>() };
  const senders = [1, 2].map(() => alertSender({ ...shared, observer, logger, intervalMs: 20 }));
  onTestFinished(async () => {
    for (const sender of senders) await sender.close();
  });
  await openEvent(collections, 'a', -1_001);
  const told = () => server.received.map(({ body }) => (JSON.parse(body) as { type: string }).type);
  await until(told, ({ length }) => length === 1);
  await closeEvent(collections, 'a', -1_000);
  await until(told, ({ length }) => length === 2);
  expect(told()).toEqual(['triggered', 'resolved']);
  const log = () => lines.join('');
  await until(log, (text) => text.includes('is sent again') && text.split('notification sent').length === 3);
  expect(log()).not.toMatch(/hook-secret|signing-secret|dead-secret/);
  const text = await observer.text();
  expect(text).toContain('mimecast_notifications_total{type="webhook",outcome="sent"} 2');
  expect(text).toMatch(/mimecast_notifications_total{type="slack",outcome="failed"} [1-9]/);
});
