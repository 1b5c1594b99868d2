/** What messages of each type say. */

import { describe, expect, test } from 'vitest';
import { mailOf } from '../../src/alerts/payloads/email.js';
import { pagerDutyPayload } from '../../src/alerts/payloads/pager-duty.js';
import { slackPayload } from '../../src/alerts/payloads/slack.js';
import { summaryOf } from '../../src/alerts/payloads/texts.js';
import { webhookPayload } from '../../src/alerts/payloads/webhook.js';
import { type AlertMessage, type AlertProblem, problemOf } from '../../src/domain/alerts/alert.js';
import { healthEvent } from '../support/alert-fixtures.js';

const problem: AlertProblem = problemOf(healthEvent('a'));
const warning: AlertProblem = {
  ...problem,
  eventId: 'w',
  severityLevel: 'Warning',
  title: 'spam: gap',
  source: 'other',
  sourceId: 8,
};
const ended = { ...problem, ended: { at: '2026-12-01T11:00:00.000Z', title: 'receipt: http_503 has ended' } };
const message = (kind: AlertMessage['kind'], ...problems: AlertProblem[]): AlertMessage => ({
  ...{ id: kind === 'resolved' ? 'm1-resolved' : 'm1', alertId: 'm1', kind, at: '2026-12-01T10:01:00.000Z', problems },
});

test.for<[AlertMessage, string]>([
  [message('triggered', problem), 'Error: tenant-7: receipt: http_503'],
  [message('triggered', warning), 'Warning: other: spam: gap'],
  [message('triggered', problem, { ...problem, eventId: 'b' }), 'Error: 2 problems of tenant-7: receipt: http_503, …'],
  [message('triggered', warning, problem), 'Error: 2 problems of 2 sources: spam: gap, …'],
  [message('resolved', ended), 'Resolved: tenant-7: receipt: http_503'],
  [message('test'), 'Test of an alert connection: nothing is wrong'],
])('%# the summary: %s', ([of, summary]) => {
  expect(summaryOf(of)).toBe(summary);
});

test('a webhook gets every problem as it is known', () => {
  expect(webhookPayload(message('triggered', problem), 'SIEM')).toEqual({
    ...{ id: 'm1', alertId: 'm1', type: 'triggered', time: '2026-12-01T10:01:00.000Z', connection: 'SIEM' },
    ...{ summary: 'Error: tenant-7: receipt: http_503', severityLevel: 'Error', healthEvents: [problem] },
  });
});

describe('Slack', () => {
  test('gets the worst first, nothing that mentions or links, and no more blocks than it takes', () => {
    const evil = { ...problem, source: '<!channel> & <https://evil.example>', title: 'x'.repeat(9_000) };
    const many = Array.from({ length: 60 }, () => warning);
    const text = JSON.stringify(slackPayload(message('triggered', ...many, evil)));
    const { blocks } = JSON.parse(text) as { blocks: { text: { text: string } }[] };
    expect(blocks.length).toBeLessThanOrEqual(50);
    expect(blocks[1]?.text.text).toContain('&lt;!channel&gt; &amp; &lt;https');
    expect(blocks.at(-1)?.text.text).toBe('… and 41 more: see the health events.');
    expect(Math.max(...blocks.map((block) => block.text.text.length))).toBeLessThanOrEqual(3_000);
    expect(text).not.toContain('<!');
  });
});

describe('PagerDuty', () => {
  test.for<[AlertMessage, object]>([
    [
      message('triggered', problem),
      {
        ...{ routing_key: 'k', dedup_key: 'm1', event_action: 'trigger' },
        payload: { source: 'tenant-7', severity: 'error', class: 'ThirdPartyGenericError', component: 'receipt' },
      },
    ],
    [message('triggered', warning), { payload: { severity: 'warning' } }],
    [message('resolved', ended), { routing_key: 'k', dedup_key: 'm1', event_action: 'resolve' }],
    [message('test'), { event_action: 'trigger', payload: { severity: 'info' } }],
  ])('%#', ([of, payload]) => {
    expect(pagerDutyPayload(of, { routingKey: 'k' })).toMatchObject(payload);
  });

  test('gets no more than it takes', () => {
    const long = Array.from({ length: 200 }, () => ({ ...problem, title: 'x'.repeat(2_000) }));
    const payload = JSON.parse(JSON.stringify(pagerDutyPayload(message('triggered', ...long), { routingKey: 'k' })));
    expect(payload.payload.summary.length).toBeLessThanOrEqual(1_024);
    expect(JSON.stringify(payload).length).toBeLessThan(512_000);
  });
});

test('a mail says what is wrong, and the one that tells the end answers it', () => {
  const mail = mailOf(message('triggered', warning, problem), 'Mail');
  expect(mail.subject).toBe('[Mimecast Source] Error: 2 problems of 2 sources: spam: gap, …');
  expect(mail.text.indexOf('http_503')).toBeLessThan(mail.text.lastIndexOf('spam: gap'));
  const { messageId, inReplyTo, text } = mailOf(message('resolved', ended), 'Mail');
  expect(inReplyTo).toBe(mail.messageId);
  expect(messageId).not.toBe(mail.messageId);
  expect(text).toContain('receipt: http_503 has ended.');
  expect(text).toContain('2026-12-01 10:00:00 UTC to 2026-12-01 11:00:00 UTC');
});
