import { expect, test } from 'vitest';
import { liveView, plainLine } from '../../devstack/live-view.js';
import type { SourceStatus } from '../../src/management/sources/source-status.js';

const listing: SourceStatus = {
  ...{ sourceId: 7, name: 'Tenant', collector: 'c', workflowId: 'mimecast-source-7' },
  ...{ state: 'Collecting', health: 'Unknown' },
};
const frame = (note?: string) => ({
  status: { ...listing, ...(note === undefined ? {} : { note }) },
  addresses: [{ name: 'Temporal', address: '127.0.0.1:7233' }],
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
