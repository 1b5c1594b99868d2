/** Posts JSON to a target, as all requests go out: encrypted, not into a private network, without following redirects. */

import { RawError } from '../domain/failures/failure.js';
import { allowedUrl } from '../http-client/allowed-url.js';
import { bodyChunks } from '../http-client/body.js';
import { type Conceal, concealing } from '../http-client/conceal.js';
import { processConnections } from '../http-client/connections.js';
import { Deadline } from '../http-client/deadline.js';
import { type HttpRequest, redirectTarget, request } from '../http-client/http.js';
import { ANSWER_LIMIT_MS, DeliveryError, MOST_SHOWN, type SendAccess } from './delivery-error.js';

export interface Post {
  readonly url: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
}

const ENDPOINT = 'alert connection';
/** Statuses of 4xx that say nothing of the message. */
const NOT_ABOUT_IT: ReadonlySet<number> = new Set([408, 425, 429]);

/** @returns what it answered. @throws DeliveryError, and the reason of the signal once that is aborted. */
export async function post(
  { url: address, body, headers, secrets }: Post,
  access: SendAccess,
  signal: AbortSignal,
): Promise<string> {
  let deadline: Deadline | undefined;
  try {
    const url = allowedTarget(address, access);
    const message = `${url.host} did not answer within ${ANSWER_LIMIT_MS / 1_000} s`;
    deadline = new Deadline(ANSWER_LIMIT_MS, signal, { origin: 'file', endpoint: ENDPOINT, message });
    const http: HttpRequest = {
      ...{ method: 'POST', url, body, endpoint: ENDPOINT, origin: 'file', deadline },
      headers: { 'content-type': 'application/json', ...headers },
      connections: processConnections(access.allowInsecure || access.alertHosts.has(url.hostname)),
      conceal: concealing(secrets),
      explain: (text, conceal) => ({ message: refusalText(url, text, conceal) }),
      // Each attempt is counted, and the next one is planned where it can be seen.
      blipWaitsMs: [],
      returnsRedirects: true,
    };
    const response = await request(http);
    if (redirectTarget(response, url) !== undefined) {
      await response.body?.cancel();
      throw new DeliveryError(`${url.host} redirects to another address, which is not followed`, true);
    }
    const answer = http.conceal(await beginningOf(response, http));
    return answer === '' ? `${response.status}` : `${response.status}: ${answer}`;
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof RawError ? undelivered(error) : error;
  } finally {
    deadline?.close();
  }
}

/** @throws RawError when it may not be sent to. */
export function allowedTarget(address: string, { allowInsecure, alertHosts }: SendAccess): URL {
  return allowedUrl(address, { allowInsecure, privateHosts: alertHosts, origin: 'configuration', endpoint: ENDPOINT });
}

function refusalText({ host }: URL, body: string, conceal: Conceal): string {
  const said = conceal(body).replace(/\s+/g, ' ').trim().slice(0, MOST_SHOWN);
  return said === '' ? `${host} does not accept the message` : `${host} does not accept the message: ${said}`;
}

/** Accepted it has the message by its status, whatever becomes of the rest of its answer. */
async function beginningOf(response: Awaited<ReturnType<typeof request>>, http: HttpRequest): Promise<string> {
  let text = '';
  try {
    for await (const chunk of bodyChunks(response, http)) {
      text += Buffer.from(chunk).toString();
      if (text.length > MOST_SHOWN) break;
    }
  } catch (error) {
    if (!(error instanceof RawError)) throw error;
  }
  return text.trim().slice(0, MOST_SHOWN);
}

function undelivered({ facts: { message, status, retryAfterMs } }: RawError): DeliveryError {
  const text = status === undefined ? message : `${message} (status ${status})`;
  const isRefusal = status !== undefined && status < 500 && !NOT_ABOUT_IT.has(status);
  return new DeliveryError(text, isRefusal, retryAfterMs);
}
