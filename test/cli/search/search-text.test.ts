import { expect, test } from 'vitest';
import { recordText, storyText } from '../../../src/cli/search/search-text.js';

const record = (content: Readonly<Record<string, unknown>>) => ({
  collection: 'mimecast_receipt_logs_v2',
  stream: 'receipt',
  id: '00ff',
  time: '2026-01-31T12:00:00.000Z',
  record: content,
});

test('a record is one line', () => {
  const text = recordText(
    record({ action: 'Acc', senderEnvelope: 'a@example.com', recipients: 'b@example.com', subject: 'Hello' }),
  );
  expect(text).toBe('2026-01-31T12:00:00.000Z  receipt  Acc  a@example.com  → b@example.com  Hello  00ff');
  expect(recordText(record({ from: { emailAddress: 'c@example.com' } }))).toContain('c@example.com  → -  -  00ff');
});

test('a record cannot steer the terminal', () => {
  const subject = '\u001b[2J\u202eevil\r\nsecond\u0007';
  expect(recordText(record({ subject }))).toContain('\ufffd[2J\ufffdevil\ufffd\ufffdsecond\ufffd');
  expect(recordText(record({ subject: 'x'.repeat(1_000_000) })).length).toBeLessThan(200);
});

test('a story tells its doubts', () => {
  const one = { ...record({ subject: 'Hello' }), joinedBy: 'itself' };
  const text = storyText({
    records: [one],
    doubts: ['It may be \u001b[2Jforged.', 'Time was up.'],
    complete: false,
    messageId: '<\u001b@x>',
  });
  expect(text).toContain('Message <\ufffd@x>, aggregate -');
  expect(text).toContain('! It may be \ufffd[2Jforged.\n! Time was up.');
});
