import { Long } from 'mongodb';
import { describe, expect, test } from 'vitest';
import { EXPORT_FORMATS, exported } from '../../src/detections/exports.js';
import { detectionOf } from '../../src/detections/normalize.js';
import type { Detection } from '../../src/domain/detections/detection.js';
import { DETECTION_TABLE } from '../../src/domain/detections/table.js';
import type { StreamName } from '../../src/domain/streams/streams.js';
import * as samples from './sample-records.js';

const common = {
  id: '00000000000000000000000000000001',
  sourceId: 7,
  source: 'Mail',
  collector: 'Office',
  time: '2025-09-15T12:00:00.000Z',
  receivedAt: '2025-09-15T12:01:00.000Z',
};

const EXPECTED: Readonly<Partial<Record<StreamName, Partial<Detection>>>> = {
  receipt: {
    collection: 'mimecast_receipt_logs_v2',
    kind: 'virus',
    severity: 'high',
    action: 'rejected',
    vendorAction: 'Rej',
    sender: 'manintan@example.net',
    headerSender: 'manintan@example.net',
    recipients: ['boucard.john@example.org'],
    subject: 'new information',
    messageId: 'ad3334051e9207bd-36579@example.net',
    direction: 'inbound',
    senderIp: '81.2.69.144',
    reason: 'Eicar-Test-Signature',
    accountId: 'CUSB4A274',
    aggregateId: 'pZrAa9HUN-WmL2AK6cWduw_1731621818',
    indicators: [
      { type: 'ip4', value: '81.2.69.144' },
      { type: 'email', value: 'manintan@example.net' },
    ],
  },
  av: {
    collection: 'mimecast_av_logs_v2',
    kind: 'virus',
    severity: 'high',
    sender: 'billing@example.com',
    recipients: ['a.user@example.org', 'b.user@example.org'],
    subject: 'Swift Message MT103',
    messageId: 'c8f41b9d82aa4d2fbd95ac87ee01bc12@example.com',
    direction: 'inbound',
    senderIp: '203.0.113.25',
    fileName: 'MT103_12345.zip',
    fileExtension: 'zip',
    md5: '8e5d2c7a19f4b3d8a6c2e9f7b1d4c6a2',
    sha256: '9c4d2a1e3b7f48b8a7e16e21d0a9f6f4f8c9e3bba726b1a2a0c6d88c4a9f1b2d',
    reason: 'Failed Known address verification',
    accountId: 'CUSB4A274',
    aggregateId: 'pQ8xLmN3yVzT4rQw9kRbHg',
    indicators: [
      { type: 'sha256', value: '9c4d2a1e3b7f48b8a7e16e21d0a9f6f4f8c9e3bba726b1a2a0c6d88c4a9f1b2d' },
      { type: 'md5', value: '8e5d2c7a19f4b3d8a6c2e9f7b1d4c6a2' },
      { type: 'file', value: 'MT103_12345.zip' },
      { type: 'ip4', value: '203.0.113.25' },
      { type: 'email', value: 'billing@example.com' },
    ],
  },
  spam: {
    collection: 'mimecast_spam_logs_v2',
    kind: 'spam',
    severity: 'low',
    sender: 'bounce+1@example.net',
    headerSender: 'auto-confirm@example.net',
    recipients: ['dgiron@example.org'],
    messageId: '024f423ba0c5f5cb-101202@example.net',
    direction: 'inbound',
    senderIp: '81.2.69.144',
    accountId: 'CUSB4A274',
    aggregateId: 'Ql_iJvRDMdC_d469VGp4kQ_1731441482',
    indicators: [
      { type: 'ip4', value: '81.2.69.144' },
      { type: 'email', value: 'bounce+1@example.net' },
    ],
  },
  'internal email protect': {
    collection: 'mimecast_internal_email_protect_logs_v2',
    kind: 'internal-email',
    severity: 'high',
    sender: 'auser@example.org',
    recipients: ['buser@example.org'],
    subject: 'siem_iep - email subject line',
    messageId: 'messageId',
    direction: 'internal',
    category: 'Compromised',
    reason: 'Blocked URL Category',
    accountId: 'C0A0',
    aggregateId: 'agg-iep',
    indicators: [{ type: 'email', value: 'auser@example.org' }],
  },
  'impersonation protect': {
    collection: 'mimecast_impersonation_protect_logs_v2',
    kind: 'impersonation',
    severity: 'medium',
    action: 'held',
    vendorAction: 'Hold',
    sender: 'boss@example.com',
    recipients: ['auser@example.org'],
    subject: 'siem_impersonation - email subject line',
    direction: 'inbound',
    senderIp: '2001:db8::1',
    policy: 'Default Impersonation Definition',
    reason: 'internalUserName, newDomain',
    accountId: 'C0A0',
    aggregateId: 'agg-imp',
    indicators: [
      { type: 'ip6', value: '2001:db8::1' },
      { type: 'email', value: 'boss@example.com' },
    ],
  },
  'url protect': {
    collection: 'mimecast_url_protect_logs_v2',
    kind: 'url',
    severity: 'high',
    action: 'blocked',
    vendorAction: 'Block',
    sender: 'user@example.com',
    recipients: ['recipient@example.org'],
    subject: 'Fwd: News: Week 8 Term 3',
    messageId: 'n1@mail.example.com',
    direction: 'inbound',
    senderIp: '198.51.100.7',
    url: 'https://login.example.net/verify?id=1',
    category: 'Phishing & Fraud',
    reason: 'malicious',
    accountId: 'CUSB4A274',
    aggregateId: 'agg-url',
    indicators: [
      { type: 'url', value: 'https://login.example.net/verify?id=1' },
      { type: 'ip4', value: '198.51.100.7' },
      { type: 'email', value: 'user@example.com' },
    ],
  },
  'attachment protect': {
    collection: 'mimecast_attachment_protect_logs_v2',
    kind: 'attachment',
    severity: 'high',
    sender: 'robot@example.com',
    recipients: ['user@example.org'],
    subject: 'Move to Target Successful',
    messageId: 'm1@mail.example.com',
    direction: 'inbound',
    fileName: 'report.txt',
    fileExtension: 'txt',
    fileType: 'text/plain',
    fileSize: 647,
    md5: '66f03bf072a74bb19db16c952ba3dc47',
    sha1: 'ce87cd86f9d9d3ed4c1138530ef259ce83638593',
    sha256: '22a65c438289353d96c707cf55e26be723e3157f0aa00734843a9bdc8f98bab0',
    accountId: 'CUSB4A274',
    aggregateId: 'ycS8ZuP_MPunTsp6ErzBSA_1731499054',
    indicators: [
      { type: 'sha256', value: '22a65c438289353d96c707cf55e26be723e3157f0aa00734843a9bdc8f98bab0' },
      { type: 'sha1', value: 'ce87cd86f9d9d3ed4c1138530ef259ce83638593' },
      { type: 'md5', value: '66f03bf072a74bb19db16c952ba3dc47' },
      { type: 'file', value: 'report.txt' },
      { type: 'email', value: 'robot@example.com' },
    ],
  },
  dlp: {
    collection: 'mimecast_dlp_logs',
    kind: 'dlp',
    severity: 'medium',
    action: 'held',
    vendorAction: 'hold',
    recipients: ['outside@example.net'],
    subject: 'Card numbers',
    messageId: 'd1@example.org',
    direction: 'outbound',
    policy: 'Confidential words',
  },
  hold: {
    collection: 'mimecast_held_messages',
    kind: 'held',
    severity: 'low',
    action: 'held',
    sender: 'sender@example.net',
    headerSender: 'chief@example.net',
    recipients: ['user@example.org'],
    subject: 'You have won',
    direction: 'inbound',
    policy: 'Default Spam Scanning Policy',
    reason: 'Spam',
    indicators: [{ type: 'email', value: 'sender@example.net' }],
  },
  'ttp url': {
    collection: 'mimecast_ttp_url_logs',
    kind: 'url',
    severity: 'high',
    action: 'warned',
    vendorAction: 'warn',
    sender: 'sender@example.net',
    recipients: ['user@example.org'],
    subject: 'Look here',
    messageId: 'k1@example.net',
    direction: 'inbound',
    senderIp: '192.0.2.9',
    url: 'https://www.dummy-blacklist.example/x',
    category: 'Compromised',
    policy: 'Default URL Protection Definition',
    reason: 'malicious',
    indicators: [
      { type: 'url', value: 'https://www.dummy-blacklist.example/x' },
      { type: 'ip4', value: '192.0.2.9' },
      { type: 'email', value: 'sender@example.net' },
    ],
  },
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
