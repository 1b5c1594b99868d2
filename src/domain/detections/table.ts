/**
 * The table of detections: which records of which streams are detections, of what kind and severity, and what their fields
 * mean. Streams that are not in it hold events only: `process`, `delivery` and `journal` tell what became of a message,
 * `audit` what administrators did. A message that is held says so in the list of held messages, so `process` is no second
 * source for it.
 */

import { ALWAYS, type DetectionStream, type FieldMap } from './rule.js';

const SENTINEL = 'analytic rules of Azure Sentinel’s Mimecast solution';
const ELASTIC = 'pipelines of Elastic’s Mimecast integration';

/** Keys that the SIEM types share. */
const SIEM: FieldMap = {
  sender: ['senderEnvelope'],
  recipients: ['recipients'],
  subject: ['subject'],
  messageId: ['messageId'],
  direction: ['route', 'direction'],
  accountId: ['accountId'],
  aggregateId: ['aggregateId'],
};
const FILE: FieldMap = {
  fileName: ['fileName'],
  fileExtension: ['fileExtension'],
  fileType: ['fileMime'],
  fileSize: ['sizeAttachment'],
  md5: ['md5'],
  sha1: ['sha1'],
  sha256: ['sha256'],
};

export const DETECTION_TABLE: readonly DetectionStream[] = [
  {
    stream: 'receipt',
    rules: [
      {
        kind: 'virus',
        severity: 'high',
        when: [
          [{ field: 'virusFound', is: 'filled' }],
          [{ field: 'rejectionType', is: ['Virus Signature Detection'] }],
        ],
        what: '`virusFound` holds something, or `rejectionType` is `Virus Signature Detection`',
        known: `${SENTINEL} (virusFound); LogRhythm’s rules for Mimecast (rejectionType)`,
      },
    ],
    fields: {
      ...SIEM,
      action: ['action'],
      headerSender: ['senderHeader'],
      senderIp: ['senderIp'],
      reason: ['virusFound', 'rejectionInfo', 'rejectionType'],
    },
  },
  {
    stream: 'av',
    rules: [
      {
        kind: 'virus',
        severity: 'high',
        when: ALWAYS,
        what: 'every record',
        known: `${SENTINEL}; ${ELASTIC}`,
      },
    ],
    fields: { ...SIEM, ...FILE, senderIp: ['senderIp'], reason: ['virusFound'] },
  },
  {
    stream: 'spam',
    rules: [
      {
        kind: 'spam',
        severity: 'low',
        when: ALWAYS,
        what: 'every record. `spamScore` and `spamDetectionLevel` of receipts are no verdicts: Mimecast’s own notices carry level 28',
        known: `${SENTINEL}; ${ELASTIC}`,
      },
    ],
    fields: { ...SIEM, headerSender: ['senderHeader'], senderIp: ['senderIp'] },
  },
  {
    stream: 'internal email protect',
    rules: [
      {
        kind: 'event',
        when: [[{ field: 'scanResults', is: ['clean', 'Clean', 'CLEAN'] }]],
        what: '`scanResults` is `clean`',
        known: 'our own caution: no sample has it',
      },
      { kind: 'internal-email', severity: 'high', when: ALWAYS, what: 'every other record', known: SENTINEL },
    ],
    fields: { ...SIEM, category: ['urlCategory'], reason: ['scanResults'] },
  },
  {
    stream: 'impersonation protect',
    rules: [
      {
        kind: 'impersonation',
        severity: 'high',
        when: [[{ field: 'taggedMalicious', is: ['true'] }]],
        what: '`taggedMalicious` is `true`',
        known: ELASTIC,
      },
      { kind: 'impersonation', severity: 'medium', when: ALWAYS, what: 'every other record', known: SENTINEL },
    ],
    fields: { ...SIEM, action: ['action'], senderIp: ['senderIp'], policy: ['policyDefinition'] },
    checks: [
      ...['customNameMatch', 'customThreatDictionary', 'internalUserName', 'mimecastThreatDictionary', 'newDomain'],
      ...['replyMismatch', 'similarCustomExternalDomain', 'similarInternalDomain', 'similarMimecastExternalDomain'],
    ],
  },
  {
    stream: 'url protect',
    rules: [
      {
        kind: 'url',
        severity: 'high',
        when: [[{ field: 'action', is: ['Block', 'block'] }]],
        what: '`action` is `Block`',
        known: SENTINEL,
      },
      {
        kind: 'url',
        severity: 'medium',
        when: [[{ field: 'action', is: ['Warn', 'warn'] }]],
        what: '`action` is `Warn`; a click that was allowed is an event',
        known: SENTINEL,
      },
    ],
    fields: {
      ...SIEM,
      action: ['action'],
      senderIp: ['sourceIp'],
      url: ['url'],
      category: ['urlCategory'],
      reason: ['blockReason'],
    },
  },
  {
    stream: 'attachment protect',
    rules: [
      {
        kind: 'attachment',
        severity: 'high',
        when: ALWAYS,
        what: 'every record; they carry no verdict to tell them apart by',
        known: `${SENTINEL}; ${ELASTIC}`,
      },
    ],
    fields: { ...SIEM, ...FILE, recipients: ['recipient', 'recipients'], senderIp: ['senderIp'] },
  },
  {
    stream: 'dlp',
    rules: [{ kind: 'dlp', severity: 'medium', when: ALWAYS, what: 'every record', known: SENTINEL }],
    fields: {
      action: ['action'],
      sender: ['senderAddress'],
      recipients: ['recipientAddress'],
      subject: ['subject'],
      messageId: ['messageId'],
      direction: ['route'],
      policy: ['policy'],
    },
  },
  {
    stream: 'hold',
    rules: [
      {
        kind: 'held',
        severity: 'low',
        when: ALWAYS,
        what: 'every record',
        known: 'Mimecast V2 of Cortex XSOAR, which makes an incident of each',
      },
    ],
    fields: {
      sender: ['from'],
      headerSender: ['fromHeader'],
      recipients: ['to'],
      subject: ['subject'],
      direction: ['route'],
      policy: ['policyInfo'],
      reason: ['reason', 'reasonCode'],
    },
    action: 'held',
  },
  {
    stream: 'ttp url',
    rules: [
      {
        kind: 'url',
        severity: 'critical',
        when: [
          [
            { field: 'scanResult', is: ['malicious'] },
            { field: 'action', is: ['allow', 'Allow'] },
          ],
        ],
        what: '`scanResult` is `malicious` and `action` is `allow`: the click went through',
        known: 'our own reading of the next one',
      },
      {
        kind: 'url',
        severity: 'high',
        when: [[{ field: 'scanResult', is: ['malicious'] }]],
        what: '`scanResult` is `malicious`; a click on what is `clean` is an event',
        known: SENTINEL,
      },
    ],
    fields: {
      action: ['action'],
      sender: ['fromUserEmailAddress'],
      recipients: ['userEmailAddress'],
      subject: ['subject'],
      messageId: ['messageId'],
      direction: ['route'],
      senderIp: ['sendingIp'],
      url: ['url'],
      category: ['category'],
      policy: ['ttpDefinition'],
      reason: ['scanResult'],
    },
  },
];
