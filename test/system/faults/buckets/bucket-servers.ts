/** The store and the queue of a run: real servers, a gate before each, and a proxy between the worker and each gate. */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { S3Client } from '@aws-sdk/client-s3';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { findExecutables } from '../../../../devstack/executables.js';
import { onFreePorts } from '../../../../src/runtime/free-ports.js';
import { choosePort, LOOPBACK } from '../../../../src/runtime/ports.js';
import { startMoto, TestQueue } from '../../../support/moto-server.js';
import { SeededRandom } from '../../../support/random.js';
import {
  chooseEight,
  clientFor,
  createBucket,
  newBucketIn,
  S3_KEYS,
  S3_REGION,
  startWeed,
  TestBucket,
} from '../../../support/s3-server.js';
import { until } from '../../../support/until.js';
import type { BUCKET_LINKS } from '../fault.js';
import { FaultProxy } from '../fault-proxy.js';
import { Member, type SelfEnd } from '../members.js';
import { Gate } from './gate.js';
import type { GateName } from './gate-rules.js';

export interface BucketServersOptions {
  /** Of data and logs. */
  readonly folder: string;
  readonly selfEnds: SelfEnd[];
  readonly onNotice: (text: string) => void;
  /** Gets what is to be called in the end, in reverse. */
  readonly closing: (() => Promise<void>)[];
}

export interface BucketServers {
  readonly store: Member<Awaited<ReturnType<typeof startWeed>>>;
  readonly gates: Readonly<Record<GateName, Gate>>;
  readonly links: Readonly<Record<(typeof BUCKET_LINKS)[number], FaultProxy>>;
  /** Past all faults. */
  readonly client: S3Client;
  /** What is to be read, and what an export writes. */
  readonly logs: TestBucket;
  readonly exported: TestBucket;
  readonly queue: TestQueue;
  /** As the worker reaches them. */
  readonly endpoint: string;
  readonly queueUrl: string;
}

/** Its keys are limited to buckets whose names begin so. */
const LOGS = 'logs-written';
const EXPORTED = 'logs-exported';

export async function startBucketServers(options: BucketServersOptions): Promise<BucketServers> {
  const { folder, closing } = options;
  const { store, client, port } = await startStore(options);
  const log = join(folder, 'logs');
  const motoPort = await choosePort(0);
  const moto = await startMoto(motoPort, log);
  closing.push(() => moto.stop());
  const sqs = new SQSClient({ endpoint: moto.endpoint, region: S3_REGION, credentials: { ...S3_KEYS.admin } });
  closing.push(async () => sqs.destroy());
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'notifications' }));

  const random = new SeededRandom(1);
  const gates = {
    s3: await Gate.listen('s3', port, random),
    sqs: await Gate.listen('sqs', () => motoPort, random),
  };
  const links = {
    s3: await FaultProxy.listen(() => gates.s3.port),
    sqs: await FaultProxy.listen(() => gates.sqs.port),
  };
  for (const open of [...Object.values(gates), ...Object.values(links)]) closing.push(() => open.close());
  return {
    ...{ store, gates, links, client },
    logs: await newBucketIn(() => client, LOGS),
    exported: await newBucketIn(() => client, EXPORTED),
    queue: new TestQueue(QueueUrl, moto.endpoint, () => sqs),
    endpoint: `http://${LOOPBACK}:${links.s3.port}`,
    queueUrl: QueueUrl.replace(moto.endpoint, `http://${LOOPBACK}:${links.sqs.port}`),
  };
}

/** While it starts, a server of several parts answers as no store would: nobody is let through until it stores. */
async function startStore({ folder, selfEnds, onNotice, closing }: BucketServersOptions) {
  const { weed } = await findExecutables(['weed'], { onProgress: onNotice });
  let ports: readonly number[] | undefined;
  const data = join(folder, 's3');
  mkdirSync(data);
  let port: number | undefined;
  let client: S3Client | undefined;
  const startOn = async (on: readonly number[]) => {
    const server = await startWeed(weed, data, on);
    ports = on;
    client ??= clientFor(server.endpoint);
    const probe = new TestBucket('probe', () => client as S3Client);
    const stores = () =>
      createBucket(probe.client(), probe.name)
        .catch(ignored)
        .then(() => probe.put('probe', '.'));
    await until(
      () =>
        stores().then(
          () => true,
          () => false,
        ),
      Boolean,
      { limitMs: 60_000, everyMs: 50 },
    );
    port = Number(new URL(server.endpoint).port);
    server.exited.then(
      () => {
        port = undefined;
      },
      () => undefined,
    );
    return server;
  };
  const start = () => (ports === undefined ? onFreePorts(chooseEight, startOn) : startOn(ports));
  const { member, supervised } = await Member.start('s3', start, selfEnds, onNotice);
  closing.push(() => supervised.stop());
  if (client === undefined) throw new Error('the store did not start');
  const found: S3Client = client;
  closing.push(async () => found.destroy());
  return { store: member, client: found, port: () => port };
}

/** It is there. */
const ignored = () => undefined;
