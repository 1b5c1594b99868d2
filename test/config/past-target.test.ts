/** Where an export of the past goes: what is given, what the source has, and every mistake by the name of what was given. */

import { expect, test } from 'vitest';
import { parsePastTarget } from '../../src/config/past-target.js';
import { SECRET_PLACEHOLDER } from '../../src/config/source-config.js';

const OWN = { bucket: 'mail-export', region: 'eu-west-1', interval: '5m', prefix: 'm/', form: 'ecs' };
const KEPT = { accessKeyId: 'AKID', secretAccessKey: SECRET_PLACEHOLDER };
const GIVEN = { accessKeyId: 'OTHER', secretAccessKey: 'very-hush-hush' };
const ROLE = 'arn:aws:iam::123456789012:role/mail-history';
const AWS = { bucket: 'mail-history', region: 'us-east-1' };

const parsed = (own: object | undefined, given: object, permit = { keepSecret: true }) =>
  parsePastTarget({ name: 'mail', ...(own === undefined ? {} : { export: own }) }, { ...given }, permit);

test.each<[string, object | undefined, object, object]>([
  ['what the source has', { ...OWN, ...KEPT }, {}, { ...OWN, ...KEPT }],
  ['another bucket, with the key of the source', { ...OWN, ...KEPT }, AWS, { ...OWN, ...KEPT, ...AWS }],
  ['a key of its own', { ...OWN, ...KEPT, sessionToken: SECRET_PLACEHOLDER }, GIVEN, { ...OWN, ...GIVEN }],
  ['another endpoint, without the key of the source', { ...OWN, ...KEPT }, { endpoint: 'https://s3.example.com' }, OWN],
  [
    'a role of its own, without the key of the source',
    { ...OWN, ...KEPT },
    { roleArn: ROLE },
    { ...OWN, roleArn: ROLE },
  ],
  [
    'a role with all that belongs to it, without the role of the source',
    { ...OWN, roleArn: `${ROLE}-live`, externalId: 'live' },
    { roleArn: ROLE, roleSessionName: 'history', stsEndpoint: 'https://sts.example.com' },
    {
      ...OWN,
      roleArn: ROLE,
      roleSessionName: 'history',
      stsEndpoint: 'https://sts.example.com',
    },
  ],
  ['a source that exports nowhere', undefined, AWS, { ...AWS, form: 'received', interval: '1m' }],
  ['what is not set, as forms send it', OWN, { bucket: '', prefix: null }, OWN],
])('%s', (_, own, given, expected) => {
  const result = parsed(own, given);
  expect(result).toMatchObject({ ok: true, value: expected });
  for (const name of ['accessKeyId', 'externalId']) expect(result.ok && name in result.value).toBe(name in expected);
  expect(result.ok && 'sessionToken' in result.value).toBe(false);
});

test.each<[string, object | undefined, object, readonly string[]]>([
  [
    'all at once',
    undefined,
    { prefix: '/no', form: 'xml', endpoint: 'nowhere', accessKeyId: 'AKID' },
    [
      'bucket: missing; the bucket to write to',
      'region: missing; the region of the bucket',
      'prefix: must not begin with "/"',
      'form: must be one of: received, ecs, ocsf',
      'endpoint: must be the address of an S3-compatible store',
      'secretAccessKey: missing; needed with "accessKeyId"',
    ],
  ],
  [
    'a private endpoint',
    OWN,
    { endpoint: 'http://127.0.0.1:9000' },
    ['endpoint: http://127.0.0.1:9000 is not a public'],
  ],
  [
    'a private address of STS',
    OWN,
    { roleArn: ROLE, stsEndpoint: 'http://10.0.0.1' },
    ['stsEndpoint: http://10.0.0.1 is not a public'],
  ],
  [
    'what belongs to a role, without one',
    { ...OWN, roleArn: ROLE },
    { roleSessionName: 'a b', stsEndpoint: 'nowhere' },
    [
      'roleArn: missing; needed with "roleSessionName"',
      'roleSessionName: must have 2 to 64 letters',
      'stsEndpoint: must be the address of a Security Token Service',
    ],
  ],
  [
    'a mask without what it stands for',
    OWN,
    { ...GIVEN, secretAccessKey: SECRET_PLACEHOLDER },
    ['secretAccessKey: ***'],
  ],
])('mistakes: %s', (_, own, given, expected) => {
  const result = parsed(own, given);
  const mistakes = result.ok ? [] : result.mistakes;
  expect(mistakes).toHaveLength(expected.length);
  for (const text of expected) expect(mistakes).toContainEqual(expect.stringContaining(text));
});

test('no mistake shows a secret', () => {
  const result = parsed(OWN, { ...GIVEN, form: 'very-hush-hush', prefix: '/very-hush-hush' });
  expect(JSON.stringify(result)).not.toContain('very-hush-hush');
});
