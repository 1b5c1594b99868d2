import { setTimeout as sleep } from 'node:timers/promises';
import fetchRetry from 'fetch-retry';
import { fetch, Response } from 'undici';
import { type ErrorFacts, RawError } from '../domain/failures/failure.js';
import { present } from '../domain/present.js';
import { readText } from './body.js';
import { type Conceal, plainCause } from './conceal.js';
import type { Connections } from './connections.js';
import type { Deadline } from './deadline.js';
import { connectionsOf, faultOf, type NetworkFault } from './network-error.js';
import { retryAfterHeaderMs, retryAfterMs } from './retry-after.js';

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** What is asked for, for people: "batch list". */
  readonly endpoint: string;
  readonly origin: 'mimecast' | 'file';
  /** Ends the call, its blips included, and the reading of its body. */
  readonly deadline: Deadline;
  /** Default those of the process, and none into a private network. */
  readonly connections?: Connections;
  /** Takes what was sent in confidence out of what the other side says of it. */
  readonly conceal: Conceal;
  /** Reads code and message out of the body of an error; `conceal` is to be applied to both. */
  readonly explain: (body: string, conceal: Conceal) => { readonly code?: string; readonly message: string };
  /** Waits before a blip is tried again, in milliseconds; as many tries as waits. Default 200, 600, 1500. */
  readonly blipWaitsMs?: readonly number[];
  /** Hands back redirects in place of an error: for requests that carry no token. Default false. */
  readonly returnsRedirects?: boolean;
}

/** Version of this program, sent as `User-Agent` so that Mimecast's support can tell who called; equals package.json. */
export const VERSION = '0.1.0';

const BLIP_WAITS_MS = [200, 600, 1_500] as const;
const BLIP_STATUSES: ReadonlySet<number> = new Set([500, 502, 503, 504]);
const BLIP_CAUSES: ReadonlySet<string> = new Set(['unknownHost', 'dns', 'refused', 'reset', 'network', 'proxy']);

const fetchThroughBlips = fetchRetry(fetch);

/**
 * The one HTTP function: answers with a successful response, whose body is still to be read under the same deadline.
 *
 * Blips of a few seconds are absorbed here: lost connections and 500, 502, 503, 504. Nothing else is: a 429 is waited
 * for by the caller, as its header says, where an operator can see it. Redirects are never followed here, because the
 * bearer token must not reach another host.
 *
 * @throws {RawError} for every other status, a redirect, no usable answer, and the end of the deadline.
 * @throws the reason of the caller's signal, untouched, once that is aborted.
 */
export async function request(http: HttpRequest): Promise<Response> {
  const response = await send(http);
  if (response.ok || (http.returnsRedirects === true && redirectTarget(response, http.url) !== undefined))
    return response;
  throw new RawError(await errorFactsOf(response, http));
}

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Where a response redirects to; `undefined` when it does not, or does not say. */
export function redirectTarget({ status, headers }: Response, from: URL): string | undefined {
  const location = headers.get('location');
  if (!REDIRECTS.has(status) || location === null) return undefined;
  return URL.parse(location, from.href)?.href ?? location;
}

/** `x-request-id`, or the name it has at S3. */
export function requestIdOf(headers: Headers): { requestId?: string } {
  const requestId = headers.get('x-request-id') ?? headers.get('x-amz-request-id');
  return requestId === null ? {} : { requestId };
}

async function send(http: HttpRequest): Promise<Response> {
  const { signal } = http.deadline;
  signal.throwIfAborted();
  try {
    return await fetchThroughBlips(http.url, {
      method: http.method,
      headers: { 'user-agent': `mimecast-source/${VERSION}`, ...http.headers },
      ...present({ body: http.body }),
      redirect: 'manual',
      signal,
      dispatcher: connectionsOf(http).dispatcherFor(http.url),
      // The wait is inside the decision, since fetch-retry's own wait cannot be aborted.
      retryDelay: 0,
      retryOn: (attempt, error, response) => waitForBlip(http, attempt, response ?? error),
    });
  } catch (error) {
    signal.throwIfAborted();
    const { origin, endpoint } = http;
    const cause = plainCause(error, http.conceal);
    throw new RawError({ origin, endpoint, ...faultOf(error, http) }, { cause });
  }
}

/** Whether to try again, answered when it is time to. Never past the deadline: then the real reason is told instead. */
async function waitForBlip(http: HttpRequest, attempt: number, outcome: Response | Error | null): Promise<boolean> {
  const waitMs = (http.blipWaitsMs ?? BLIP_WAITS_MS)[attempt];
  if (waitMs === undefined || waitMs >= http.deadline.remainingMs() || http.deadline.signal.aborted) return false;
  if (outcome instanceof Response) {
    const askedMs = retryAfterHeaderMs(outcome.headers, Date.now()) ?? 0;
    if (!BLIP_STATUSES.has(outcome.status) || askedMs > waitMs) return false;
    // Frees the connection; what the discarded body still has to say is of no interest.
    await Promise.allSettled([outcome.body?.cancel()]);
  } else if (!isBlip(faultOf(outcome, http))) {
    return false;
  }
  await sleep(waitMs, undefined, { signal: http.deadline.signal });
  return true;
}

/** A proxy that refuses, as it does without the right password, is not pressed: it may lock the user out. */
function isBlip({ cause, code }: NetworkFault): boolean {
  return BLIP_CAUSES.has(cause) && !/^proxy_[34]/.test(code ?? '');
}

async function errorFactsOf(response: Response, http: HttpRequest): Promise<ErrorFacts> {
  const { origin, endpoint } = http;
  const { status, headers } = response;
  const waitMs = (status === 429 ? retryAfterMs : retryAfterHeaderMs)(headers, Date.now());
  return {
    origin,
    endpoint,
    status,
    ...(origin === 'mimecast' && status >= 300 && status < 400
      ? redirect(response, http)
      : http.explain(await errorText(response, http), http.conceal)),
    ...present({ retryAfterMs: waitMs }),
    ...requestIdOf(headers),
  };
}

/** Only the host of the target is told: its query may hold a signature. */
function redirect({ headers }: Response, { url }: HttpRequest): { message: string } {
  const target = URL.parse(headers.get('location') ?? '', url.href)?.host ?? 'nowhere';
  return { message: `${url.host} redirects to ${target}; redirects are not followed, check the base URL` };
}

/** An error whose body breaks off is still that error; only the end of the call is more important. */
async function errorText(response: Response, http: HttpRequest): Promise<string> {
  try {
    return await readText(response, http);
  } catch {
    http.deadline.signal.throwIfAborted();
    return '';
  }
}
