/** Records as Mimecast sends them, one or more of each stream that has detections, and events beside them. */

import { Binary } from 'mongodb';
import type { RecordDocument } from '../../src/domain/records/record.js';
import type { StreamName } from '../../src/domain/streams/streams.js';

export type Fields = Readonly<Record<string, unknown>>;

export const AV: Fields = {
  fileName: 'MT103_12345.zip',
  sha256: '9C4D2a1e3b7f48b8a7e16e21d0a9f6f4f8c9e3bba726b1a2a0c6d88c4a9f1b2d',
  subject: 'Swift Message MT103',
  senderEnvelope: 'billing@example.com',
  messageId: '<c8f41b9d82aa4d2fbd95ac87ee01bc12@example.com>',
  senderDomainInternal: 'false',
  eventType: 'av',
  sha1: 'HASH_SHA1_REDACTED',
  accountId: 'CUSB4A274',
  aggregateId: 'pQ8xLmN3yVzT4rQw9kRbHg',
  virusFound: 'Failed Known address verification',
  route: 'inbound',
  processingId: 'tZ7qPjH59LmWkRn4sXyQdAeUfCv9oBr2jKpXvNwLhS8_1756970571',
  recipients: 'a.user@example.org,b.user@example.org',
  fileExtension: 'zip',
  subType: null,
  senderIp: '203.0.113.25',
  senderDomain: 'example.com',
  timestamp: 1756970583782,
  emailSize: '845219',
  md5: '8e5d2c7a19f4b3d8a6c2e9f7b1d4c6a2',
};

export const ATTACHMENT: Fields = {
  fileName: 'report.txt',
  sha256: '22a65c438289353d96c707cf55e26be723e3157f0aa00734843a9bdc8f98bab0',
  subject: 'Move to Target Successful',
  senderEnvelope: 'robot@example.com',
  messageId: '<m1@mail.example.com>',
  eventType: 'attachment protect',
  sizeAttachment: '647',
  sha1: 'ce87cd86f9d9d3ed4c1138530ef259ce83638593',
  accountId: 'CUSB4A274',
  aggregateId: 'ycS8ZuP_MPunTsp6ErzBSA_1731499054',
  route: 'Inbound',
  fileMime: 'text/plain',
  fileExtension: 'txt',
  recipient: 'user@example.org',
  subType: null,
  senderIp: 'IP_REDACTED',
  timestamp: '1731499059314',
  md5: '66f03bf072a74bb19db16c952ba3dc47',
};

export const URL_BLOCKED: Fields = {
  subject: 'Fwd: News: Week 8 Term 3',
  senderEnvelope: 'user@example.com',
  messageId: '<n1@mail.example.com>',
  eventType: 'url protect',
  analysis: 'null',
  url: 'https://login.example.net/verify?id=1',
  accountId: 'CUSB4A274',
  aggregateId: 'agg-url',
  route: 'inbound',
  sourceIp: '198.51.100.7',
  recipients: 'recipient@example.org',
  action: 'Block',
  subType: 'Block',
  urlCategory: 'Phishing & Fraud',
  blockReason: 'malicious',
  senderDomain: 'example.com',
};

export const IMPERSONATION: Fields = {
  aggregateId: 'agg-imp',
  taggedMalicious: 'false',
  subject: 'siem_impersonation - email subject line',
  internalUserName: 'true',
  senderEnvelope: 'boss@example.com',
  policyDefinition: 'Default Impersonation Definition',
  newDomain: 'true',
  action: 'Hold',
  senderIp: '2001:db8::1',
  messageId: '',
  eventType: 'impersonation protect',
  itemsDetected: '2',
  accountId: 'C0A0',
  route: 'Inbound',
  recipients: 'auser@example.org',
  subType: 'Hold',
  taggedExternal: 'true',
  replyMismatch: 'false',
};

export const INTERNAL: Fields = {
  aggregateId: 'agg-iep',
  subject: 'siem_iep - email subject line',
  monitoredDomainSource: 'Customer Internal Domains',
  similarDomain: 'false',
  senderEnvelope: 'auser@example.org',
  messageId: 'messageId',
  eventType: 'internal email protect',
  scanResults: 'Blocked URL Category',
  accountId: 'C0A0',
  route: 'Internal',
  recipients: 'buser@example.org',
  urlCategory: 'Compromised',
};

export const SPAM: Fields = {
  aggregateId: 'Ql_iJvRDMdC_d469VGp4kQ_1731441482',
  messageId: '<024f423ba0c5f5cb-101202@example.net>',
  recipients: 'dgiron@example.org',
  route: 'Inbound',
  senderDomain: 'example.net',
  senderEnvelope: 'bounce+1@example.net',
  senderHeader: 'auto-confirm@example.net',
  senderIp: '81.2.69.144',
  subject: null,
  subtype: null,
  type: 'spam',
  accountId: 'CUSB4A274',
};

