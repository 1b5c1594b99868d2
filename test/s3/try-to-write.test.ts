/** Trying whether a bucket can be written to, where AWS and other stores answer what the server of the tests does not. */

import { expect, test } from 'vitest';
import { classify, RawError } from '../../src/domain/failures/failure.js';
import { Bucket } from '../../src/s3/bucket.js';
import { type Handler, serve } from '../support/local-server.js';
import { S3_KEYS } from '../support/s3-server.js';

const XML = { 'content-type': 'application/xml' };
const error = (code: string) => `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`;
const BEGUN =
  '<?xml version="1.0"?><InitiateMultipartUploadResult><Bucket>logs</Bucket><Key>k</Key><UploadId>u1</UploadId></InitiateMultipartUploadResult>';

const LISTED: Answer = {
  status: 200,
  body: '<?xml version="1.0"?><ListBucketResult><Name>logs</Name></ListBucketResult>',
};

interface Answer {
  readonly status: number;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** @param answers by method. */
async function tried(answers: Readonly<Record<string, Answer>>) {
  const handler: Handler = ({ method }, response) => {
    const { status, body = '', headers = {} } = answers[method] ?? (method === 'GET' ? LISTED : { status: 405 });
    response.writeHead(status, { ...XML, ...headers }).end(body);
  };
  const { url, received } = await serve(handler);
  const common = { bucket: 'logs', region: 'eu-west-1', pathStyle: true, allowInsecure: true };
  const bucket = new Bucket({ ...common, endpoint: url, keys: async () => ({ ...S3_KEYS.writer }) });
  const failure = await bucket.tryToWrite('receipt/k').then(
    () => undefined,
    (thrown: unknown) => {
      if (!(thrown instanceof RawError)) throw thrown;
      return classify(thrown.facts);
    },
  );
  return { failure, requests: received.map(({ method, path, query }) => [method, path, query.get('uploadId')]) };
}

test('an upload is begun and aborted, and no object is sent', async () => {
  const { failure, requests } = await tried({ POST: { status: 200, body: BEGUN }, DELETE: { status: 204 } });
  expect(failure).toBeUndefined();
  expect(requests).toEqual([
    ['GET', '/logs/', null],
    ['POST', '/logs/receipt/k', null],
    ['DELETE', '/logs/receipt/k', 'u1'],
  ]);
});

test('who may neither list nor abort may write, and is told so', async () => {
  const denied = { status: 403, body: error('AccessDenied') };
  const { failure } = await tried({ GET: denied, POST: { status: 200, body: BEGUN }, DELETE: denied });
  expect(failure).toBeUndefined();
});

test('a bucket that is missing is not made by the attempt', async () => {
  const { failure, requests } = await tried({ GET: { status: 404, body: error('NoSuchBucket') } });
  expect(failure).toMatchObject({ type: 'ThirdPartyConfig', code: 'NoSuchBucket' });
  expect(requests.map(([method]) => method)).toEqual(['GET']);
});

test('an upload that cannot be aborted for another reason is told', async () => {
  const away = { status: 500, body: error('InternalError') };
  const { failure } = await tried({ POST: { status: 200, body: BEGUN }, DELETE: away });
  expect(failure).toMatchObject({ type: 'ThirdPartyGeneric', code: 'InternalError' });
});

test.each<[string, Answer, object]>([
  [
    'a bucket in another region',
    { status: 301, body: error('PermanentRedirect'), headers: { 'x-amz-bucket-region': 'us-west-2' } },
    { type: 'ThirdPartyConfig', code: 'WrongRegion' },
  ],
  [
    'a KMS key that may not be used',
    { status: 403, body: error('AccessDenied').replace('<Message>AccessDenied', '<Message>not: kms:GenerateDataKey') },
    { type: 'ThirdPartyConfig', code: 'KmsAccessDenied', advice: expect.stringContaining('kms:GenerateDataKey') },
  ],
  ['an outage', { status: 503, body: error('ServiceUnavailable') }, { type: 'ThirdPartyGeneric' }],
])('%s is told as it is when an object is written', async (_, answer, expected) => {
  const { failure } = await tried({ POST: answer });
  expect(failure).toMatchObject(expected);
});
