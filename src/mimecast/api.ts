import { RawError } from '../domain/failures/failure.js';
import { concealing } from '../http-client/conceal.js';
import { BATCH_ENDPOINT } from '../metrics/worker-metrics.js';
import { callJson, type HttpTimes, type JsonAnswer, type JsonCall } from './json-call.js';
import { RateLimits } from './rate-limits.js';
import type { TokenSource } from './token.js';

/** A call to one function of the API, without host and token. */
export interface ApiCall extends Pick<JsonCall, 'holdsRows'> {
  readonly method: 'GET' | 'POST';
  /** Without a leading slash, so that a path in the base URL is kept. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly endpoint: string;
}

/** Calls the API's functions with the bearer token, which is sent here and nowhere else. */
export class Api {
  readonly #limits = new RateLimits();

  constructor(
    private readonly baseUrl: URL,
    private readonly tokens: TokenSource,
    private readonly times: HttpTimes,
  ) {}

  /**
   * One call. When Mimecast says that the token has expired, a new one is obtained and the call repeated, once. A function
   * whose rate limit is reached is not called before Mimecast's time is over, by whichever stream.
   *
   * @throws {RawError} as `callJson` does.
   */
  async call(call: ApiCall, signal?: AbortSignal): Promise<JsonAnswer> {
    this.#limits.check(call.endpoint);
    try {
      return await this.#callOnce(call, signal);
    } catch (error) {
      this.#limits.remember(call.endpoint, error);
      if (!(error instanceof RawError && error.facts.code === 'token_expired')) throw error;
      return await this.#callOnce(call, signal);
    }
  }

  /** Asks again where a rate limit was reached. */
  forgetLimits(): void {
    this.#limits.clear();
  }

  /** Whether a function refuses a call without a token as Mimecast's do: with an error that has a code. */
  async refusesStrangers(signal?: AbortSignal): Promise<boolean> {
    const url = new URL('siem/v1/batch/events/cg', this.baseUrl);
    const headers = { accept: 'application/json' };
    const named = { endpoint: 'batch list', path: BATCH_ENDPOINT };
    const call: JsonCall = { method: 'GET', url, headers, conceal: (text) => text, ...named };
    try {
      await callJson(call, this.times, signal);
      return false;
    } catch (error) {
      if (!(error instanceof RawError)) throw error;
      const { status, code } = error.facts;
      return (status === 401 || status === 403) && code !== undefined;
    }
  }

  async #callOnce({ path, query, body, ...call }: ApiCall, signal?: AbortSignal): Promise<JsonAnswer> {
    const url = new URL(path, this.baseUrl);
    url.search = new URLSearchParams(query).toString();
    const token = await this.tokens.get(signal);
    const headers = { authorization: `Bearer ${token}`, accept: 'application/json' };
    const json =
      body === undefined
        ? { headers }
        : { headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(body) };
    try {
      return await callJson(
        { ...call, path: `/${path}`, url, conceal: concealing([token]), ...json },
        this.times,
        signal,
      );
    } catch (error) {
      // Whatever the code of a 401, the next attempt should not come with the same token.
      if (error instanceof RawError && error.facts.status === 401) this.tokens.invalidate(token);
      throw error;
    }
  }
}
