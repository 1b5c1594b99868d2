/** What AWS does and the server of the tests does not: archives, limits, failing requests. The answers are made up here. */

import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { bucketSource, ndjson, siemRecord } from '../../support/bucket-source.js';
import { type Handler, serve } from '../../support/local-server.js';
import { collectionsIn, raw } from '../../support/raw-collections.js';
import { testDatabase } from '../../support/test-database.js';

const collections = collectionsIn(testDatabase().db);

const ERROR = (code: string) => `<Error><Code>${code}</Code><Message>${code} it is</Message></Error>`;

/** A store of these objects, each of which may refuse to be read. */
function storeOf(objects: Record<string, string>, refusals: Record<string, readonly [number, string]>): Handler {
  return ({ path }, response) => {
    const key = decodeURIComponent(path.replace('/logs/', ''));
    if (path === '/logs' || path === '/logs/') {
      const contents = Object.entries(objects).map(
        ([name, body]) =>
          `<Contents><Key>${name}</Key><Size>${body.length}</Size><ETag>"${etagOf(body)}"</ETag><LastModified>2026-06-01T00:00:00.000Z</LastModified></Contents>`,
      );
      response.end(`<ListBucketResult><IsTruncated>false</IsTruncated>${contents.join('')}</ListBucketResult>`);
      return;
    }
    const [status, code] = refusals[key] ?? [200, ''];
    if (status !== 200) response.writeHead(status, { 'content-type': 'application/xml' }).end(ERROR(code));
    else response.writeHead(200, { etag: `"${etagOf(objects[key] ?? '')}"` }).end(objects[key]);
  };
}

const etagOf = (body: string) => createHash('md5').update(body).digest('hex');

const two = { 'receipt/1': ndjson([siemRecord(1)]), 'receipt/2': ndjson([siemRecord(2)]) };

async function sourceAt(objects: Record<string, string>, refusals: Record<string, readonly [number, string]>) {
  const { url, received } = await serve(storeOf(objects, refusals));
  const source = await bucketSource(collections, { endpoint: url, bucket: 'logs' });
  const reads = (key: string) => received.filter(({ path }) => path === `/logs/${key}`).length;
  return { source, reads };
}

test('Glacier: an object in an archive is noted as such, not asked for at each poll, and read once it is restored', async () => {
  const refusals: Record<string, readonly [number, string]> = { 'receipt/1': [403, 'InvalidObjectState'] };
  const { source, reads } = await sourceAt(two, refusals);
  const position = '1 objects read, 1 to be restored from the archive';
  expect(await source.collect('receipt')).toMatchObject({ result: 'caughtUp', counts: { stored: 1 }, position });
  expect(await source.collect('receipt')).toMatchObject({ result: 'caughtUp', position });
  expect(reads('receipt/1')).toBe(1);
  delete refusals['receipt/1'];
  await raw(collections).objects.updateOne({ sourceId: source.id, key: 'receipt/1' }, { $set: { at: new Date(0) } });
  expect(await source.collect('receipt')).toMatchObject({ counts: { stored: 1 }, position: '2 objects read' });
});

test('an object that fails for a reason of its store holds up its stream, not the other objects', async () => {
  const refusals: Record<string, readonly [number, string]> = { 'receipt/1': [500, 'InternalError'] };
  const { source } = await sourceAt(two, refusals);
  const failed = await source.collect('receipt');
  expect(failed).toMatchObject({
    result: 'failed',
    counts: { stored: 1 },
    failure: { code: 'InternalError', retry: true },
  });
  delete refusals['receipt/1'];
  expect(await source.collect('receipt')).toMatchObject({ result: 'caughtUp', counts: { stored: 1 } });
});

test('a limit of requests ends the attempt at once, as a warning', async () => {
  const refusals = { 'receipt/1': [503, 'SlowDown'], 'receipt/2': [503, 'SlowDown'] } as const;
  const { source, reads } = await sourceAt(two, refusals);
  await expect(source.collect('receipt')).rejects.toMatchObject({ facts: { code: 'SlowDown' } });
  expect(reads('receipt/2')).toBe(0);
});

test('KMS denial is for the operator, and told with what is missing', async () => {
  const { source } = await sourceAt(two, { 'receipt/1': [403, 'AccessDenied'] });
  const outcome = await source.collect('receipt');
  expect(outcome).toMatchObject({ result: 'failed', counts: { stored: 1 }, failure: { type: 'ThirdPartyConfig' } });
  expect(outcome.failure?.advice).toContain('kms:Decrypt');
});
