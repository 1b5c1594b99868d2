import { isUtf8 } from 'node:buffer';
import { type ErrorFacts, RawError } from '../domain/failures/failure.js';
import { isObject, type JsonObject, parseJson } from '../domain/json.js';
import { present } from '../domain/present.js';
import { readBytes, textOf } from '../http-client/body.js';
import { type Conceal, concealed } from '../http-client/conceal.js';
import type { Connections } from '../http-client/connections.js';
import { Deadline } from '../http-client/deadline.js';
import { type HttpRequest, request, requestIdOf } from '../http-client/http.js';
import type { PaceLimits } from '../http-client/pace.js';
import type { Observer } from '../metrics/observer.js';
import type { ApiClock } from './api-clock.js';
import { explainErrorBody, explainJsonError, NO_REASON } from './error-body.js';
import { IncompleteAnswerError } from './incomplete.js';
import { observed } from './observed.js';

/** Times of every call; the defaults suit the real API. */
export interface HttpTimes {
  /** A whole call, its blips and its body included, in milliseconds. Default 30 000. */
  readonly deadlineMs?: number;
  /** The longest silence while a file is downloaded, in milliseconds. Default 30 000. */
  readonly idleMs?: number;
  /** How slow a download may be. Default `MIN_PACE` and the life of the file's address. */
  readonly pace?: Partial<PaceLimits>;
  /** Waits before a blip is tried again within a call, in milliseconds. Default 200, 600, 1500. */
  readonly blipWaitsMs?: readonly number[];
  /** Default those of the process, and none into a private network. */
  readonly connections?: Connections;
  /** Told the time of each answer. */
  readonly clock?: ApiClock;
  /** Told of calls and bytes. Default: nobody is. */
  readonly observer?: Observer;
}

export interface JsonCall {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Takes the secrets that are sent with the call out of whatever is told of its answer. */
  readonly conceal: Conceal;
  /** What is asked for, for people: "batch list". */
  readonly endpoint: string;
  /** The same for metrics: the path of the function. */
  readonly path: string;
  /** Whether an answer holds something of use beside an error that it reports. Default never. */
  readonly holdsRows?: (body: JsonObject) => boolean;
}

export interface JsonAnswer {
  readonly endpoint: string;
  readonly body: JsonObject;
  /** The body as received; to be dropped with the answer. */
  readonly text: string;
  /** What the text was read from, where that is not UTF-8. */
  readonly bytes?: Buffer;
  /** `x-request-id` of the answer. */
  readonly requestId?: string;
  /** The error that it reports beside its rows. */
  readonly failure?: IncompleteAnswerError;
}

const DEADLINE_MS = 30_000;

/**
 * A call to the API that answers with a JSON object. A status of 200 is not yet success: the functions under `/api/`
 * report errors in `fail`, or in `meta.status`, of an answer with status 200.
 *
 * @throws {RawError} for everything but a JSON object without errors, or with rows beside them.
 * @throws the reason of `signal`, untouched, once that is aborted.
 */
export function callJson(call: JsonCall, times: HttpTimes, signal?: AbortSignal): Promise<JsonAnswer> {
  return observed(call.path, times.observer, () => calledJson(call, times, signal));
}

async function calledJson(call: JsonCall, times: HttpTimes, signal: AbortSignal | undefined): Promise<JsonAnswer> {
  const { endpoint, url } = call;
  const ms = times.deadlineMs ?? DEADLINE_MS;
  const deadline = new Deadline(ms, signal, {
    origin: 'mimecast',
    endpoint,
    message: `${url.host} did not answer within ${ms / 1_000} s${times.connections?.via(url) ?? ''}`,
  });
  const { blipWaitsMs, connections } = times;
  const http: HttpRequest = {
    ...call,
    origin: 'mimecast',
    explain: explainErrorBody,
    deadline,
    ...present({ blipWaitsMs, connections }),
  };
  try {
    const response = await request(http);
    times.clock?.setFrom(response.headers.get('date'));
    const bytes = await readBytes(response, http);
    times.observer?.count('mimecast_bytes_read_total', { endpoint: call.path }, bytes.length);
    const text = textOf(bytes);
    const body = parseJson(text);
    const { requestId } = requestIdOf(response.headers);
    const answer = { endpoint, ...(requestId === undefined ? {} : { requestId: call.conceal(requestId) }) };
    if (!isObject(body)) throw unreadable(answer, `${url.host} answered with something that is not a JSON object`);
    const failure = failureIn(body, response.status, call.conceal);
    const content = { body, text, ...(isUtf8(bytes) ? {} : { bytes }) };
    if (failure === undefined) return { ...answer, ...content };
    const facts: ErrorFacts = { origin: 'mimecast', ...answer, ...failure };
    if (call.holdsRows?.(body) !== true) throw new RawError(facts);
    return { ...answer, ...content, failure: new IncompleteAnswerError('partial', facts) };
  } catch (error) {
    throw error instanceof RawError ? concealed(error, call.conceal) : error;
  } finally {
    deadline.close();
  }
}

/** ErrorFacts with an answer that came, but not in the shape it should have. */
export function unreadable({ endpoint, requestId }: Omit<JsonAnswer, 'body' | 'text'>, message: string): RawError {
  const id = requestId === undefined ? {} : { requestId };
  return new RawError({ origin: 'mimecast', endpoint, cause: 'unreadable', message, ...id });
}

function failureIn(
  body: JsonObject,
  httpStatus: number,
  conceal: Conceal,
): Pick<ErrorFacts, 'status' | 'code' | 'message'> | undefined {
  const inner = isObject(body.meta) ? body.meta.status : undefined;
  const status = typeof inner === 'number' && inner >= 400 ? inner : httpStatus;
  const explanation = explainJsonError(body, conceal);
  if (explanation === undefined && status < 400) return undefined;
  return { status, ...(explanation ?? { message: NO_REASON }) };
}
