/** HTTP Basic with access ID and key; a viewer's key may only read. */

import type { FastifyInstance, FastifyRequest } from 'fastify';
import { CodedRefusal } from '../errors.js';
import type { Credential, Identity, KeyVerifier } from '../key-verifier.js';
import { GENERIC } from './error-answer.js';
import { TooManyError } from './rate-limit.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; of a route that is not public. */
    identity: Identity | null;
  }
  interface FastifyContextConfig {
    /** Answered without a key. */
    readonly isPublic?: boolean;
    /** Reads, although its method is none of reading. */
    readonly isReading?: boolean;
  }
}

/** Wrong credentials of one address in ten seconds. */
const MOST_FAILURES = 20;

export function authenticate(app: FastifyInstance, verifier: KeyVerifier): void {
  const countFailure = app.createRateLimit({
    max: MOST_FAILURES,
    timeWindow: 10_000,
    keyGenerator: (request: FastifyRequest) => `failures of ${request.ip}`,
  });
  app.decorateRequest('identity', null);
  app.addHook('onRequest', async (request) => {
    if (request.routeOptions.config?.isPublic) return;
    const credential = credentialOf(request.headers.authorization);
    if (credential === undefined) throw unauthorized();
    // Each new credential costs time: whoever has given many wrong ones waits.
    if (!verifier.isQuick(credential)) {
      const failures = await countFailure(request, { increment: false });
      if (!failures.isAllowed && failures.remaining <= 0) throw new TooManyError(failures.ttlInSeconds);
    }
    const identity = await verifier.verify(credential);
    if (identity === undefined) {
      await countFailure(request);
      throw unauthorized();
    }
    request.identity = identity;
    if (identity.role !== 'administrator' && !isReading(request)) throw forbidden();
  });
}

/** Who asks, for the audit trail. */
export function actorOf(request: FastifyRequest): string {
  return request.identity?.accessId ?? 'unknown';
}

export function credentialOf(header: string | undefined): Credential | undefined {
  const [, encoded = ''] = /^basic +([A-Za-z0-9+/_=-]+) *$/i.exec(header ?? '') ?? [];
  const text = Buffer.from(encoded, 'base64').toString();
  const colon = text.indexOf(':');
  return colon < 1 ? undefined : { accessId: text.slice(0, colon), accessKey: text.slice(colon + 1) };
}

function isReading({ method, routeOptions }: FastifyRequest): boolean {
  return method === 'GET' || method === 'HEAD' || routeOptions.config?.isReading === true;
}

const unauthorized = () => new CodedRefusal(401, GENERIC[401].code, GENERIC[401].message);
const forbidden = () => new CodedRefusal(403, GENERIC[403].code, GENERIC[403].message);
