/** A queue that tells what was written to a bucket. It knows nothing of MongoDB, nor of what its messages say. */

import {
  ChangeMessageVisibilityBatchCommand,
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { RawError } from '../domain/failures/failure.js';
import { type AccessOptions, ClientAccess } from './client-access.js';
import { refuseInsecure } from './refuse-insecure.js';
import { serviceErrorOf } from './service-error.js';

/** Region and credentials are those of the bucket. */
export interface QueueOptions extends AccessOptions {
  /** `https://sqs.eu-west-1.amazonaws.com/123456789012/mail-logs`; requests go to its host, whosever it is. */
  readonly url: string;
}

export interface QueueMessage {
  readonly id: string;
  /** Of this time that it was received: what deletes it, or keeps it from others. */
  readonly receipt: string;
  readonly body: string;
}

/** SQS's own limit of a request. */
export const MESSAGES_AT_ONCE = 10;
/** No queue has given it out. */
const NO_RECEIPT = 'none';

export class Queue {
  /** For people, without the account: "mail-logs". */
  readonly name: string;
  private client: SQSClient;
  private readonly access: ClientAccess;

  /** @throws {RawError} with the origin `configuration` when the URL may not be called. */
  constructor(private readonly options: QueueOptions) {
    const { url, allowInsecure = false } = options;
    this.name = new URL(url).pathname.split('/').at(-1) ?? url;
    if (!allowInsecure) refuseInsecure(url, 'the URL of the queue');
    this.access = new ClientAccess(options, 'sqs');
    this.client = this.newClient();
  }

  private newClient(): SQSClient {
    return new SQSClient({ ...this.access.settings(), endpoint: new URL(this.options.url).origin });
  }

  /**
   * Receives some messages, which nobody else does then for a while.
   *
   * @param waitSeconds how long to wait for one. Without waiting, a queue may say that it has none although it has.
   */
  async receive(hiddenSeconds: number, waitSeconds: number): Promise<QueueMessage[]> {
    const command = new ReceiveMessageCommand({
      QueueUrl: this.options.url,
      MaxNumberOfMessages: MESSAGES_AT_ONCE,
      VisibilityTimeout: hiddenSeconds,
      WaitTimeSeconds: waitSeconds,
    });
    const { Messages = [] } = await this.calling('receive from', () => this.client.send(command));
    return Messages.map(({ MessageId: id = '', ReceiptHandle: receipt = '', Body: body = '' }) => ({
      ...{ id, receipt, body },
    }));
  }

  /** Keeps messages from others for longer, each by itself. @returns those of which that was refused, and why */
  async hide(receipts: readonly string[], seconds: number): Promise<Refused> {
    return this.batched(receipts, async (some) => {
      const Entries = some.map((ReceiptHandle, at) => ({ Id: `${at}`, ReceiptHandle, VisibilityTimeout: seconds }));
      const command = new ChangeMessageVisibilityBatchCommand({ QueueUrl: this.options.url, Entries });
      return (await this.calling('keep messages of', () => this.client.send(command))).Failed;
    });
  }

  /** @returns the receipts of messages that were refused, and why: such a message is received once more. */
  async delete(receipts: readonly string[]): Promise<Refused> {
    return this.batched(receipts, async (some) => {
      const Entries = some.map((ReceiptHandle, at) => ({ Id: `${at}`, ReceiptHandle }));
      const command = new DeleteMessageBatchCommand({ QueueUrl: this.options.url, Entries });
      return (await this.calling('delete from', () => this.client.send(command))).Failed;
    });
  }

  /** Proves that the queue is there and may be used, without a message of it: those count how often they are received. */
  async probe(signal: AbortSignal): Promise<void> {
    const command = new ChangeMessageVisibilityCommand({
      ...{ QueueUrl: this.options.url, ReceiptHandle: NO_RECEIPT, VisibilityTimeout: 0 },
    });
    try {
      await this.calling('look at', () => this.client.send(command, { abortSignal: signal }));
    } catch (error) {
      signal.throwIfAborted();
      const isThere =
        error instanceof RawError && /ReceiptHandleIsInvalid|InvalidParameterValue/.test(error.facts.code ?? '');
      if (!isThere) throw error;
    }
  }

  private async batched(
    receipts: readonly string[],
    send: (
      some: readonly string[],
    ) => Promise<readonly { Id?: string | undefined; Code?: string | undefined }[] | undefined>,
  ): Promise<Refused> {
    const refused = new Map<string, string>();
    for (let from = 0; from < receipts.length; from += MESSAGES_AT_ONCE) {
      const some = receipts.slice(from, from + MESSAGES_AT_ONCE);
      for (const { Id, Code = 'unknown' } of (await send(some)) ?? []) refused.set(some[Number(Id)] ?? '', Code);
    }
    return refused;
  }

  private async calling<T>(what: string, call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      if (this.access.isOutdated(error)) this.client = this.newClient();
      throw serviceErrorOf(error, 'sqs', this.access.call(`${what} the queue ${this.name}`, new URL(this.options.url)));
    }
  }
}

/** Receipts, and the code of what was said of each. */
export type Refused = ReadonlyMap<string, string>;
