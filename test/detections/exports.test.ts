/** The export forms, as a whole and against the names and types that their schemas list. */

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ECS } from '../../src/detections/ecs.js';
import { exported } from '../../src/detections/exports.js';
import { detectionOf } from '../../src/detections/normalize.js';
import { OCSF } from '../../src/detections/ocsf.js';
import { DETECTION_ACTIONS, type Detection } from '../../src/domain/detections/detection.js';
import * as samples from './sample-records.js';
import { ecsMistakes, ocsfMistakes } from './schema-facts.js';

const detected = samples.DETECTED.map(([stream, fields]): Detection => {
  const detection = detectionOf(stream, samples.document(1, fields));
  if (detection === undefined) throw new Error(`${stream}: an event`);
  return detection;
});
const of = (stream: string) => detected.find((one) => one.stream === stream) ?? { ...detected[0] };

test('ECS of a blocked URL', () => {
  expect(exported('ecs', of('url protect') as Detection)).toEqual({
    '@timestamp': '2025-09-15T12:00:00.000Z',
    ecs: { version: '9.4.0' },
    event: {
      kind: 'alert',
      module: 'mimecast',
      dataset: 'mimecast.url_protect',
      category: ['email'],
      type: ['info'],
      id: '00000000000000000000000000000001',
      created: '2025-09-15T12:01:00.000Z',
      action: 'blocked',
      severity: 4,
      reason: 'malicious',
    },
    observer: { vendor: 'Mimecast', product: 'Email Security Cloud Gateway', type: 'email-gateway' },
    organization: { id: 'CUSB4A274' },
    rule: { category: 'url' },
    email: {
      sender: { address: 'user@example.com' },
      from: { address: ['user@example.com'] },
      to: { address: ['recipient@example.org'] },
      subject: 'Fwd: News: Week 8 Term 3',
      message_id: 'n1@mail.example.com',
      local_id: 'agg-url',
      direction: 'inbound',
    },
    source: { ip: '198.51.100.7' },
    url: { full: 'https://login.example.net/verify?id=1', domain: 'login.example.net' },
    related: {
      user: ['user@example.com', 'recipient@example.org'],
      ip: ['198.51.100.7'],
      hosts: ['login.example.net'],
    },
    labels: {
      severity: 'high',
      vendor_action: 'Block',
      url_category: 'Phishing & Fraud',
      collection: 'mimecast_url_protect_logs_v2',
      source_id: '7',
      source: 'Mail',
      collector: 'Office',
    },
  });
});

test('OCSF of a malicious attachment', () => {
  const hash = (algorithm_id: number, algorithm: string, value: unknown) => ({ algorithm_id, algorithm, value });
  const { md5, sha1, sha256 } = samples.ATTACHMENT;
  const observable = (name: string, type_id: number, type: string, value: unknown) => ({ name, type_id, type, value });
  expect(exported('ocsf', of('attachment protect') as Detection)).toEqual({
    class_uid: 4009,
    class_name: 'Email Activity',
    category_uid: 4,
    category_name: 'Network Activity',
    activity_id: 4,
    activity_name: 'Trace',
    type_uid: 400_904,
    type_name: 'Email Activity: Trace',
    message_trace_uid: 'ycS8ZuP_MPunTsp6ErzBSA_1731499054',
    time: 1_757_937_600_000,
    severity_id: 4,
    severity: 'High',
    action_id: 0,
    disposition_id: 0,
    is_alert: true,
    direction_id: 1,
    direction: 'Inbound',
    from: 'robot@example.com',
    to: ['user@example.org'],
    email: {
      from: 'robot@example.com',
      to: ['user@example.org'],
      subject: 'Move to Target Successful',
      message_uid: 'm1@mail.example.com',
      files: [
        {
          name: 'report.txt',
          type_id: 1,
          ext: 'txt',
          mime_type: 'text/plain',
          size: 647,
          hashes: [hash(1, 'MD5', md5), hash(2, 'SHA-1', sha1), hash(3, 'SHA-256', sha256)],
        },
      ],
    },
    metadata: {
      version: '1.8.0',
      profiles: ['security_control'],
      product: { name: 'Email Security Cloud Gateway', vendor_name: 'Mimecast' },
      uid: '00000000000000000000000000000001',
      logged_time: 1_757_937_660_000,
      log_name: 'attachment protect',
      event_code: 'attachment',
      tenant_uid: 'CUSB4A274',
    },
    unmapped: {
      collection: 'mimecast_attachment_protect_logs_v2',
      source_id: 7,
      source: 'Mail',
      collector: 'Office',
    },
    observables: [
      observable('email.files.hashes.value', 8, 'Hash', sha256),
      observable('email.files.hashes.value', 8, 'Hash', sha1),
      observable('email.files.hashes.value', 8, 'Hash', md5),
      observable('email.files.name', 7, 'File Name', 'report.txt'),
      observable('from', 5, 'Email Address', 'robot@example.com'),
    ],
  });
});

