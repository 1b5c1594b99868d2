import { expect, test } from 'vitest';
import { liveView, plainLine } from '../../devstack/live-view.js';
import type { SourceStatus } from '../../src/management/sources/source-status.js';

const listing: SourceStatus = {
  ...{ sourceId: 7, name: 'Tenant', collector: 'c', workflowId: 'mimecast-source-7' },
  ...{ state: 'Collecting', health: 'Unknown' },
};
const frame = (note?: string) => ({
  status: { ...listing, ...(note === undefined ? {} : { note }) },
  addresses: [],
  temporal: { address: '127.0.0.1:7233', namespace: 'default' },
  rates: new Map<string, number>(),
  notices: [],
  startedAt: 0,
  now: 61_000,
});

test('while the workflow does not answer, both views say why', () => {
  const words = 'a worker polls this queue, 12 tasks wait, the oldest for 34 s: the answer is late';
  expect(liveView(frame(words))).toContain(`Tenant (source 7): Collecting, health Unknown\n  ${words}\n`);
  expect(plainLine(frame(words))).toBe(`00:01:01 Tenant: Collecting, ${words}`);
});

test('before the first answer there is nothing to say yet', () => {
  expect(liveView(frame())).toContain('waiting for the first answer');
  expect(plainLine(frame())).toBe('00:01:01 Tenant: Collecting');
});

test.each([
  ['127.0.0.1:7233', 'default', 'signal --workflow-id'],
  ['localhost:7233', 'mail', 'signal --namespace mail --workflow-id'],
  ['temporal.test:7233', 'mail', 'signal --address temporal.test:7233 --namespace mail --workflow-id'],
])('the command for Temporal at %s and namespace %s goes there', (address, namespace, command) => {
  expect(liveView({ ...frame(), temporal: { address, namespace } })).toContain(`temporal workflow ${command} mimecast`);
});
