/** Calls of a management server, with its own words for what is refused. */

import { RefusedError } from '../management/errors.js';

export interface ApiClientOptions {
  /** Such as `http://127.0.0.1:8080`, with or without `/api/v1` behind it. */
  readonly server: string;
  readonly accessId: string;
  readonly accessKey: string;
}

/** A wrong server should not keep a command waiting. */
const LIMIT_MS = 30_000;

/** @throws RefusedError naming what is missing. */
export function apiClientOf(server: string, env: NodeJS.ProcessEnv): ApiClient {
  const { MIMECAST_ACCESS_ID: accessId, MIMECAST_ACCESS_KEY: accessKey } = env;
  if (!accessId || !accessKey)
    throw new RefusedError('--server needs a key: set MIMECAST_ACCESS_ID and MIMECAST_ACCESS_KEY');
  if (!URL.canParse(server) || !/^https?:/.test(server))
    throw new RefusedError(`--server ${server} is no address such as http://127.0.0.1:8080`);
  return new ApiClient({ server, accessId, accessKey });
}

export class ApiClient {
  private readonly base: string;
  private readonly authorization: string;

  constructor({ server, accessId, accessKey }: ApiClientOptions) {
    this.base = `${server.replace(/\/+$/, '').replace(/\/api(\/v1)?$/, '')}/api/v1`;
    this.authorization = `Basic ${Buffer.from(`${accessId}:${accessKey}`).toString('base64')}`;
  }

  /** @throws RefusedError with the server's message. */
  async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await this.find<T>(method, path, body);
    if (answer === undefined) throw new RefusedError(`There is nothing at ${this.base}/${path}`);
    return answer;
  }

  /** The same; `undefined` when there is none. */
  async find<T>(method: string, path: string, body?: unknown): Promise<T | undefined> {
    const response = await this.send(method, path, body);
    const text = await response.text();
    if (response.status === 404) return undefined;
    if (!response.ok) throw new RefusedError(messageIn(text) ?? `The server answers ${response.status}`);
    return (text === '' ? {} : JSON.parse(text)) as T;
  }

  private async send(method: string, path: string, body: unknown): Promise<Response> {
    try {
      return await fetch(`${this.base}/${path}`, {
        method,
        headers: { authorization: this.authorization, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(LIMIT_MS),
      });
    } catch (error) {
      const { cause, message } = error as Error;
      const reason = cause instanceof Error ? cause.message : message;
      throw new RefusedError(`The management server at ${this.base} does not answer: ${reason}`);
    }
  }
}

function messageIn(text: string): string | undefined {
  try {
    const { message, errors } = JSON.parse(text) as {
      readonly message?: string;
      readonly errors?: readonly { readonly message: string }[];
    };
    return message ?? errors?.map((error) => error.message).join('; ');
  } catch {
    return undefined;
  }
}
