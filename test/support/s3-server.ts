/** A real S3 server for one test file: SeaweedFS with signatures and permissions. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll } from 'vitest';
import { awaitReady } from '../../devstack/await-ready.js';
import { findExecutables } from '../../devstack/executables.js';
import { spawnGuarded } from '../../devstack/guarded-process.js';
import { onFreePorts } from '../../src/runtime/free-ports.js';
import { choosePort, LOOPBACK } from '../../src/runtime/ports.js';
import { temporaryFolder } from './temporary-folder.js';
import { until } from './until.js';

/** Identities of the server; those that are limited are to the buckets whose names begin with `logs`. */
export const S3_KEYS = {
  admin: { accessKeyId: 'ADMINKEY', secretAccessKey: 'admin-secret-of-tests' },
  reader: { accessKeyId: 'READERKEY', secretAccessKey: 'reader-secret-of-tests' },
  /** May list, and not read. */
  lister: { accessKeyId: 'LISTERKEY', secretAccessKey: 'lister-secret-of-tests' },
  /** May write, and read back what is there. */
  writer: { accessKeyId: 'WRITERKEY', secretAccessKey: 'writer-secret-of-tests' },
} as const;

const ACTIONS = {
  admin: ['Admin', 'Read', 'Write', 'List', 'Tagging'],
  reader: ['Read:logs*', 'List:logs*'],
  lister: ['List:logs*'],
  writer: ['Read:logs*', 'Write:logs*'],
} as const;

export const S3_REGION = 'us-east-1';
/** Buckets may be named in front of it: `logs-1.s3.localhost`. */
export const S3_DOMAIN = 's3.localhost';

let buckets = 0;

/** Call it outside of tests and hooks. */
export function s3Server() {
  const closing: (() => unknown)[] = [];
  let client: S3Client | undefined;
  let endpoint = '';

  beforeAll(async () => {
    const folder = temporaryFolder();
    closing.push(() => folder.remove());
    const { weed } = await findExecutables(['weed'], { onProgress: (text) => console.error(text) });
    const started = await onFreePorts(chooseEight, (ports) => startWeed(weed, folder.path, ports));
    closing.push(() => started.stop());
    endpoint = started.endpoint;
    client = clientFor(endpoint);
    closing.push(() => client?.destroy());
    // It answers before it can store anything.
    await until(
      () =>
        newBucket('ready').then(
          () => true,
          () => false,
        ),
      Boolean,
      { everyMs: 100 },
    );
  });
  afterAll(async () => {
    for (const close of closing.reverse()) await close();
  });

  const the = (): S3Client => {
    if (client === undefined) throw new Error('the server exists only while tests run');
    return client;
  };
  const newBucket = async (prefix = 'logs'): Promise<TestBucket> => {
    buckets += 1;
    return newBucketIn(the, `${prefix}-${buckets}`);
  };
  return {
    get endpoint() {
      return endpoint;
    },
    newBucket,
  };
}

/** Makes a bucket, and waits until objects can be stored in it. */
export async function newBucketIn(client: () => S3Client, name: string): Promise<TestBucket> {
  const bucket = new TestBucket(name, client);
  await createBucket(client(), name);
  await until(
    () =>
      bucket.put('.ready', '.').then(
        () => true,
        () => false,
      ),
    Boolean,
    { everyMs: 50 },
  );
  await bucket.remove('.ready');
  return bucket;
}

export interface StoredObject {
  readonly text: string;
  readonly type: string;
  readonly disposition: string;
  readonly metadata: Readonly<Record<string, string>>;
}

export class TestBucket {
  constructor(
    readonly name: string,
    readonly client: () => S3Client,
  ) {}

  async put(
    key: string,
    body: string | Uint8Array,
    headers: Pick<PutObjectCommandInput, 'ContentEncoding' | 'StorageClass'> = {},
  ): Promise<{ readonly versionId: string | undefined }> {
    const { VersionId: versionId } = await this.client().send(
      new PutObjectCommand({
        Bucket: this.name,
        Key: key,
        Body: body,
        ContentLength: Buffer.byteLength(body),
        ...headers,
      }),
    );
    return { versionId };
  }

