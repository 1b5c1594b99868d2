/**
 * Buckets named in the host of requests (`pathStyle: false`), against a real server that knows its domain: what is read, listed
 * and exported goes to `bucket.host`, and its signature has that host.
 */

import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import dns from 'node:dns';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LOOPBACK } from '../../src/runtime/ports.js';
import { Bucket, type BucketOptions } from '../../src/s3/bucket.js';
import { bucketSource, ndjson, siemRecord, siemRecords } from '../support/bucket-source.js';
import { exportingSource } from '../support/exporting-source.js';
import { failureOf } from '../support/failure-of.js';
import { newPastExport, runPastExport } from '../support/past-exporting.js';
import { collectionsIn } from '../support/raw-collections.js';
import { S3_DOMAIN, S3_KEYS, S3_REGION, s3Server } from '../support/s3-server.js';
import { testDatabase } from '../support/test-database.js';

const server = s3Server();
const collections = collectionsIn(testDatabase().db);
await collections.ensureIndexes();

interface Sent {
  readonly host: string;
  readonly path: string;
  /** Names of the headers that the signature covers. */
  readonly signed: readonly string[];
}

let sent: Sent[] = [];

/** As this process's connections send them. */
function note(message: unknown): void {
  const [first = '', ...lines] = (message as { readonly headers: string }).headers.split('\r\n');
  const headers = new Map(lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line]));
  const headerOf = (name: string) =>
    headers
      .get(name)
      ?.slice(name.length + 1)
      .trim() ?? '';
  const signed = /SignedHeaders=([^,]+)/.exec(headerOf('authorization'))?.[1]?.split(';') ?? [];
  sent.push({ host: headerOf('host'), path: first.split(' ')[1] ?? '', signed });
}

beforeEach(() => {
  sent = [];
  subscribe('undici:client:sendHeaders', note);
  // Names below `localhost` are loopback by RFC 6761, but not every system resolves them.
  const lookup = dns.lookup.bind(dns) as (...args: readonly unknown[]) => void;
  vi.spyOn(dns, 'lookup').mockImplementation(((name: string, ...rest: readonly unknown[]) =>
    lookup(name.endsWith(`.${S3_DOMAIN}`) ? LOOPBACK : name, ...rest)) as never);
});
afterEach(() => {
  unsubscribe('undici:client:sendHeaders', note);
  vi.restoreAllMocks();
});

const port = () => new URL(server.endpoint).port;
const endpoint = () => `http://${S3_DOMAIN}:${port()}`;

function expectInHost(bucket: string): void {
  expect(sent.length).toBeGreaterThan(0);
  for (const { host, path, signed } of sent) {
    expect(host).toBe(`${bucket}.${S3_DOMAIN}:${port()}`);
    expect(path).not.toContain(bucket);
    expect(signed).toContain('host');
  }
}

function bucketOf(name: string, changes: Partial<BucketOptions> = {}): Bucket {
  const common = { region: S3_REGION, endpoint: endpoint(), pathStyle: false, allowInsecure: true };
  return new Bucket({ bucket: name, ...common, keys: async () => ({ ...S3_KEYS.writer }), ...changes });
}

test('a source lists and reads its objects, also under keys with odd signs', async () => {
  const bucket = await server.newBucket();
  const source = await bucketSource(collections, {
    ...{ endpoint: endpoint(), bucket: bucket.name },
    s3: { pathStyle: false },
  });
  await bucket.put("receipt/a b+c/é%41!'()*.json", ndjson(siemRecords(1, 3)));
  expect(await source.collect('receipt')).toMatchObject({ result: 'caughtUp', counts: { stored: 3 } });
  expectInHost(bucket.name);
});

test('an export writes its objects, a repeated write looks at them, and so does an export of the past', async () => {
  const bucket = await server.newBucket();
  const place = { endpoint: endpoint(), bucket: bucket.name };
  const source = await exportingSource(collections, { ...place, export: { pathStyle: false } });
  await source.slice();
  await source.store(
    ndjson([siemRecord(1)])
      .trimEnd()
      .split('\n'),
  );
  await source.exportAll();
  for (const existing of [0, 1]) {
    const { counts } = await runPastExport(source, await newPastExport(source, { prefix: 'past/' }));
    expect(counts.receipt).toMatchObject({ objects: 1, existing });
  }
  expect((await bucket.objects()).size).toBe(2);
  await bucketOf(bucket.name).tryToWrite('receipt/connection-test.json.gz');
  expectInHost(bucket.name);
});

test('the server verifies the signature, and a bucket that is missing is told as one', async () => {
  const { name } = await server.newBucket();
  const forged = bucketOf(name, { keys: async () => ({ ...S3_KEYS.writer, secretAccessKey: 'another-secret' }) });
  expect(await failureOf(forged.list({ prefix: '' }))).toMatchObject({ code: 'SignatureDoesNotMatch' });
  const missing = bucketOf(`${name}-missing`, { keys: async () => ({ ...S3_KEYS.admin }) });
  expect(await failureOf(missing.list({ prefix: '' }))).toMatchObject({ code: 'NoSuchBucket' });
});

// No certificate of a store covers a host with such a name, so that the SDK never makes one of it.
test.each(['logs.with.dots', 'Logs_upper'])(
  'a bucket that is called %s is named in the path all the same',
  async (name) => {
    const requests: string[] = [];
    const connections = { proxyOf: () => undefined, dispatcherFor: (url: URL) => ({ request: refuse(url, requests) }) };
    const common = { bucket: name, region: S3_REGION, pathStyle: false, keys: async () => ({ ...S3_KEYS.writer }) };
    for (const place of [{ endpoint: 'https://s3.example.com' }, {}]) {
      const bucket = new Bucket({ ...common, ...place, connections: connections as never });
      await bucket.list({ prefix: '' }).catch(() => undefined);
    }
    // The SDK tries each twice.
    expect([...new Set(requests)]).toEqual([`s3.example.com /${name}`, `s3.${S3_REGION}.amazonaws.com /${name}`]);
  },
);

function refuse(url: URL, requests: string[]) {
  return ({ path }: { readonly path: string }) => {
    requests.push(`${url.host} ${path.replace(/\/?\?.*$/, '')}`);
    const error = Object.assign(new Error('refused'), { name: 'AccessDenied', $retryable: false });
    return Promise.reject(error);
  };
}
