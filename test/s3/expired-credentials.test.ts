/** Credentials that somebody else renews: those of a role or of a file, which the workers find in their environment. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { Bucket } from '../../src/s3/bucket.js';
import { Queue } from '../../src/s3/queue.js';
import { failureOf } from '../support/failure-of.js';
import { type Handler, sendJson, serve } from '../support/local-server.js';
import { temporaryFolder } from '../support/temporary-folder.js';

afterEach(() => void vi.unstubAllEnvs());

/** A file of credentials as the AWS SDK finds it, in place of all other ways. */
function credentialsFile() {
  const folder = temporaryFolder();
  onTestFinished(() => folder.remove());
  const file = join(folder.path, 'credentials');
  const none = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_PROFILE', 'AWS_ROLE_ARN'];
  for (const name of none) vi.stubEnv(name, undefined);
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', file);
  vi.stubEnv('AWS_CONFIG_FILE', join(folder.path, 'config'));
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
  return (id: string) =>
    writeFileSync(file, `[default]\naws_access_key_id=${id}\naws_secret_access_key=s\naws_session_token=t\n`);
}

/** What is signed with the old key has expired. */
const answering =
  (expired: Handler, good: Handler): Handler =>
  (received, response) =>
    String(received.headers.authorization).includes('Credential=OLDKEY/')
      ? expired(received, response)
      : good(received, response);

const PASSES = { type: 'ThirdPartyGeneric', code: expect.stringMatching(/^ExpiredToken/), retry: true };

test('expired credentials of a role or file are resolved anew for the next request to a bucket', async () => {
  const write = credentialsFile();
  const xml = '<Error><Code>ExpiredToken</Code><Message>The provided token has expired.</Message></Error>';
  const { url } = await serve(
    answering(
      (_, response) => void response.writeHead(400, { 'content-type': 'application/xml' }).end(xml),
      (_, response) => void response.end('<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>'),
    ),
  );
  write('OLDKEY');
  const bucket = new Bucket({
    bucket: 'logs',
    region: 'eu-west-1',
    endpoint: url,
    pathStyle: true,
    allowInsecure: true,
  });
  expect(await failureOf(bucket.list({ prefix: '' }))).toMatchObject(PASSES);
  write('NEWKEY');
  expect(await bucket.list({ prefix: '' })).toEqual({ objects: [] });
});

test('and for the next request to a queue', async () => {
  const write = credentialsFile();
  const body = { __type: 'com.amazonaws.sqs#ExpiredToken', message: 'The security token has expired' };
  const headers = { 'content-type': 'application/x-amz-json-1.0' };
  const { url } = await serve(
    answering(
      (_, response) => sendJson(response, 403, body, headers),
      (_, response) => sendJson(response, 200, {}, headers),
    ),
  );
  write('OLDKEY');
  const queue = new Queue({ url: `${url}/1/mail-logs`, region: 'eu-west-1', allowInsecure: true });
  expect(await failureOf(queue.receive(30, 0))).toMatchObject(PASSES);
  write('NEWKEY');
  expect(await queue.receive(30, 0)).toEqual([]);
});