test.each([
  ['url protect', { action_id: 2, disposition_id: 2, direction_id: 1, status_detail: 'malicious' }],
  [
    'ttp url',
    { action_id: 3, disposition_id: 19, activity_id: 3, type_uid: 400_903, policy: { name: expect.any(String) } },
  ],
  ['hold', { action_id: 2, disposition_id: 3, from: 'sender@example.net', email: { from: 'chief@example.net' } }],
  ['internal email protect', { direction_id: 3, severity_id: 4 }],
  ['spam', { severity_id: 2, src_endpoint: { ip: '81.2.69.144' } }],
])('OCSF of %s', (stream, expected) => {
  expect(exported('ocsf', of(stream) as Detection)).toMatchObject(expected);
});

test.each([
  ['av', ['email', 'malware']],
  ['attachment protect', ['email', 'malware']],
  ['spam', ['email']],
])('the ECS categories of %s', (stream, category) => {
  expect(exported('ecs', of(stream) as Detection)).toMatchObject({ event: { category } });
});

describe('by the lists of the schemas', () => {
  const read = (name: string) => JSON.parse(readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8'));
  const ecs = read('ecs-fields.json');
  const ocsf = read('ocsf-email-activity.json');
  const acting = DETECTION_ACTIONS.map((action) => ({ ...of('url protect'), action }) as Detection);
  const odd: Detection = {
    ...(of('av') as Detection),
    sender: 'not an address',
    headerSender: '<script>',
    recipients: ['me', 'a@b.example'],
    url: 'javascript:alert(1)',
  };
  const { fileName, ...unnamed } = of('av') as Detection;

  test('the versions are those that the forms name', () => {
    expect([ECS.version, OCSF.version]).toEqual([ecs.version, ocsf.version]);
  });

  test.each(
    [...detected, ...acting, odd, unnamed].map((one) => [`${one.stream}, ${one.action ?? 'no action'}`, one] as const),
  )('%s', (_, detection) => {
    expect(ecsMistakes(ecs, exported('ecs', detection))).toEqual([]);
    expect(ocsfMistakes(ocsf, exported('ocsf', detection))).toEqual([]);
  });

  test.each<[name: string, addresses: Partial<Detection>, email: object]>([
    ['none', {}, { to: [] }],
    ['none that is one', { sender: '<>', headerSender: 'me', recipients: ['you'] }, { to: [] }],
    ['a sender', { sender: 'a@b.example' }, { from: 'a@b.example' }],
    ['a header From that is none', { sender: 'a@b.example', headerSender: 'me' }, { to: [] }],
    ['a header From', { headerSender: 'a@b.example' }, { from: 'a@b.example' }],
    ['a recipient', { recipients: ['you', 'a@b.example'] }, { to: ['a@b.example'] }],
    ['both', { sender: 'a@b.example', recipients: ['c@d.example'] }, { from: 'a@b.example', to: ['c@d.example'] }],
  ])('the email of OCSF has an address or an empty list of them: %s', (_, addresses, email) => {
    const { sender, headerSender, recipients, subject, messageId, url, ...rest } = of('url protect') as Detection;
    const whole = exported('ocsf', { ...rest, ...addresses });
    expect(whole).toHaveProperty('email', email);
    expect(ocsfMistakes(ocsf, whole)).toEqual([]);
  });

  test('a mistake would be seen', () => {
    const good = exported('ocsf', of('av') as Detection);
    const wrong = { class_uid: '4009', from: 'me', colour: 'red', severity_id: 12, time: undefined, email: {} };
    const mistaken = { ...good, ...wrong };
    expect(ocsfMistakes(ocsf, JSON.parse(JSON.stringify(mistaken)))).toEqual(
      expect.arrayContaining([
        'class_uid: not of type integer_t',
        'from: not of type email_t',
        'colour: not in the schema',
        'severity_id: not a value of the schema',
        'time: missing',
        'email: none of from, to',
      ]),
    );
    expect(ecsMistakes(ecs, { event: { kind: 'alarm', colour: 'red', id: 3, category: 'email' } })).toEqual([
      'event.kind: alarm is not allowed',
      'event.colour: not in the schema',
      'event.id: not of type keyword',
      'event.category: not a list',
    ]);
  });
});
