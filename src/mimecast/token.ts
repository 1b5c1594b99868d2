import { filledString } from '../domain/json.js';
import { concealing } from '../http-client/conceal.js';
import { TOKEN_ENDPOINT } from '../metrics/worker-metrics.js';
import { callJson, type HttpTimes, type JsonAnswer, unreadable } from './json-call.js';

/** The secret, or what gets it when a token is asked for, so that it is not kept in between. */
export type ClientSecret = string | (() => Promise<string>);

export interface TokenOptions extends HttpTimes {
  readonly baseUrl: URL;
  readonly clientId: string;
  readonly clientSecret: ClientSecret;
}

interface Token {
  readonly value: string;
  /** When to ask for the next one, as epoch milliseconds. */
  readonly refreshAt: number;
}

/** Life of a token whose answer does not say, in seconds: Mimecast's tokens live for half an hour. */
const DEFAULT_LIFE_S = 1_800;
/** A token is replaced this long before its end, in seconds; one that lives shorter, at 80 % of its life. */
const MARGIN_S = 60;
/** What can stand in a header; anything else is no token. */
const PRINTABLE = /^[\x21-\x7e]+$/;

/**
 * The access token of one Mimecast application, shared by all its streams. The token call is rate limited itself, so
 * there is never more than one under way, however many streams find out at once that their token has expired.
 */
export class TokenSource {
  #current: Token | undefined;
  #flight: Promise<Token> | undefined;

  constructor(private readonly options: TokenOptions) {}

  /**
   * A token that is still good for a while.
   *
   * @param signal ends this caller's wait only; the request goes on for the others, under its own deadline.
   * @throws {RawError} when Mimecast refuses the credentials or can't be reached.
   */
  async get(signal?: AbortSignal): Promise<string> {
    signal?.throwIfAborted();
    if (this.#current !== undefined && Date.now() < this.#current.refreshAt) return this.#current.value;
    this.#flight ??= this.#counted().finally(() => {
      this.#flight = undefined;
    });
    return (await unlessAborted(this.#flight, signal)).value;
  }

  /** Drops the current token. With `token`, only if it is still that one: somebody else may have renewed it already. */
  invalidate(token?: string): void {
    if (token === undefined || token === this.#current?.value) this.#current = undefined;
  }

  async #counted(): Promise<Token> {
    const { observer } = this.options;
    try {
      const token = await this.#fetch();
      observer?.count('mimecast_token_refreshes_total', { outcome: 'obtained' });
      return token;
    } catch (error) {
      observer?.count('mimecast_token_refreshes_total', { outcome: 'failed' });
      throw error;
    }
  }

  async #fetch(): Promise<Token> {
    const { baseUrl, clientId, clientSecret } = this.options;
    const secret = typeof clientSecret === 'string' ? clientSecret : await clientSecret();
    const askedAt = Date.now();
    const answer = await callJson(
      {
        method: 'POST',
        url: new URL('oauth/token', baseUrl),
        headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
        body: new URLSearchParams({
          client_id: clientId,
          client_secret: secret,
          grant_type: 'client_credentials',
        }).toString(),
        conceal: concealing([secret], clientId),
        endpoint: 'token',
        path: TOKEN_ENDPOINT,
      },
      this.options,
    );
    const lifeS = lifeOf(answer);
    const refreshAt = askedAt + Math.max(lifeS - MARGIN_S, lifeS * 0.8) * 1_000;
    this.#current = { value: tokenOf(answer), refreshAt };
    return this.#current;
  }
}

function tokenOf(answer: JsonAnswer): string {
  const token = filledString(answer.body.access_token);
  if (token === undefined || !PRINTABLE.test(token)) throw unreadable(answer, 'the answer contains no access token');
  return token;
}

/** Some gateways send numbers as text. A life that makes no sense is as good as none. */
function lifeOf({ body }: JsonAnswer): number {
  const seconds = Number(body.expires_in ?? Number.NaN);
  return seconds > 0 && Number.isFinite(seconds) ? seconds : DEFAULT_LIFE_S;
}

async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return await promise;
  const ended = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true, signal: ended.signal });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    ended.abort();
  }
}