  /** Of all that is there, by key: its content, unzipped, and what was sent with it. */
  async objects(prefix = ''): Promise<Map<string, StoredObject>> {
    const found = new Map<string, StoredObject>();
    let token: string | undefined;
    do {
      const page = await this.client().send(
        new ListObjectsV2Command({
          Bucket: this.name,
          Prefix: prefix,
          ...(token === undefined ? {} : { ContinuationToken: token }),
        }),
      );
      for (const { Key = '' } of page.Contents ?? []) {
        const object = await this.client().send(new GetObjectCommand({ Bucket: this.name, Key }));
        const bytes = (await object.Body?.transformToByteArray()) ?? new Uint8Array();
        const { ContentType: type = '', ContentDisposition: disposition = '', Metadata: metadata = {} } = object;
        const isZipped = bytes[0] === 0x1f && bytes[1] === 0x8b;
        found.set(Key, {
          text: (isZipped ? gunzipSync(bytes) : Buffer.from(bytes)).toString(),
          type,
          disposition,
          metadata,
        });
      }
      token = page.NextContinuationToken;
    } while (token !== undefined);
    return found;
  }

  async remove(key: string): Promise<void> {
    await this.client().send(new DeleteObjectCommand({ Bucket: this.name, Key: key }));
  }

  /** As a listing has them, in its order. */
  async keys(): Promise<string[]> {
    const { Contents = [] } = await this.client().send(new ListObjectsV2Command({ Bucket: this.name }));
    return Contents.map(({ Key = '' }) => Key);
  }

  async keepVersions(): Promise<void> {
    const VersioningConfiguration = { Status: 'Enabled' } as const;
    await this.client().send(new PutBucketVersioningCommand({ Bucket: this.name, VersioningConfiguration }));
  }
}

export async function createBucket(client: S3Client, name: string): Promise<void> {
  await client.send(new CreateBucketCommand({ Bucket: name }));
}

export function clientFor(endpoint: string): S3Client {
  return new S3Client({ endpoint, region: S3_REGION, forcePathStyle: true, credentials: { ...S3_KEYS.admin } });
}

/** Of a server. */
export const chooseEight = () => Promise.all(Array.from({ length: 8 }, () => choosePort(0)));

/** Starts a server, or one that ended before again, with what it holds. @param folder of its data. @param ports eight of them. */
export async function startWeed(executable: string, folder: string, ports: readonly number[]) {
  const identities = Object.entries(S3_KEYS).map(([name, { accessKeyId, secretAccessKey }]) => ({
    name,
    credentials: [{ accessKey: accessKeyId, secretKey: secretAccessKey }],
    actions: ACTIONS[name as keyof typeof ACTIONS],
  }));
  const config = join(folder, 's3.json');
  writeFileSync(config, JSON.stringify({ identities }));
  const [master, masterGrpc, volume, volumeGrpc, filer, filerGrpc, s3 = 0, s3Grpc] = ports;
  const weed = await spawnGuarded(
    executable,
    [
      ...['server', `-dir=${folder}`, `-ip=${LOOPBACK}`, `-ip.bind=${LOOPBACK}`, '-master.telemetry=false'],
      // Until one that starts again leads, though it is alone, it stores nothing.
      ...['-master.electionTimeout=500ms', '-master.heartbeatInterval=100ms'],
      ...[`-master.port=${master}`, `-master.port.grpc=${masterGrpc}`, '-master.volumeSizeLimitMB=64'],
      ...[`-volume.port=${volume}`, `-volume.port.grpc=${volumeGrpc}`, '-volume.max=200'],
      ...['-filer', `-filer.port=${filer}`, `-filer.port.grpc=${filerGrpc}`],
      ...['-s3', `-s3.port=${s3}`, `-s3.port.grpc=${s3Grpc}`, `-s3.config=${config}`],
      `-s3.domainName=${S3_DOMAIN}`,
      // Other listeners, whose ports are fixed.
      ...['-s3.port.iceberg=0', '-s3.port.lance=0'],
    ],
    // It lingers after a polite request, and has nothing to keep.
    { name: 'weed', logFile: join(folder, 'weed.log'), graceSeconds: 1 },
  );
  const endpoint = `http://${LOOPBACK}:${s3}`;
  await awaitReady(weed, { ports: [s3], check: async () => void (await fetch(endpoint)).body?.cancel() });
  return { ...weed, endpoint };
}
