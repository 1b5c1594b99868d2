/** What a configuration may say of a bucket. */

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { bucketSecretsIn, secretOf, withoutSecrets } from '../../src/config/config-secrets.js';
import { type Permit, parseSourceConfig, parseSourceFile, SECRET_PLACEHOLDER } from '../../src/config/source-config.js';

const S3 = { bucket: 'mail-logs', region: 'eu-west-1' };
const QUEUE = 'https://sqs.eu-west-1.amazonaws.com/123456789012/mail-logs';
const ROLE = 'arn:aws:iam::123456789012:role/collectors/mail-logs';
const KEYS = { accessKeyId: 'AKID', secretAccessKey: 'very-hush-hush' };
const CONFIG = { name: 'mail', dataCollection: 'siem', collectionMethod: 's3' };

function mistakesOf(s3: unknown, changes: object = {}, permit: Permit = {}): readonly string[] {
  const source = { config: { ...CONFIG, s3, ...changes }, schemaRef: { type: 'Mimecast' }, sourceType: 'Universal' };
  const parsed = parseSourceFile({ source }, permit);
  return parsed.ok ? [] : parsed.mistakes.map((mistake) => mistake.replace('source.config.', ''));
}

function parsed(s3: object) {
  const result = parseSourceConfig({ ...CONFIG, s3 });
  if (!result.ok) throw new Error(result.mistakes.join('\n'));
  return result.value;
}

test.each<[string, object]>([
  ['nothing but bucket and region', S3],
  ['keys', { ...S3, ...KEYS }],
  ['keys of a session', { ...S3, ...KEYS, sessionToken: 'token' }],
  ['a role', { ...S3, roleArn: ROLE }],
  ['a role of a store of its own', { ...S3, endpoint: 'https://s3.example.com', roleArn: 'arn:minio:iam:::role/logs' }],
  [
    'a role that a key assumes, and all that can be said of it',
    {
      ...{ ...S3, ...KEYS, roleArn: ROLE, externalId: 'agreed/on:1' },
      ...{ roleSessionName: 'mail@example.com', stsEndpoint: 'https://sts.example.com' },
    },
  ],
  ['a queue', { ...S3, queue: QUEUE }],
  ['a queue with a pace of its own', { ...S3, queue: { url: QUEUE, compareEvery: '6h' } }],
  ['a queue of a service of its own', { ...S3, queue: 'https://queues.example.com/a/mail-logs' }],
  ['a store of its own', { ...S3, endpoint: 'https://s3.example.com', pathStyle: 'true', requesterPays: true }],
  ['one prefix', { ...S3, prefix: 'logs/' }],
  ['the whole bucket', { ...S3, prefix: '/' }],
  ['prefixes', { ...S3, prefixes: { receipt: 'a/', 'url protect': 'b/' } }],
  ['a prefix with a date', { ...S3, prefix: 'logs/{yyyy}/{MM}/{dd}/' }],
  [
    'prefixes with a date before the type, and the first day',
    {
      ...S3,
      prefixes: { receipt: 'l/{yyyy}/{MM}/{dd}/receipt/', av: 'l/!{timestamp:yyyy/MM/dd}/av/' },
      firstDay: '2026-06-01',
    },
  ],
  ['patterns with an empty line, as forms have them', { ...S3, include: ['*.gz', ''], exclude: [''] }],
  ['patterns', { ...S3, include: ['*.gz', 'receipt/**', 'av/2026/*'], exclude: '**/tmp/**' }],
  [
    'keys that are not set, as Terraform writes them',
    { ...S3, endpoint: '', accessKeyId: null, prefix: '', prefixes: {} },
  ],
])('%s is accepted', (_, s3) => {
  expect(mistakesOf(s3)).toEqual([]);
});

