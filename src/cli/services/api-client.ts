/** Calls of a management server, with its own words for what is refused. */

import { isObject, type JsonObject, parseJson } from '../../domain/json.js';
import { RefusedError } from '../../management/common/errors.js';

export interface ApiClientOptions {
  /** Such as `http://127.0.0.1:8080`, with or without `/api/v1` behind it. */
  readonly server: URL;
  readonly accessId: string;
  readonly accessKey: string;
}

/** A wrong server should not keep a command waiting. */
const LIMIT_MS = 30_000;
/** As the server's own description has it. */
const TITLE = 'Mimecast Source management API';

/** @throws RefusedError naming what is missing. */
export function apiClientOf(server: string, env: NodeJS.ProcessEnv): ApiClient {
  const { MIMECAST_ACCESS_ID: accessId, MIMECAST_ACCESS_KEY: accessKey } = env;
  if (!accessId || !accessKey)
    throw new RefusedError('--server needs a key: set MIMECAST_ACCESS_ID and MIMECAST_ACCESS_KEY');
  return new ApiClient({ server: addressOf(server), accessId, accessKey });
}

/** What is refused is not repeated: it may hold a password. */
function addressOf(server: string): URL {
  const url = URL.parse(server);
  if (url === null || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '')
    throw new RefusedError('--server takes an address such as http://127.0.0.1:8080');
  if (url.username !== '' || url.password !== '')
    throw new RefusedError(
      '--server takes an address without user and password; set the key with MIMECAST_ACCESS_ID and MIMECAST_ACCESS_KEY',
    );
  return url;
}

/** Thrown when the server does not answer, no longer, or not now: it may do so later. */
export class LostConnectionError extends RefusedError {
  override readonly name = 'LostConnectionError';

  /** @param retryAfterMs when it is worth trying again, if the server says so. */
  constructor(
    message: string,
    readonly retryAfterMs = 0,
  ) {
    super(message);
  }
}

export class ApiClient {
  private readonly base: string;
  private readonly authorization: string;
  private recognized: Promise<void> | undefined;

  constructor({ server: { origin, pathname }, accessId, accessKey }: ApiClientOptions) {
    const path = pathname.replace(/\/+$/, '').replace(/\/api(\/v1)?$/, '');
    this.base = `${origin}${path}/api/v1`;
    this.authorization = `Basic ${Buffer.from(`${accessId}:${accessKey}`).toString('base64')}`;
  }

  /** @throws RefusedError with the server's message. */
  async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const result = await this.find<T>(method, path, body, []);
    if (result === undefined) throw this.stranger();
    return result;
  }

  /** The same; `undefined` when there is none. */
  async find<T>(method: string, path: string, body?: unknown, none: readonly number[] = [404]): Promise<T | undefined> {
    // Neither key nor source are told to a server of another kind.
    await this.recognition();
    const { authorization } = this;
    const init = body === undefined ? {} : { body: JSON.stringify(body) };
    const given = { ...init, method, headers: { ...JSON_TYPE, authorization } };
    const { status, text, headers } = await this.fetched(path, given);
    if (none.includes(status)) return undefined;
    const answer = text === '' && method === 'DELETE' ? {} : objectOf(text);
    if (answer === undefined) throw this.stranger({ status, headers });
    if (status >= 400) {
      const message = messageIn(answer) ?? `${this.base}/${path} answers ${status}`;
      throw refusal({ status, headers }, message, mistakesIn(answer));
    }
    return answer as T;
  }

  /** The lines of an answer without an end. @param options.body makes it a POST. @throws RefusedError with the server's message, and when the connection ends */
  async *lines(
    path: string,
    { body, signal }: { readonly body?: unknown; readonly signal?: AbortSignal | undefined },
  ): AsyncGenerator<string, void, undefined> {
    await this.recognition();
    const headers = { ...JSON_TYPE, authorization: this.authorization };
    const url = `${this.base}/${path}`;
    try {
      const response = await fetch(url, {
        ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
        ...(signal === undefined ? {} : { signal }),
        headers,
        redirect: 'manual',
      });
      if (response.status !== 200)
        throw refusal(
          response,
          messageIn(objectOf(await response.text()) ?? {}) ?? `${url} answers ${response.status}`,
        );
      let rest = '';
      for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
        const parts = (rest + chunk).split('\n');
        rest = parts.pop() ?? '';
        yield* parts;
      }
    } catch (error) {
      if (error instanceof RefusedError) throw error;
      throw this.silent(error);
    }
    throw new LostConnectionError(`${url} has ended`);
  }

  /** Once; a failure is none for ever. */
  private recognition(): Promise<void> {
    this.recognized ??= this.recognize().catch((error: unknown) => {
      this.recognized = undefined;
      throw error;
    });
    return this.recognized;
  }

  /** The description of the API is told without a key. */
  private async recognize(): Promise<void> {
    const { text, ...head } = await this.fetched('openapi.json', {});
    const { info } = objectOf(text) ?? {};
    if ((info as { readonly title?: unknown } | undefined)?.title !== TITLE) throw this.stranger(head);
  }

  private async fetched(path: string, init: RequestInit): Promise<Head & { readonly text: string }> {
    const url = `${this.base}/${path}`;
    try {
      const response = await fetch(url, { ...init, redirect: 'manual', signal: AbortSignal.timeout(LIMIT_MS) });
      const { status, headers } = response;
      if (status >= 300 && status < 400) throw this.elsewhere(headers.get('location'), url);
      return { status, headers, text: await response.text() };
    } catch (error) {
      if (error instanceof RefusedError) throw error;
      throw this.silent(error);
    }
  }

  private silent(error: unknown): LostConnectionError {
    const { cause, message } = error as Error;
    const reason = cause instanceof Error ? cause.message : message;
    return new LostConnectionError(`The management server at ${this.base} does not answer: ${reason}`);
  }

  private elsewhere(location: string | null, from: string): RefusedError {
    const place = (location === null ? null : URL.parse(location, from))?.origin ?? 'nowhere';
    return new RefusedError(`${this.base} redirects to ${place}; use that address with --server`);
  }

  private stranger(head?: Head): RefusedError {
    const message = `${this.base} is not a management server`;
    return head === undefined ? new RefusedError(message) : refusal(head, message);
  }
}

type Head = Pick<Response, 'status' | 'headers'>;

/** Too many requests, and a server, or a proxy before it, that cannot answer now: that passes. */
function refusal({ status, headers }: Head, message: string, mistakes: readonly string[] = []): RefusedError {
  // They stand in the message, too, behind its first words.
  const head = message.replace(` ${mistakes.join('; ')}`, '');
  if (status !== 429 && status < 500) return new RefusedError(mistakes.length === 0 ? message : head, mistakes);
  const seconds = Number(headers.get('retry-after') ?? 0);
  return new LostConnectionError(message, Number.isFinite(seconds) ? Math.max(0, seconds * 1_000) : 0);
}

const JSON_TYPE = { 'content-type': 'application/json' };

/** @returns `undefined` for whatever is no JSON object. */
function objectOf(text: string): JsonObject | undefined {
  const answer = parseJson(text);
  return isObject(answer) ? answer : undefined;
}

function mistakesIn({ mistakes }: JsonObject): string[] {
  return Array.isArray(mistakes) ? mistakes.filter((mistake) => typeof mistake === 'string') : [];
}

function messageIn({ message, errors }: JsonObject): string | undefined {
  if (typeof message === 'string') return message;
  const messages = (Array.isArray(errors) ? errors : []).map((error) => String(error?.message));
  return messages.length === 0 ? undefined : messages.join('; ');
}