export const RECEIPT: Fields = {
  accountId: 'CUSB4A274',
  action: 'Acc',
  aggregateId: 'pZrAa9HUN-WmL2AK6cWduw_1731621818',
  direction: 'Inbound',
  messageId: '<ad3334051e9207bd-36579@example.net>',
  recipients: 'boucard.john@example.org',
  rejectionCode: null,
  rejectionInfo: null,
  rejectionType: null,
  senderEnvelope: 'manintan@example.net',
  senderHeader: 'manintan@example.net',
  senderIp: '81.2.69.144',
  spamDetectionLevel: '28',
  spamInfo: '[]',
  spamProcessingDetail: '{"spf":{"allow":true,"info":"ALLOW"}}',
  spamScore: '21',
  subject: 'new information',
  type: 'receipt',
  virusFound: null,
};

export const DLP: Fields = {
  senderAddress: '<>',
  recipientAddress: 'outside@example.net',
  subject: 'Card numbers',
  eventTime: '2024-01-01T00:00:00+0000',
  route: 'outbound',
  policy: 'Confidential words',
  action: 'hold',
  messageId: '<d1@example.org>',
};

export const HELD: Fields = {
  id: 'eNoVzl',
  reason: 'Spam',
  reasonId: 'DEFAULT_SPAM_SCANNING',
  reasonCode: 'default_spam_scanning',
  from: { emailAddress: 'sender@example.net', displayableName: 'Sender' },
  fromHeader: { emailAddress: 'chief@example.net', displayableName: 'Chief Executive' },
  to: { emailAddress: 'user@example.org', displayableName: '' },
  subject: 'You have won',
  route: 'INBOUND',
  hasAttachments: false,
  size: 4_170,
  dateReceived: '2022-08-01T13:10:54+0000',
  policyInfo: 'Default Spam Scanning Policy',
};

export const CLICK: Fields = {
  userEmailAddress: 'user@example.org',
  fromUserEmailAddress: 'sender@example.net',
  url: 'https://www.dummy-blacklist.example/x',
  ttpDefinition: 'Default URL Protection Definition',
  subject: 'Look here',
  action: 'warn',
  adminOverride: 'N/A',
  userOverride: 'None',
  scanResult: 'malicious',
  category: 'Compromised',
  sendingIp: '192.0.2.9',
  date: '2019-04-23T19:50:28+0000',
  actions: 'Block',
  route: 'inbound',
  emailPartsDescription: ['Body'],
  messageId: '<k1@example.net>',
};

/** One detection of each stream of the table. */
export const DETECTED: readonly (readonly [StreamName, Fields])[] = [
  ['receipt', { ...RECEIPT, virusFound: 'Eicar-Test-Signature', action: 'Rej' }],
  ['av', AV],
  ['spam', SPAM],
  ['internal email protect', INTERNAL],
  ['impersonation protect', IMPERSONATION],
  ['url protect', URL_BLOCKED],
  ['attachment protect', ATTACHMENT],
  ['dlp', DLP],
  ['hold', HELD],
  ['ttp url', CLICK],
];

/** Records that are no detections. */
export const EVENTS: readonly (readonly [string, StreamName, Fields])[] = [
  ['an accepted message, with whatever spam score', 'receipt', RECEIPT],
  ['a rejection for another reason', 'receipt', { ...RECEIPT, action: 'Rej', rejectionType: 'Invalid Recipient' }],
  ['a virus named null', 'receipt', { ...RECEIPT, virusFound: 'null' }],
  ['a virus without a name', 'receipt', { ...RECEIPT, virusFound: '' }],
  ['an allowed click', 'url protect', { ...URL_BLOCKED, action: 'Allow' }],
  ['a URL without an action', 'url protect', { url: 'https://example.net/' }],
  ['a clean click', 'ttp url', { ...CLICK, scanResult: 'clean', action: 'allow' }],
  ['a clean scan of internal mail', 'internal email protect', { ...INTERNAL, scanResults: 'clean' }],
  ['a held message as the MTA tells it', 'process', { action: 'Hld', holdReason: 'Spm' }],
  ['a delivery', 'delivery', { delivered: 'true' }],
  ['a journal line', 'journal', { direction: 'Internal' }],
  ['an audit event', 'audit', { auditType: 'User Logged On' }],
];

export function idOf(n: number): Binary {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt32BE(n, 12);
  return new Binary(bytes);
}

export const TIME = new Date(Date.UTC(2025, 8, 15, 12));

export function document(n: number, fields: Fields, { time = TIME, sourceId = 7 } = {}): RecordDocument {
  return {
    ...fields,
    _id: idOf(n),
    _sourceId: sourceId,
    _source: 'Mail',
    _collector: 'Office',
    _messageTime: time,
    _receiptTime: new Date(time.getTime() + 60_000),
  };
}
