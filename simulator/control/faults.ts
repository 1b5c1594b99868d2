/** The faults that wait for their requests, and what they do to an answer. */
import { gzipSync } from 'node:zlib';
import { Random } from '../mail/random.js';
import { type Answer, json } from '../protocol/answer.js';
import { ERRORS } from '../protocol/errors.js';
import type { Fault, FaultAction, FaultEndpoint } from '../protocol/fault.js';

/** What of a request a fault can match on. */
export interface FaultTarget {
  readonly endpoint: string;
  /** Types asked for, or the file's; the stream's name for the other endpoints. */
  readonly types: readonly string[];
  readonly accountId: string | undefined;
  /** Path and query. */
  readonly url: string;
}

interface Waiting {
  readonly id: number;
  readonly fault: Fault;
  seen: number;
  fired: number;
}

export class Faults {
  readonly #random: Random;
  #waiting: Waiting[] = [];
  #nextId = 1;

  constructor(seed: number) {
    this.#random = new Random(seed, 0, 0, 0);
  }

  add(faults: readonly Fault[]): readonly number[] {
    return faults.map((fault) => {
      const id = this.#nextId;
      this.#nextId += 1;
      this.#waiting.push({ id, fault, seen: 0, fired: 0 });
      return id;
    });
  }

  list(): readonly object[] {
    return this.#waiting.map(({ id, fault, seen, fired }) => ({ id, ...fault, seen, fired }));
  }

  /** @param id all when undefined. @returns how many were removed. */
  clear(id?: number): number {
    const before = this.#waiting.length;
    this.#waiting = id === undefined ? [] : this.#waiting.filter((waiting) => waiting.id !== id);
    return before - this.#waiting.length;
  }

  /** The action of the first fault that fires; every matching fault counts the request as seen. */
  take(target: FaultTarget): FaultAction | undefined {
    let action: FaultAction | undefined;
    for (const waiting of this.#waiting) {
      const { fault } = waiting;
      if (!matches(fault, target)) continue;
      const { times = 1, skip = 0, probability = 1 } = fault;
      const due = waiting.seen >= skip && (times === -1 || waiting.fired < times);
      waiting.seen += 1;
      if (action || !due || (probability < 1 && !this.#random.chance(probability))) continue;
      waiting.fired += 1;
      action = fault.action;
    }
    return action;
  }
}

const ANY: FaultEndpoint = '*';

function matches({ endpoint, match }: Fault, target: FaultTarget): boolean {
  if (endpoint !== ANY && endpoint !== target.endpoint) return false;
  if (match?.type !== undefined && !target.types.includes(match.type)) return false;
  if (match?.tenant !== undefined && match.tenant !== target.accountId) return false;
  return match?.pathContains === undefined || target.url.includes(match.pathContains);
}

/** The answer that takes the place of the endpoint's own, if the action names one. */
export function replacement(action: FaultAction): Answer | undefined {
  if (action.error) return withHeaders(ERRORS[action.error](), action.headers);
  if (action.rateLimited) {
    const { retryAfterSeconds, resetMs } = action.rateLimited;
    return withHeaders(ERRORS.too_many_requests(), {
      'x-ratelimit-limit': '50',
      'x-ratelimit-remaining': '0',
      ...(resetMs !== undefined && { 'x-ratelimit-reset': String(resetMs) }),
      ...(retryAfterSeconds !== undefined && { 'retry-after': String(retryAfterSeconds) }),
      ...action.headers,
    });
  }
  if (action.status === undefined) return undefined;
  const { body = '' } = action;
  const answer =
    typeof body === 'string'
      ? { status: action.status, headers: {}, body: Buffer.from(body) }
      : json(action.status, body);
  return withHeaders(action.gzipBody ? { ...answer, body: gzipSync(answer.body) } : answer, action.headers);
}

/** The endpoint's own answer, damaged as the action wants. */
export function damaged(answer: Answer, action: FaultAction): Answer {
  const { truncateGzip, corruptGzip, contentType } = action;
  const named = withHeaders(answer, {
    ...action.headers,
    ...(contentType !== undefined && { 'content-type': contentType }),
  });
  if (truncateGzip === undefined && !corruptGzip) return named;
  // A damaged answer does not count as served.
  const { status, headers } = named;
  let { body } = named;
  if (truncateGzip !== undefined) {
    body = body.subarray(0, Math.floor(body.length * (truncateGzip === true ? 0.5 : truncateGzip)));
  }
  if (corruptGzip) {
    body = Buffer.from(body);
    const middle = Math.floor(body.length / 2);
    for (let at = middle; at < Math.min(middle + 8, body.length); at += 1) body[at] = (body[at] ?? 0) ^ 0xff;
  }
  return { status, headers, body };
}

function withHeaders(answer: Answer, headers: Readonly<Record<string, string>> | undefined): Answer {
  return { ...answer, headers: { ...answer.headers, ...headers } };
}
