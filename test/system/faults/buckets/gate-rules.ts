/** What a gate can do to requests for a store or a queue, as values: what a schedule is made of and what a gate carries out. */

import type { IncomingHttpHeaders } from 'node:http';

export const GATES = ['s3', 'sqs'] as const;
export type GateName = (typeof GATES)[number];

/** What a request asks for: of a bucket, or of a queue. */
export type Operation = 'list' | 'read' | 'look' | 'write' | 'receive' | 'delete' | 'hide' | 'other';

export type GateAction =
  /** Answered with an error in the form of the service, and not passed on. */
  | { readonly refuse: { readonly status: number; readonly code: string } }
  /** The connection breaks off after so many bytes of the answer's body, and before its last one. */
  | { readonly cutAfterBytes: number }
  /** It is carried out, and the connection breaks off in place of the answer. */
  | { readonly loseAnswer: true }
  /** Messages are kept from others for so many seconds, whatever was asked for. */
  | { readonly hideSeconds: number };

export interface GateRule {
  readonly operations: readonly Operation[];
  readonly action: GateAction;
  /** From 0 to 1. Default 1. */
  readonly probability?: number;
}

export interface AskedRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

const OF_QUEUES: Readonly<Record<string, Operation>> = {
  ReceiveMessage: 'receive',
  DeleteMessageBatch: 'delete',
  ChangeMessageVisibilityBatch: 'hide',
};

/** With buckets in the path, as stores on this machine have them. */
export function operationOf({ method, url, headers }: AskedRequest): Operation {
  const target = headers['x-amz-target'];
  if (typeof target === 'string') return OF_QUEUES[target.split('.').at(-1) ?? ''] ?? 'other';
  const { searchParams } = new URL(url, 'http://gate');
  if (method === 'GET') return searchParams.has('list-type') ? 'list' : 'read';
  if (method === 'HEAD') return 'look';
  return method === 'PUT' && searchParams.size <= 1 ? 'write' : 'other';
}

/** `<bucket>/<key>` of the object that a request names. */
export function pathOf({ url }: Pick<AskedRequest, 'url'>): string {
  const [path = ''] = url.split('?');
  return decodeURIComponent(path.slice(1));
}

/** An error as S3 and SQS tell it. */
export function errorBody(gate: GateName, code: string): { readonly type: string; readonly body: string } {
  if (gate === 'sqs') {
    return { type: 'application/x-amz-json-1.0', body: JSON.stringify({ __type: `com.amazonaws.sqs#${code}` }) };
  }
  const error = `<Error><Code>${code}</Code><Message>Made by a gate.</Message><RequestId>gate</RequestId></Error>`;
  return { type: 'application/xml', body: `<?xml version="1.0" encoding="UTF-8"?>\n${error}` };
}

/** The body of a request to a queue, with the times for which messages are kept from others replaced. */
export function withHiding(body: string, seconds: number): string {
  return body.replaceAll(/"VisibilityTimeout":\d+/g, `"VisibilityTimeout":${seconds}`);
}
