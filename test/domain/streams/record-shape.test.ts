import { describe, expect, test } from 'vitest';
import { isBlankForeign, notARecord } from '../../../src/domain/streams/record-shape.js';
import { isSiemStream, STREAMS, type StreamName } from '../../../src/domain/streams/streams.js';
import { CONTROL_RECORDS } from '../../support/control-records.js';

test.each(CONTROL_RECORDS)('a public sample of %s is a record: %.60s', (stream, line) => {
  expect(notARecord(stream, JSON.parse(line))).toBeUndefined();
});

test('there are public samples of every stream', () => {
  expect(new Set(CONTROL_RECORDS.map(([stream]) => stream))).toEqual(new Set(STREAMS));
});

const ERRORS = [
  '{}',
  '[]',
  'null',
  '7',
  '"text"',
  '{"msg":"Service temporarily unavailable"}',
  '{"message":"Endpoint request timed out"}',
  '{"code":"InternalError","message":"try again"}',
  '{"fail":[{"code":"err_internal","message":"it broke"}]}',
  '{"meta":{"status":500},"data":[],"fail":[{"errors":[{"code":"x","message":"y"}]}]}',
  '{"error":"server_error","error_description":"later"}',
  '{"timestamp":"2025-09-15T12:00:00Z","status":500,"error":"Internal Server Error","path":"/x"}',
  '{"type":"https://tools.ietf.org/html/rfc9110","title":"An error","status":500}',
  '[{"type":"receipt","timestamp":1,"aggregateId":"a"}]',
];

test.each(STREAMS.flatMap((stream) => ERRORS.map((text) => [stream, text] as const)))(
  '%s: %s is not a record',
  (stream, text) => {
    expect(notARecord(stream, JSON.parse(text))).toEqual(expect.any(String));
  },
);

const ID = { aggregateId: 'a' };
const TIME = { timestamp: 1757310695432 };

describe('a SIEM record', () => {
  test.each<[string, Record<string, unknown>]>([
    ['processingId alone', { ...TIME, processingId: 'p' }],
    ['messageId alone, empty', { ...TIME, messageId: '' }],
    ['numbers as IDs', { ...TIME, aggregateId: 7 }],
    ['a time of 0', { ...ID, timestamp: 0 }],
    ['a redacted time', { ...ID, timestamp: 'TIMESTAMP_REDACTED' }],
    ['the time under another known key', { ...ID, eventTime: '2025-09-15T12:00:00Z' }],
    ['type null', { ...ID, ...TIME, type: null }],
    ['a type that is not known', { ...ID, ...TIME, type: 'url click protection' }],
    ['a type that is not a name', { ...ID, ...TIME, type: 5 }],
    ['another form of the type', { ...ID, ...TIME, type: 'URL_Protect' }],
    ['a third one', { ...ID, ...TIME, eventType: 'url-protect' }],
    ['a fourth one', { ...ID, ...TIME, eventType: 'urlProtect' }],
    ['one of two types', { ...ID, ...TIME, type: 'av', eventType: 'url protect' }],
  ])('%s will do', (_, record) => {
    expect(notARecord('url protect', record)).toBeUndefined();
  });

  test.each<[string, Record<string, unknown>, RegExp]>([
    ['no time', ID, /no time/],
    ['a blank time', { ...ID, timestamp: '' }, /no time/],
    ['no ID', { ...TIME, accountId: 'C0A1' }, /none of aggregateId, processingId, messageId/],
    ['IDs of null', { ...TIME, aggregateId: null, messageId: null }, /none of aggregateId/],
    ['another type', { ...ID, ...TIME, type: 'delivery' }, /its type is delivery/],
    ['another type in another form', { ...ID, ...TIME, eventType: 'Internal_Email_Protect' }, /internal email protect/],
  ])('%s will not', (_, record, reason) => {
    expect(notARecord('url protect', record)).toMatch(reason);
  });

  test.each(CONTROL_RECORDS.filter(([stream, line]) => isSiemStream(stream) && /"(type|eventType)":/.test(line)))(
    'a sample of %s is of no other type: %.60s',
    (stream, line) => {
      const others = STREAMS.filter((other) => isSiemStream(other) && other !== stream);
      for (const other of others) expect(notARecord(other, JSON.parse(line))).toBe(`its type is ${stream}`);
    },
  );
});

describe('any field of its own makes a record', () => {
  test.each<[StreamName, Record<string, unknown>]>([
    ['audit', { auditType: 'User Logged On' }],
    ['audit', { user: '' }],
    ['dlp', { action: 'hold' }],
    ['dlp', { senderAddress: '<>' }],
    ['hold', { dateReceived: '2022-08-01T13:10:54+0000' }],
    ['hold', { size: 0 }],
    ['ttp url', { ttpDefinition: '' }],
    ['ttp url', { date: '2021-11-10T03:49:53+0000' }],
  ])('of %s: %j', (stream, row) => {
    expect(notARecord(stream, row)).toBeUndefined();
  });
});

test.each<[number | undefined, boolean, boolean]>([
  [354, true, true],
  [20, true, false],
  [20, false, true],
  [354, false, true],
  [0, true, false],
  [0, false, false],
  [undefined, true, false],
  [undefined, false, true],
  [-1, true, false],
])('a file without lines, listed with size %s, proven %s: foreign %s', (size, isProven, isForeign) => {
  expect(isBlankForeign(size, isProven)).toBe(isForeign);
});
