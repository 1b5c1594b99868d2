/** A hundred rules as an administrator could write them for mail logs, of every kind, some with literals and some without. */

import type { Filter } from '../src/rules/filter.js';

const NEWSLETTERS = ['newsletter', 'digest', 'promo', 'unsubscribe', 'marketing', 'survey', 'webinar', 'coupon'];
const SUBJECTS = ['payroll', 'merger', 'salary', 'confidential', 'board', 'acquisition', 'lawsuit', 'passport'];
const KEYS = [
  'senderEnvelope',
  'recipients',
  'senderHeader',
  'senderIp',
  'messageId',
  'subject',
  'filename',
  'attachments',
  'url',
  'sha256',
];

/** @returns exactly 100 rules: 25 excludes, 10 includes, 35 masks, 30 hashes. */
export function mixedRules(): Filter[] {
  return [...excludes(), ...includes(), ...masks(), ...hashes()].map((filter, index) => ({
    ...filter,
    name: `${filter.filterType} ${index}`,
  }));
}

type Unnamed = Omit<Filter, 'name'>;

function excludes(): Unnamed[] {
  return [
    ...NEWSLETTERS.map((word) => `.*"senderEnvelope":"${word}@.*`),
    ...NEWSLETTERS.map((word) => `.*(?i)"subject":"[^"]*${word}.*`),
    ...[3, 7, 11, 13].map((part) => `.*"senderIp":"10\\.${part}\\.\\d+\\.\\d+".*`),
    '(?s).*"subject":"Lunch on .*(?s)',
    '.*"spamScore":"?\\d{3,}"?.*',
    '.*\\b(healthcheck|heartbeat|keepalive)\\b.*',
    '\\{"aggregateId":"0{8}.*',
    '.*"action":"Rej".*"rejectionCode":"?550"?.*',
  ].map((regexp) => ({ filterType: 'Exclude', regexp }));
}

function includes(): Unnamed[] {
  return [
    ...['receipt', 'process', 'delivery', 'journal', 'av', 'spam', 'url protect'].map((type) => `.*"type":"${type}".*`),
    '.*"eventType":".*',
    '.*(?i)"(type|subtype)":"[a-z ]+protect".*',
    '.*"aggregateId":".*',
  ].map((regexp) => ({ filterType: 'Include', regexp }));
}

function masks(): Unnamed[] {
  const words = SUBJECTS.map((word) => `(?i)"subject":"([^"]*${word}[^"]*)"`);
  const keys = KEYS.map((key) => `"${key}Secret":"([^"]*)"`);
  const numbers = [
    '\\b(\\d{4}[ -]?\\d{4}[ -]?\\d{4}[ -]?\\d{4})\\b',
    '\\b(\\d{3}-\\d{2}-\\d{4})\\b',
    '\\b([A-Z]{2}\\d{2}(?:\\040?[A-Z0-9]{4}){3,7})\\b',
    '\\b(\\+\\d{1,3}[ -]\\d{2,4}[ -]\\d{4,10})\\b',
    '(?i)password\\s*[=:]\\s*(\\S+)',
    '(?i)bearer\\s+([a-z0-9._-]+)',
    '(AKIA[0-9A-Z]{16})',
  ];
  const rest = SUBJECTS.map((word) => `(?i)"${word}[a-z]*":"([^"]*)"`);
  const common = ['"senderIp":"\\d+\\.\\d+\\.(\\d+\\.\\d+)"', '[?&]token=([^&"]+)'];
  return [...words, ...keys, ...numbers, ...rest, ...common].map((regexp) => ({
    filterType: 'Mask',
    regexp,
    mask: 'XXXX',
  }));
}

function hashes(): Unnamed[] {
  return [
    ...KEYS.map((key) => `"${key}Hash":"([^"]*)"`),
    ...KEYS.map((key) => `(?i)"user${key}":"([^"]*)"`),
    '"senderEnvelope":"([^"@]+)@',
    '"recipients":"([^"]+)"',
    ...[2, 3, 4, 5, 6, 7, 8, 9].map((part) => `"internal${part}":"(\\w+)@example\\.(com|org)"`),
  ].map((regexp) => ({ filterType: 'Hash', regexp }));
}
