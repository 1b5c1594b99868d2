import { expect, test } from 'vitest';
import { decodeText } from '../../src/records/decode.js';
import { isTimeShown, meantTime, messageTime, ownTime } from '../../src/records/message-time.js';

const RECEIPT = new Date('2025-09-15T12:00:00.000Z');
const TIME = '2025-09-15T10:11:12.000Z';
const MS = Date.parse(TIME);

test.each<[string, Record<string, unknown>, string]>([
  ['milliseconds', { timestamp: MS }, TIME],
  ['milliseconds as a text', { timestamp: String(MS) }, TIME],
  ['seconds', { timestamp: MS / 1_000 }, TIME],
  ['seconds as a text', { timestamp: String(MS / 1_000) }, TIME],
  ['seconds with a fraction', { timestamp: MS / 1_000 + 0.25 }, '2025-09-15T10:11:12.250Z'],
  ['ISO with Z', { eventTime: '2025-09-15T10:11:12Z' }, TIME],
  ['ISO with milliseconds', { eventTime: '2025-09-15T10:11:12.345Z' }, '2025-09-15T10:11:12.345Z'],
  ['ISO with +0000', { eventTime: '2025-09-15T10:11:12+0000' }, TIME],
  ['ISO with +00:00', { eventTime: '2025-09-15T10:11:12+00:00' }, TIME],
  ['ISO of another zone', { eventTime: '2025-09-15T17:11:12+0700' }, TIME],
  ['ISO west of Greenwich', { eventTime: '2025-09-15T06:41:12-0330' }, TIME],
  ['ISO without a zone is UTC', { eventTime: '2025-09-15T10:11:12' }, TIME],
  ['ISO with a space', { eventTime: '2025-09-15 10:11:12' }, TIME],
  ['ISO with a space and a zone', { eventTime: '2025-09-15 10:11:12+0000' }, TIME],
  ['ISO in lower case', { eventTime: '2025-09-15t10:11:12z' }, TIME],
  ['ISO with the hours of a zone', { eventTime: '2025-09-15T12:11:12+02' }, TIME],
  ['ISO without seconds', { eventTime: '2025-09-15T10:11Z' }, '2025-09-15T10:11:00.000Z'],
  ['ISO with nanoseconds', { eventTime: '2025-09-15T10:11:12.345678901Z' }, '2025-09-15T10:11:12.345Z'],
  ['ISO with a comma', { eventTime: '2025-09-15T10:11:12,5Z' }, '2025-09-15T10:11:12.500Z'],
  ['ISO with space around', { eventTime: ' 2025-09-15T10:11:12Z ' }, TIME],
  ['a leap second', { eventTime: '2025-06-30T23:59:60Z' }, '2025-06-30T23:59:59.000Z'],
  ['the 29th of a leap year', { eventTime: '2024-02-29T00:00:00Z' }, '2024-02-29T00:00:00.000Z'],
  [
    'an hour that a zone with summer time would not have',
    { eventTime: '2025-03-30T02:30:00' },
    '2025-03-30T02:30:00.000Z',
  ],
  ['microseconds', { timestamp: MS * 1_000 + 7 }, TIME],
  ['microseconds as a text', { timestamp: `${MS}000` }, TIME],
  ['nanoseconds', { timestamp: MS * 1_000_000 }, TIME],
  ['nanoseconds as a text', { timestamp: `${MS}000999` }, TIME],
  ['milliseconds with a fraction', { timestamp: MS + 0.75 }, TIME],
  ['a day', { eventTime: '2025-09-14' }, '2025-09-14T00:00:00.000Z'],
  ['a held message', { dateReceived: '2025-09-15T10:11:12+0000' }, TIME],
  ['the first key that has one', { dateReceived: '2025-01-01T00:00:00Z', timestamp: MS }, TIME],
  ['the next key when the first has nonsense', { timestamp: 'soon', eventTime: TIME }, TIME],
  ['the next key when the first is of long ago', { timestamp: 0, eventTime: TIME }, TIME],
  ['the earliest that is believed', { timestamp: Date.UTC(2000, 0, 1) }, '2000-01-01T00:00:00.000Z'],
  ['a day ahead', { timestamp: RECEIPT.getTime() + 86_400_000 }, '2025-09-16T12:00:00.000Z'],
])('%s', (_, record, expected) => {
  expect(messageTime('receipt', record, RECEIPT).toISOString()).toBe(expected);
});

