/** Another real S3 server for one test file, with queues, topics and an event bus: moto. It takes any keys. */

import { join } from 'node:path';
import { PutBucketNotificationConfigurationCommand, type S3Client } from '@aws-sdk/client-s3';
import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  GetQueueAttributesCommand,
  type QueueAttributeName,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll } from 'vitest';
import { awaitReady } from '../../devstack/await-ready.js';
import { spawnGuarded } from '../../devstack/guarded-process.js';
import { installPython, type PythonProgram } from '../../devstack/python-packages.js';
import { onFreePorts } from '../../src/runtime/free-ports.js';
import { choosePort, LOOPBACK } from '../../src/runtime/ports.js';
import { projectRoot } from '../../src/runtime/project-root.js';
import { clientFor, createBucket, S3_KEYS, S3_REGION, TestBucket } from './s3-server.js';
import { temporaryFolder } from './temporary-folder.js';

const VERSION = '5.2.5';
const MOTO: PythonProgram = {
  name: 'moto',
  version: VERSION,
  // What its server needs for these services: its own list for all of them is three times as large.
  requirements: join(projectRoot(), 'test/support/requirements/moto.txt'),
  module: 'moto.server',
  probe: ['--help'],
  accepts: (output) => output.includes('--ssl-key'),
};

const ACCOUNT = '123456789012';
const EVENTS = ['s3:ObjectCreated:*', 's3:ObjectRemoved:*', 's3:ObjectRestore:*'] as const;

let made = 0;

/** Call it outside of tests and hooks. */
export function motoServer() {
  const closing: (() => unknown)[] = [];
  let s3: S3Client | undefined;
  let sqs: SQSClient | undefined;
  let endpoint = '';

  beforeAll(async () => {
    const folder = temporaryFolder();
    closing.push(() => folder.remove());
    const started = await onFreePorts(
      () => choosePort(0),
      (port) => startMoto(port, folder.path),
    );
    closing.push(() => started.stop());
    endpoint = started.endpoint;
    s3 = clientFor(endpoint);
    sqs = new SQSClient({ endpoint, region: S3_REGION, credentials: { ...S3_KEYS.admin } });
    closing.push(
      () => s3?.destroy(),
      () => sqs?.destroy(),
    );
  });
  afterAll(async () => {
    for (const close of closing.reverse()) await close();
  });

  const theS3 = () => existing(s3);
  const theSqs = () => existing(sqs);
  return {
    get endpoint() {
      return endpoint;
    },
    async newBucket(prefix = 'logs'): Promise<TestBucket> {
      made += 1;
      const bucket = new TestBucket(`${prefix}-${made}`, theS3);
      await createBucket(theS3(), bucket.name);
      return bucket;
    },
    /** @param seconds after which what was received and not deleted can be received again. */
    async newQueue(seconds = 30): Promise<TestQueue> {
      made += 1;
      const attributes = { VisibilityTimeout: String(seconds) };
      const create = new CreateQueueCommand({ QueueName: `queue-${made}`, Attributes: attributes });
      const { QueueUrl = '' } = await theSqs().send(create);
      return new TestQueue(QueueUrl, endpoint, theSqs);
    },
  };
}

function existing<T>(client: T | undefined): T {
  if (client === undefined) throw new Error('the server exists only while tests run');
  return client;
}

export class TestQueue {
  constructor(
    readonly url: string,
    private readonly endpoint: string,
    private readonly client: () => SQSClient,
  ) {}

  private get arn(): string {
    return `arn:aws:sqs:${S3_REGION}:${ACCOUNT}:${this.url.split('/').at(-1)}`;
  }

  async send(body: unknown): Promise<void> {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    await this.client().send(new SendMessageCommand({ QueueUrl: this.url, MessageBody: text }));
  }

  /** Lets messages that were received be received again at once. */
  async showAll(receipts: readonly string[]): Promise<void> {
    for (const ReceiptHandle of receipts) {
      const show = { QueueUrl: this.url, ReceiptHandle, VisibilityTimeout: 0 };
      await this.client().send(new ChangeMessageVisibilityCommand(show));
    }
  }

