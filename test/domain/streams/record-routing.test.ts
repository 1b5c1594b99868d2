/** Which stream a record belongs to, where several lie together. */

import { expect, test } from 'vitest';
import { streamOfRecord } from '../../../src/domain/streams/record-routing.js';
import { SIEM_STREAMS, STREAMS, type StreamName } from '../../../src/domain/streams/streams.js';
import { CONTROL_RECORDS } from '../../support/control-records.js';

/** Of a SIEM record nothing but its type tells which of the ten it is. */
const isTold = ([stream, text]: (typeof CONTROL_RECORDS)[number]) =>
  !SIEM_STREAMS.some((each) => each === stream) || /"(type|eventType)"/.test(text);

test.each(CONTROL_RECORDS.filter(isTold))('a public sample of %s', (stream, text) => {
  expect(streamOfRecord(JSON.parse(text))).toBe(stream);
});

test.each<[object, StreamName | undefined]>([
  [{ type: 'url protect' }, 'url protect'],
  [{ eventType: 'URL_Protect' }, 'url protect'],
  [{ Logtype: 'email_receipt' }, 'receipt'],
  [{ Logtype: 'email_internal_email_protect' }, 'internal email protect'],
  [{ type: 'unknown', eventType: 'av' }, 'av'],
  [{ Logtype: 'audit' }, 'audit'],
  [{ aggregateId: 'a', timestamp: 1 }, undefined],
  [{ type: 'new', aggregateId: 'a', timestamp: 1 }, undefined],
  [{}, undefined],
])('%o', (record, stream) => {
  expect(streamOfRecord({ ...record })).toBe(stream);
});

test('every stream can be told apart', () => {
  const known = new Set(CONTROL_RECORDS.filter(isTold).map(([stream]) => stream));
  expect([...known].toSorted()).toEqual(STREAMS.toSorted());
});
