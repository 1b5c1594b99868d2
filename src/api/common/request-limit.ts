/** So many requests per second and access key, with bursts of five seconds' worth. */

import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance } from 'fastify';
import { GENERIC } from './error-answer.js';
import { clientAddress } from './transport.js';

/** Five times that of Sumo Logic (4/s), which makes Terraform slow. */
export const DEFAULT_RATE = 20;
const WINDOW_S = 5;

/** Thrown when a limit is reached. */
export class TooManyError extends Error {
  override readonly name = 'TooManyError';
  readonly statusCode = 429;

  /** @param retryAfter seconds until it is worth trying again. */
  constructor(readonly retryAfter: number) {
    super(GENERIC[429].message);
  }
}

/** To be registered after the authentication, whose access ID is the key. */
export async function limitRates(app: FastifyInstance, ratePerSecond: number): Promise<void> {
  await app.register(rateLimit, {
    global: true,
    hook: 'preParsing',
    max: ratePerSecond * WINDOW_S,
    timeWindow: WINDOW_S * 1_000,
    keyGenerator: (request) => request.identity?.accessId ?? clientAddress(request),
    errorResponseBuilder: (_request, { ttl }) => new TooManyError(Math.max(1, Math.ceil(ttl / 1_000))),
  });
}