  /** How many messages can be received, and how many have been and are not deleted. */
  async counts(): Promise<{ readonly waiting: number; readonly inFlight: number }> {
    const names: QueueAttributeName[] = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'];
    const get = new GetQueueAttributesCommand({ QueueUrl: this.url, AttributeNames: names });
    const { Attributes = {} } = await this.client().send(get);
    const [waiting, inFlight] = names.map((name) => Number(Attributes[name]));
    return { waiting: waiting ?? 0, inFlight: inFlight ?? 0 };
  }

  /** Lets a bucket tell it what happens to its objects, by itself. S3 sends a test event at once. */
  async notifiedBy(bucket: TestBucket): Promise<void> {
    await notify(bucket, { QueueConfigurations: [{ QueueArn: this.arn, Events: [...EVENTS] }] });
  }

  /** The same by a topic, which puts an envelope around what it forwards. */
  async notifiedByTopic(bucket: TestBucket): Promise<void> {
    made += 1;
    const topic = `arn:aws:sns:${S3_REGION}:${ACCOUNT}:topic-${made}`;
    const call = (parameters: Record<string, string>) =>
      this.post('sns', new URLSearchParams({ Version: '2010-03-31', ...parameters }).toString(), {
        'content-type': 'application/x-www-form-urlencoded',
      });
    await call({ Action: 'CreateTopic', Name: `topic-${made}` });
    await call({ Action: 'Subscribe', TopicArn: topic, Protocol: 'sqs', Endpoint: this.arn });
    await notify(bucket, { TopicConfigurations: [{ TopicArn: topic, Events: [...EVENTS] }] });
  }

  /** The same by EventBridge. */
  async notifiedByEventBridge(bucket: TestBucket): Promise<void> {
    made += 1;
    const name = `rule-${made}`;
    const call = (action: string, body: object) =>
      this.post('events', JSON.stringify(body), {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': `AWSEvents.${action}`,
      });
    const pattern = { source: ['aws.s3'], detail: { bucket: { name: [bucket.name] } } };
    await call('PutRule', { Name: name, EventPattern: JSON.stringify(pattern) });
    await call('PutTargets', { Rule: name, Targets: [{ Id: '1', Arn: this.arn }] });
    await notify(bucket, { EventBridgeConfiguration: {} });
  }

  private async post(service: string, body: string, headers: Record<string, string>): Promise<void> {
    const scope = `x/20260101/${S3_REGION}/${service}/aws4_request`;
    const authorization = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=x`;
    const answer = await fetch(this.endpoint, { method: 'POST', body, headers: { ...headers, authorization } });
    if (!answer.ok) throw new Error(`${service} answered ${answer.status}: ${await answer.text()}`);
    await answer.body?.cancel();
  }
}

type Configuration = NonNullable<
  ConstructorParameters<typeof PutBucketNotificationConfigurationCommand>[0]['NotificationConfiguration']
>;

async function notify(bucket: TestBucket, configuration: Configuration): Promise<void> {
  await bucket
    .client()
    .send(
      new PutBucketNotificationConfigurationCommand({ Bucket: bucket.name, NotificationConfiguration: configuration }),
    );
}

/** @param folder of its log. */
export async function startMoto(port: number, folder: string) {
  const { command, args, env } = await installPython(MOTO, (text) => console.error(text));
  const moto = await spawnGuarded(command, [...args, '-H', LOOPBACK, '-p', String(port)], {
    ...{ name: 'moto', logFile: join(folder, 'moto.log'), graceSeconds: 1 },
    // Parts of an upload may be small here.
    env: { ...env, S3_UPLOAD_PART_MIN_SIZE: '1' },
  });
  const endpoint = `http://${LOOPBACK}:${port}`;
  await awaitReady(moto, { ports: [port], check: async () => void (await fetch(endpoint)).body?.cancel() });
  return { ...moto, endpoint };
}