test.each<[string, Record<string, unknown>]>([
  ['none', {}],
  ['an empty text', { timestamp: '' }],
  ['null', { timestamp: null, eventTime: null }],
  ['an object', { timestamp: { $date: MS } }],
  ['true', { timestamp: true }],
  ['not a number', { timestamp: Number.NaN }],
  ['before 2000', { timestamp: Date.UTC(2000, 0, 1) - 1 }],
  ['negative', { timestamp: -MS }],
  ['more than a day ahead', { timestamp: RECEIPT.getTime() + 86_400_001 }],
  ['a number beyond all dates', { timestamp: 1e30 }],
  ['a day that its month does not have', { eventTime: '2025-02-30T00:00:00Z' }],
  ['an hour that is none', { eventTime: '2025-09-14T25:00:00Z' }],
  ['a month that is none', { eventTime: '2025-13-01T00:00:00Z' }],
  ['a day that is none', { eventTime: '2025-09-31x' }],
  ['a text with a number in it', { eventTime: 'event 2024' }],
  ['a year', { eventTime: 'in 2024 or so' }],
])('the time of the receipt: %s', (_, record) => {
  expect(messageTime('receipt', record, RECEIPT)).toEqual(RECEIPT);
});

test('the zone of this machine plays no part', () => {
  const before = process.env.TZ;
  try {
    for (const zone of ['Asia/Tokyo', 'America/New_York']) {
      process.env.TZ = zone;
      expect(messageTime('receipt', { eventTime: '2025-09-15 10:11:12' }, RECEIPT).toISOString()).toBe(TIME);
      expect(messageTime('receipt', { eventTime: '2025-09-15T10:11:12.000' }, RECEIPT).toISOString()).toBe(TIME);
    }
  } finally {
    if (before === undefined) delete process.env.TZ;
    else process.env.TZ = before;
  }
});

test.each<[string, Record<string, unknown>, string | undefined]>([
  ['a time', { eventTime: '2025-09-15T10:11:12+0000' }, TIME],
  ['one of long ago', { eventTime: '1970-01-01T00:00:00Z' }, '1970-01-01T00:00:00.000Z'],
  ['one of the future', { eventTime: '2525-01-01T00:00:00Z' }, '2525-01-01T00:00:00.000Z'],
  ['none', { eventTime: 'soon' }, undefined],
])('its own time does not depend on the receipt: %s', (_, record, expected) => {
  expect(ownTime('receipt', record)?.toISOString()).toBe(expected);
});

test.each([`${MS}000001`, `${MS}.0000000000001`])('a number that a double cannot hold: %s', (digits) => {
  const decoded = decodeText(`{"timestamp":${digits}}`);
  expect(decoded.ok && messageTime('receipt', decoded.record, RECEIPT).toISOString()).toBe(TIME);
});

test('a time that cannot be meant is none', () => {
  expect(meantTime('receipt', { timestamp: MS }, RECEIPT)).toEqual(new Date(MS));
  expect(meantTime('receipt', { timestamp: 0 }, RECEIPT)).toBeUndefined();
  expect(meantTime('receipt', {}, RECEIPT)).toBeUndefined();
});

test.each<[string, string, boolean]>([
  ['a number', `{"a":#,"timestamp":${MS}}`, true],
  ['a text', `#"eventTime" : "2025-09-15T10:11:12+0000"}`, true],
  ['the second of two', `{"timestamp":#,"dateReceived":"${TIME}"`, true],
  ['another time', `{"timestamp":${MS + 1}#`, false],
  ['a masked one', '{"timestamp":#}', false],
  ['the same under another key', `{"a":${MS}#`, false],
  ['a text without an end', `{"eventTime":"${TIME}`, false],
])('a text that is no JSON shows a time, or not: %s', (_, text, isShown) => {
  expect(isTimeShown(text, new Date(MS))).toBe(isShown);
});
