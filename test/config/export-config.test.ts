/** What a configuration may say of the bucket that it exports to. */

import { expect, test } from 'vitest';
import { exportSecretOf, secretOf, withoutSecrets } from '../../src/config/config-secrets.js';
import { type Permit, parseSourceConfig, parseSourceFile, SECRET_PLACEHOLDER } from '../../src/config/source-config.js';

const BUCKET = { bucket: 'mail-export', region: 'eu-west-1' };
const KEYS = { accessKeyId: 'AKID', secretAccessKey: 'very-hush-hush' };
const CONFIG = { name: 'mail', dataCollection: 'siem', clientID: 'id', clientSecret: 'the-client-secret' };
const S3_SOURCE = { clientID: undefined, clientSecret: undefined, collectionMethod: 's3' };

function mistakesOf(toBucket: unknown, changes: object = {}, permit: Permit = {}): readonly string[] {
  const config = { ...CONFIG, export: toBucket, ...changes };
  const parsed = parseSourceFile(
    { source: { config, schemaRef: { type: 'Mimecast' }, sourceType: 'Universal' } },
    permit,
  );
  return parsed.ok ? [] : parsed.mistakes.map((mistake) => mistake.replace('source.config.', ''));
}

function parsed(toBucket: object) {
  const result = parseSourceConfig({ ...CONFIG, export: toBucket });
  if (!result.ok) throw new Error(result.mistakes.join('\n'));
  return result.value;
}

test.each<[string, object, object?]>([
  ['nothing but bucket and region', BUCKET],
  ['keys', { ...BUCKET, ...KEYS, sessionToken: 'token' }],
  [
    'all of it',
    { ...BUCKET, endpoint: 'https://s3.example.com', pathStyle: true, prefix: 'm/', form: 'ecs', interval: '5m' },
  ],
  ['keys that are not set, as Terraform writes them', { ...BUCKET, endpoint: '', prefix: null, form: '' }],
  ['another bucket than the source reads', BUCKET, { ...S3_SOURCE, s3: { bucket: 'mail-logs', region: 'eu-west-1' } }],
  ['another prefix than the source reads', { ...BUCKET, prefix: 'out/' }, { ...S3_SOURCE, s3: BUCKET }],
])('%s is accepted', (_, toBucket, changes) => {
  expect(mistakesOf(toBucket, changes)).toEqual([]);
});

test.each<[string, unknown, RegExp, object?]>([
  ['a bucket without a region', { bucket: 'mail-export' }, /^export.region: missing/],
  ['an endpoint without TLS', { ...BUCKET, endpoint: 'http://x.example.com' }, /^export.endpoint: .* public https:/],
  ['a key without its secret', { ...BUCKET, accessKeyId: 'A' }, /^export.secretAccessKey: missing; needed with/],
  [
    'a mask for no secret',
    { ...BUCKET, ...KEYS, secretAccessKey: SECRET_PLACEHOLDER },
    /^export.secretAccessKey: .* none yet/,
  ],
  [
    'a date in a prefix',
    { ...BUCKET, prefix: '{yyyy}/' },
    /^export.prefix: must not have \{ or \}: each day has a folder/,
  ],
  ['the name of a role', { ...BUCKET, roleArn: 'x' }, /^export.roleArn: must be the ARN of a role/],
  [
    'an external ID without a role',
    { ...BUCKET, externalId: 'xy' },
    /^export.roleArn: missing; needed with "externalId"/,
  ],
  ['an unknown key', { ...BUCKET, prefxi: 'x' }, /^export.prefxi: unknown key; did you mean "prefix"/],
  [
    'a key of the other bucket',
    { ...BUCKET, requesterPays: true },
    /^export.requesterPays: unknown key here; it belongs in "s3"/,
  ],
  ['an unknown form', { ...BUCKET, form: 'cef' }, /^export.form: must be one of: received, ecs, ocsf/],
  ['an interval without a unit', { ...BUCKET, interval: '60' }, /^export.interval: must be a duration/],
  ['what is no object', 'mail-export', /^export: must be an object/],
  [
    'the bucket that the source reads',
    BUCKET,
    /^export.prefix: is where the source reads/,
    { ...S3_SOURCE, s3: BUCKET },
  ],
  [
    'a prefix around what the source reads',
    { ...BUCKET, prefix: 'in/' },
    /^export.prefix: is where the source reads/,
    { ...S3_SOURCE, s3: { ...BUCKET, prefix: 'in/receipt/' } },
  ],
])('%s is refused', (_, toBucket, mistake, changes) => {
  const mistakes = mistakesOf(toBucket, changes);
  expect(mistakes).toHaveLength(1);
  expect(mistakes[0]).toMatch(mistake);
});

test('its secrets are apart from the others, masked where it is shown, and in no message', () => {
  const config = parsed({ ...BUCKET, ...KEYS, sessionToken: 'token-hush' });
  expect(secretOf(config)).toBe('the-client-secret');
  expect(JSON.parse(exportSecretOf(config) ?? '')).toEqual({
    secretAccessKey: 'very-hush-hush',
    sessionToken: 'token-hush',
  });
  expect(JSON.stringify(withoutSecrets(config))).not.toMatch(/hush|the-client-secret/);
  expect(exportSecretOf(parsed(BUCKET))).toBeUndefined();
  const pasted = { category: 7, description: ['very-hush-hush'], collectionMethod: 'very-hush-hush the-client-secret' };
  const mistakes = mistakesOf({ ...BUCKET, ...KEYS, bucket: 'very-hush-hush/', form: 'very-hush-hush' }, pasted);
  expect(mistakes.length).toBeGreaterThan(3);
  expect(mistakes.join('\n')).not.toMatch(/very-hush-hush|the-client-secret/);
});

test('a mask keeps the stored secret', () => {
  const masked = { ...BUCKET, ...KEYS, secretAccessKey: SECRET_PLACEHOLDER };
  expect(mistakesOf(masked, {}, { keepSecret: true })).toEqual([]);
});