test.each<[string, unknown, RegExp]>([
  ['no bucket at all', undefined, /^s3: missing; must be an object/],
  ['a name for a queue', { ...S3, queue: 'mail-logs' }, /^s3.queue: must be the URL of a queue/],
  ['the ARN of a queue', { ...S3, queue: 'arn:aws:sqs:eu-west-1:1:q' }, /^s3.queue: must be the URL of a queue/],
  [
    'a queue without its URL',
    { ...S3, queue: { compareEvery: '1h' } },
    /^s3.queue.*: missing|^s3.queue: must be the URL/,
  ],
  [
    'comparing all the time',
    { ...S3, queue: { url: QUEUE, compareEvery: '1s' } },
    /^s3.queue.compareEvery: must be a duration/,
  ],
  ['an unknown key of a queue', { ...S3, queue: { url: QUEUE, every: '1h' } }, /^s3.queue/],
  [
    'a queue without TLS',
    { ...S3, queue: QUEUE.replace('https', 'http') },
    /^s3.queue: .* not a public https: address/,
  ],
  [
    'a private queue',
    { ...S3, queue: { url: 'https://10.1.2.3/1/q' } },
    /^s3.queue.url: .* not a public https: address/,
  ],
  [
    'a queue in another region',
    { ...S3, queue: QUEUE.replace(S3.region, 'us-west-2') },
    /^s3.queue: is a queue in us-west-2; S3 notifies/,
  ],
  ['no region', { bucket: 'mail-logs' }, /^s3.region: missing/],
  ['an address for a bucket', { ...S3, bucket: 's3://mail-logs/x' }, /^s3.bucket: must be the name of a bucket/],
  ['an endpoint with a path', { ...S3, endpoint: 'https://x.example.com/p' }, /^s3.endpoint: must be the address/],
  [
    'an endpoint without TLS',
    { ...S3, endpoint: 'http://x.example.com' },
    /^s3.endpoint: .* not a public https: address/,
  ],
  ['a private endpoint', { ...S3, endpoint: 'https://10.1.2.3' }, /^s3.endpoint: .* not a public https: address/],
  ['a key without its secret', { ...S3, accessKeyId: 'A' }, /^s3.secretAccessKey: missing; needed with "accessKeyId"/],
  ['a secret without its key', { ...S3, secretAccessKey: 'x' }, /^s3.accessKeyId: missing; needed/],
  ['a session token alone', { ...S3, sessionToken: 'x' }, /^s3.accessKeyId: missing; needed with "sessionToken"/],
  [
    'a mask for no secret',
    { ...S3, ...KEYS, secretAccessKey: '********' },
    /^s3.secretAccessKey: .* there is none yet/,
  ],
  ['a role as an object', { ...S3, role: { arn: ROLE } }, /^s3.role: unknown key; a role is given by "roleArn"/],
  ['the name of a role', { ...S3, roleArn: 'mail-logs' }, /^s3.roleArn: must be the ARN of a role, such as/],
  ['a user', { ...S3, roleArn: 'arn:aws:iam::123456789012:user/x' }, /^s3.roleArn: must be the ARN of a role/],
  ['an external ID of one letter', { ...S3, roleArn: ROLE, externalId: 'x' }, /^s3.externalId: must have 2 to 1224/],
  ['a session with a space', { ...S3, roleArn: ROLE, roleSessionName: 'a b' }, /^s3.roleSessionName: must have 2 to/],
  [
    'an external ID without a role',
    { ...S3, externalId: 'agreed-on' },
    /^s3.roleArn: missing; needed with "externalId"/,
  ],
  ['STS without a role', { ...S3, stsEndpoint: 'https://s.example.com' }, /^s3.roleArn: missing; needed with "stsEndp/],
  [
    'STS in a private network',
    { ...S3, roleArn: ROLE, stsEndpoint: 'http://10.0.0.1' },
    /^s3.stsEndpoint: .*not a public https: address/,
  ],
  ['an unknown key', { ...S3, bukcet: 'x' }, /^s3.bukcet: unknown key; did you mean "bucket"/],
  ['a prefix with a slash before it', { ...S3, prefix: '/logs' }, /^s3.prefix: must not begin with "\/"/],
  ['both forms of prefixes', { ...S3, prefix: 'a', prefixes: { av: 'b' } }, /^s3.prefixes: cannot be given together/],
  ['an unknown stream', { ...S3, prefixes: { recipt: 'a/' } }, /^s3.prefixes/],
  ['an empty prefix', { ...S3, prefixes: { av: ' ' } }, /^s3.prefixes.av: must not be empty/],
  [
    'prefixes that overlap',
    { ...S3, prefixes: { av: 'receipt/av/' } },
    /^s3.prefixes.av: "receipt\/av\/" of av lies in/,
  ],
  ['an unknown part of a date', { ...S3, prefix: 'l/{YYYY}/' }, /^s3.prefix: must not have \{YYYY\}; the parts of/],
  ['a day without a month', { ...S3, prefixes: { av: '{yyyy}/{dd}/' } }, /^s3.prefixes.av: must have \{MM\} where it/],
  [
    'prefixes that overlap on some days',
    { ...S3, prefixes: { receipt: 'l/{yyyy}/', av: 'l/2026/av/' } },
    /^s3.prefixes.av: "l\/2026\/av\/" of av lies in "l\/\{yyyy\}\/" of receipt/,
  ],
  ['a first day without dates', { ...S3, firstDay: '2026-06-01' }, /^s3.firstDay: needs \{yyyy\}, \{MM\} and \{dd\}/],
  ['no day', { ...S3, prefix: '{yyyy}/', firstDay: '2026-02-30' }, /^s3.firstDay: must be a day such as/],
  ['what is no pattern', { ...S3, include: ['*.gz', 'a[b'] }, /^s3.include\[1\]: must have a \] for each \[/],
  [
    'a prefix with a mistake, and patterns',
    { ...S3, prefix: 'l/{x}', include: 'l/*' },
    /^s3.prefix: must not have \{x/,
  ],
  ['a pattern with a slash first', { ...S3, exclude: '/logs/*' }, /^s3.exclude: must not begin with "\/"/],
  [
    'a pattern for elsewhere',
    { ...S3, include: ['', '*.gz', 'logs/receipt/*'] },
    /^s3.include\[2\]: "logs\/receipt\/\*" matches nothing below the prefixes of the source: "receipt\/"/,
  ],
  [
    'patterns that exclude everything',
    { ...S3, prefix: 'l/', exclude: ['*.md', '**'] },
    /^s3.exclude: excludes everything of the source; correct/,
  ],
  [
    'patterns that take themselves back',
    { ...S3, prefix: 'l/', include: '*.gz', exclude: '*.gz' },
    /^s3.exclude: excludes everything of the source/,
  ],
  [
    'patterns that include no object of a stream',
    { ...S3, include: ['receipt/**', 'process/**'] },
    /^s3.include: matches nothing of delivery, journal, .*; correct the patterns, or leave them out of dataCollection/,
  ],
  [
    'patterns that leave a stream without objects',
    { ...S3, exclude: 'av/**' },
    /^s3.exclude: excludes everything of av; correct the patterns, or leave them out of dataCollection/,
  ],
  ['the same prefix twice', { ...S3, prefixes: { av: 'x/', spam: 'x/' } }, /^s3.prefixes.spam: "x\/" of spam lies in/],
])('%s is refused', (_, s3, mistake) => {
  const mistakes = mistakesOf(s3);
  expect(mistakes).toHaveLength(1);
  expect(mistakes[0]).toMatch(mistake);
});

test('the example is valid', () => {
  const text = readFileSync(new URL('../../examples/s3-source.json', import.meta.url), 'utf8');
  expect(parseSourceFile(JSON.parse(text)).ok).toBe(true);
});

test('all mistakes are told at once, and what is only for the API by its name', () => {
  const api = { clientID: 'id', clientSecret: 'x', baseUrl: 'https://us-api.services.mimecast.com', backfill: '7d' };
  const mistakes = mistakesOf({ bucket: 'mail-logs', accessKeyId: 'A' }, { ...api, overlap: '1h' });
  expect(mistakes.map((mistake) => mistake.split(':')[0])).toEqual([
    's3.region',
    ...['clientID', 'clientSecret', 'baseUrl', 'backfill', 'overlap'],
    's3.secretAccessKey',
  ]);
});

test('a bucket has no meaning for the API', () => {
  const mistakes = mistakesOf(S3, { collectionMethod: 'api', clientID: 'id', clientSecret: 'x' });
  expect(mistakes).toEqual(['s3: is only for "collectionMethod": "s3"']);
});

test('a session token belongs to its key: neither can be changed alone', () => {
  const masked = { ...KEYS, secretAccessKey: SECRET_PLACEHOLDER };
  const keepSecret = { keepSecret: true };
  expect(mistakesOf({ ...S3, ...masked, sessionToken: 'new' }, {}, keepSecret)[0]).toMatch(/^s3.sessionToken: belongs/);
  expect(mistakesOf({ ...S3, ...KEYS, sessionToken: SECRET_PLACEHOLDER }, {}, keepSecret)[0]).toMatch(
    /belongs to its key/,
  );
  expect(mistakesOf({ ...S3, ...masked, sessionToken: SECRET_PLACEHOLDER }, {}, keepSecret)).toEqual([]);
});

describe('secrets', () => {
  test('no mistake repeats the secret of a key, wherever it was pasted', () => {
    const mistakes = mistakesOf({ ...S3, ...KEYS, region: KEYS.secretAccessKey, [KEYS.secretAccessKey]: 1 });
    expect(mistakes.length).toBeGreaterThan(0);
    expect(mistakes.join()).not.toContain(KEYS.secretAccessKey);
    expect(mistakesOf({ ...S3, ...KEYS, sessionToken: ['hush-token'] }).join()).not.toContain('hush-token');
  });

  test('they are stored apart, and shown as masks', () => {
    const config = parsed({ ...S3, ...KEYS, sessionToken: 'hush-token' });
    expect(bucketSecretsIn(secretOf(config) ?? '')).toEqual({
      secretAccessKey: KEYS.secretAccessKey,
      sessionToken: 'hush-token',
    });
    const shown = withoutSecrets(config);
    expect(shown.s3).toEqual({ ...S3, accessKeyId: 'AKID', secretAccessKey: '********', sessionToken: '********' });
    expect(parseSourceConfig(shown, { keepSecret: true }).ok).toBe(true);
    expect(Object.keys(shown)).not.toContain('baseUrl');
  });

  test('the external ID of a role is not one', () => {
    const s3 = { ...S3, roleArn: ROLE, externalId: 'agreed-on' };
    expect(secretOf(parsed(s3))).toBeUndefined();
    expect(withoutSecrets(parsed(s3)).s3).toEqual(s3);
  });

  test('a source with the credentials of the machine has none', () => {
    expect(secretOf(parsed(S3))).toBeUndefined();
    expect(withoutSecrets(parsed(S3)).s3).toEqual(S3);
  });
});
