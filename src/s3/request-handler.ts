/** Sends the requests of the AWS SDK over this process's own connections: its proxies, and nothing into a private network. */

import type { Readable } from 'node:stream';
import { present } from '../domain/present.js';
import type { Connections } from '../http-client/connections.js';
import type { Observer } from '../metrics/observer.js';
import { refuseInsecure } from './refuse-insecure.js';

/** Of the SDK's requests, what is needed to send one. */
interface SignedRequest {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | string[] | null>>;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

interface Answer {
  readonly response: {
    readonly statusCode: number;
    readonly headers: Record<string, string>;
    readonly body: Readable;
  };
}

/** Silence after which a request, or the reading of its body, is given up. */
const IDLE_MS = 30_000;

export interface RequestOptions {
  /** Permits `http:` and private hosts. */
  readonly allowInsecure: boolean;
  /** In milliseconds. Default 30,000. */
  readonly idleMs?: number;
  /** Which one is called, for the observer: `s3`. */
  readonly service: string;
  /** Told of calls. Default: nobody is. */
  readonly observer?: Observer;
}

export class RequestHandler {
  readonly metadata = { handlerProtocol: 'http/1.1' };

  constructor(
    private readonly connections: Connections,
    private readonly options: RequestOptions,
  ) {}

  async handle(request: SignedRequest, { abortSignal }: { abortSignal?: unknown } = {}): Promise<Answer> {
    const signal = abortSignal instanceof AbortSignal ? abortSignal : undefined;
    try {
      const answer = await this.send(request, signal);
      this.count(String(answer.response.statusCode));
      return answer;
    } catch (error) {
      if (signal?.aborted !== true) this.count('network');
      throw error;
    }
  }

  private count(status: string): void {
    const { observer, service: endpoint } = this.options;
    observer?.count('mimecast_api_calls_total', { endpoint, status });
  }

  /** The path goes out as it was signed: a URL would tidy it up, and with it a key such as `a//../b`. */
  private async send(request: SignedRequest, signal: AbortSignal | undefined): Promise<Answer> {
    const { allowInsecure, idleMs = IDLE_MS } = this.options;
    const origin = originOf(request);
    // The environment may name addresses, too.
    if (!allowInsecure) refuseInsecure(origin.href, 'the address');
    const { statusCode, headers, body } = await this.connections.dispatcherFor(origin).request({
      origin,
      path: `${request.path}${queryOf(request.query)}`,
      method: methodOf(request),
      headers: { ...request.headers },
      ...(request.body instanceof Uint8Array || typeof request.body === 'string' ? { body: request.body } : {}),
      ...present({ signal }),
      headersTimeout: idleMs,
      bodyTimeout: idleMs,
    });
    return { response: { statusCode, headers: joined(headers), body } };
  }

  destroy(): void {
    // The connections belong to the process.
  }

  updateHttpClientConfig(): void {
    // Nothing of it can be changed.
  }

  httpHandlerConfigs(): Record<string, never> {
    return {};
  }
}

const METHODS = ['GET', 'HEAD', 'PUT', 'POST', 'DELETE'] as const;

function methodOf({ method }: SignedRequest): (typeof METHODS)[number] {
  const known = METHODS.find((each) => each === method);
  if (known === undefined) throw new Error(`Requests with the method ${method} are not sent`);
  return known;
}

function originOf({ protocol, hostname, port }: SignedRequest): URL {
  return new URL(`${protocol}//${hostname}${port === undefined ? '' : `:${port}`}`);
}

function queryOf(query: SignedRequest['query'] = {}): string {
  const parts = Object.entries(query).flatMap(([name, value]) =>
    [value].flat().map((each) => `${escaped(name)}=${escaped(each ?? '')}`),
  );
  return parts.length === 0 ? '' : `?${parts.join('&')}`;
}

/** As a signature has it: RFC 3986 reserves more than `encodeURIComponent` knows. */
function escaped(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

function joined(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, [value].flat().join(', ')]],
    ),
  );
}
