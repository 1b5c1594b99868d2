import { Long } from 'mongodb';
import { describe, expect, test } from 'vitest';
import { EXPORT_FORMATS, exported } from '../../src/detections/exports.js';
import { detectionOf } from '../../src/detections/normalize.js';
import type { Detection } from '../../src/domain/detections/detection.js';
import { DETECTION_TABLE } from '../../src/domain/detections/table.js';
import type { StreamName } from '../../src/domain/streams/streams.js';
import { EXPECTED } from './expected-detections.js';
import * as samples from './sample-records.js';

const common = {
  id: '00000000000000000000000000000001',
  sourceId: 7,
  source: 'Mail',
  collector: 'Office',
  time: '2025-09-15T12:00:00.000Z',
  receivedAt: '2025-09-15T12:01:00.000Z',
};

test('the samples are of all streams of the table', () => {
  expect(samples.DETECTED.map(([stream]) => stream)).toEqual(DETECTION_TABLE.map(({ stream }) => stream));
});

test.each(samples.DETECTED)('a detection of %s', (stream, fields) => {
  expect(detectionOf(stream, samples.document(1, fields))).toEqual({ ...common, stream, ...EXPECTED[stream] });
});

test.each(samples.EVENTS)('an event: %s', (_, stream, fields) => {
  expect(detectionOf(stream, samples.document(1, fields))).toBeUndefined();
});

test.each<[string, StreamName, samples.Fields, Partial<Detection>]>([
  [
    'a receipt that was rejected for a virus without a name',
    'receipt',
    { ...samples.RECEIPT, action: 'Rej', rejectionType: 'Virus Signature Detection', rejectionInfo: 'Known virus' },
    { kind: 'virus', severity: 'high', action: 'rejected', reason: 'Known virus' },
  ],
  ['a warning', 'url protect', { ...samples.URL_BLOCKED, action: 'Warn' }, { severity: 'medium', action: 'warned' }],
  [
    'a click let through',
    'ttp url',
    { ...samples.CLICK, action: 'allow' },
    { severity: 'critical', action: 'allowed' },
  ],
  ['a click with no action', 'ttp url', { scanResult: 'malicious' }, { severity: 'high' }],
  ['an impostor', 'impersonation protect', { taggedMalicious: 'true' }, { severity: 'high' }],
  ['a leak that was noticed', 'dlp', { ...samples.DLP, action: 'notification' }, { action: 'notified' }],
])('%s', (_, stream, fields, expected) => {
  expect(detectionOf(stream, samples.document(1, fields))).toMatchObject(expected);
});

describe('what is not there, or not usable, stays absent', () => {
  const of = (fields: samples.Fields) => detectionOf('dlp', samples.document(1, fields));
  const known = { ...common, stream: 'dlp', collection: 'mimecast_dlp_logs', kind: 'dlp', severity: 'medium' };

  test.each<[string, samples.Fields, Partial<Detection>]>([
    ['nothing', {}, {}],
    ['null, and null in letters', { subject: null, senderAddress: 'null', recipientAddress: ' ', policy: '' }, {}],
    ['a list in place of a text', { subject: ['a'], policy: [{}], action: [null] }, {}],
    ['an object in place of a text', { subject: { a: 1 }, messageId: {}, route: { toString: 'x' } }, {}],
    ['a number in place of a text', { subject: 42, policy: Number.NaN }, { subject: '42' }],
    ['a number of the driver', { subject: Long.fromString('9007199254740993') }, {}],
    ['a flag', { subject: true }, {}],
    ['an action of another kind', { action: 'Sdbx' }, { vendorAction: 'Sdbx' }],
    ['a direction of another kind', { route: 'Default Delivery Route' }, {}],
    [
      'addresses in other forms',
      {
        senderAddress: 'Jo <jo@example.org>',
        recipientAddress: ['a@b.c', { emailAddress: 'd@e.f' }, null, 7, 'a@b.c'],
      },
      {
        sender: 'jo@example.org',
        recipients: ['a@b.c', 'd@e.f', '7'],
        indicators: [{ type: 'email', value: 'jo@example.org' }],
      },
    ],
    ['JSON in a text', { recipientAddress: '[{"emailAddress":"x@y.z"},"q@y.z"]' }, { recipients: ['x@y.z', 'q@y.z'] }],
    ['what looks like JSON', { recipientAddress: '{x@y.z' }, { recipients: ['{x@y.z'] }],
    ['HTML is text', { subject: '<script>alert(1)</script>' }, { subject: '<script>alert(1)</script>' }],
  ])('%s', (_, fields, told) => {
    expect(of(fields)).toEqual({ ...known, ...told });
  });
});

test('no value of any type in any field keeps a record from being told or exported', () => {
  const deep = JSON.parse(`${'['.repeat(200)}${']'.repeat(200)}`);
  const hostile = [
    ...[
      null,
      undefined,
      '',
      'null',
      ' ',
      '\u0000',
      '\ud800',
      '[',
      '{}',
      '{"emailAddress":{}}',
      '[[["x"]]]',
      `${'{"emailAddress":'.repeat(50_000)}"x"${'}'.repeat(50_000)}`,
      'x'.repeat(1e6),
    ],
    ...[
      0,
      -1,
      Number.POSITIVE_INFINITY,
      Number.NaN,
      true,
      false,
      [],
      {},
      [[]],
      [null],
      deep,
      { emailAddress: [] },
      Long.MAX_VALUE,
    ],
    ...[{ toString: 1, valueOf: null }, JSON.parse('{"__proto__":{"a":1},"constructor":1}'), new Date(Number.NaN), /x/],
  ];
  for (const [stream, fields] of samples.DETECTED) {
    for (const field of Object.keys(fields)) {
      for (const value of hostile) {
        const detection = detectionOf(stream, samples.document(1, { ...fields, [field]: value }));
        if (detection !== undefined) for (const format of EXPORT_FORMATS) JSON.stringify(exported(format, detection));
      }
    }
  }
});
