/** Who asks: HTTP Basic with access ID and key, or a browser's session. A viewer's key may only read. */

import { normalizeIP } from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { CodedRefusal } from '../../management/common/errors.js';
import type { Credential, Identity, KeyVerifier } from '../../management/keys/key-verifier.js';
import { AttemptLimit } from './attempt-limit.js';
import { GENERIC } from './error-answer.js';
import { isMistyped } from './mistyped.js';
import { TooManyError } from './request-limit.js';
import { clientAddress } from './transport.js';

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
    /** Not even read with a viewer's key. */
    readonly isForAdministrators?: boolean;
  }
}

/** Those of this API are much shorter; longer ones would fill the memory of what was tried. */
const LONGEST_ID = 64;
const WINDOW_MS = 10_000;
/** Wrong credentials of one address with one access ID in that time: only a caller that gives many wrong ones waits. */
const MAX_OF_ONE_ID = 20;
/** Wrong credentials of one address, whatever their access IDs. */
const MAX_OF_ONE_ADDRESS = 60;
/**
 * Wrong credentials with one access ID, whatever their addresses. Beyond them an address that has given a wrong one waits,
 * and one that has not may still try: the key's owner is not locked out by those who guess.
 */
const MAX_WITH_ONE_ID = 100;
/** Credentials of all addresses that wait to be hashed; beyond them only the first one of an address waits, too. */
const MAX_WAITING = 100;
/** With those. */
const MAX_WAITING_EVER = 1_000;

/** Finds out whose credential it is, and slows down those who guess. @returns `undefined` when it is wrong. */
export type Identify = (ip: string, credential: Credential) => Promise<Identity | undefined>;

export interface Authentication {
  readonly identify: Identify;
  /** For what is no credential at all. @throws TooManyError */
  readonly refuseUnreadable: (ip: string) => void;
}

export function authenticationBy(verifier: KeyVerifier): Authentication {
  const window = { windowMs: WINDOW_MS, now: () => verifier.now() };
  const ofOneId = new AttemptLimit({ most: MAX_OF_ONE_ID, ...window });
  const ofOneAddress = new AttemptLimit({ most: MAX_OF_ONE_ADDRESS, ...window });
  const withOneId = new AttemptLimit({ most: MAX_WITH_ONE_ID, ...window });

  const identify: Identify = async (ip, credential) => {
    const address = normalizeIP(ip);
    const { accessId } = credential;
    const both = JSON.stringify([address, accessId]);
    let isCounted = false;
    const admit = () => {
      const waitMs = Math.max(
        ofOneId.waitOf(both),
        ofOneAddress.waitOf(address),
        ofOneId.isCounted(both) ? withOneId.waitOf(accessId) : 0,
      );
      refuseFor(waitMs);
      const mostWaiting = ofOneAddress.isCounted(address) ? MAX_WAITING : MAX_WAITING_EVER;
      if (verifier.waiting >= mostWaiting) throw new TooManyError(1);
      ofOneId.count(both);
      ofOneAddress.count(address);
      withOneId.count(accessId);
      isCounted = true;
    };
    let isWrong = false;
    try {
      const identity = await verifier.verify(credential, admit);
      isWrong = identity === undefined;
      // It came while the same one was being hashed, which says nothing of either until now.
      if (isWrong && !isCounted) admit();
      return identity;
    } finally {
      // It was right, or the store is away.
      if (isCounted && !isWrong) {
        ofOneId.uncount(both);
        ofOneAddress.uncount(address);
        withOneId.uncount(accessId);
      }
    }
  };

  const refuseUnreadable = (ip: string) => {
    const address = normalizeIP(ip);
    refuseFor(ofOneAddress.waitOf(address));
    ofOneAddress.count(address);
  };

  return { identify, refuseUnreadable };
}

/** @param bySession whose session a request belongs to, when it comes from a page of ours. @returns who asks, now */
export function authenticate(
  app: FastifyInstance,
  { identify, refuseUnreadable }: Authentication,
  bySession: (request: FastifyRequest) => Promise<Identity | undefined>,
): (request: FastifyRequest) => Promise<Identity | undefined> {
  app.decorateRequest('identity', null);
  app.addHook('onRequest', async (request) => {
    if (request.routeOptions.config?.isPublic || isMistyped(request)) return;
    const identity = await identityOf(request);
    if (identity === undefined) throw unauthorized();
    request.identity = identity;
    if (identity.role !== 'administrator' && !isForAll(request)) throw forbidden();
  });
  return identityOf;

  async function identityOf(request: FastifyRequest): Promise<Identity | undefined> {
    const { authorization } = request.headers;
    if (authorization === undefined) return bySession(request);
    const credential = credentialOf(authorization);
    if (credential === undefined) {
      refuseUnreadable(clientAddress(request));
      throw unauthorized();
    }
    return identify(clientAddress(request), credential);
  }
}

function refuseFor(waitMs: number): void {
  if (waitMs > 0) throw new TooManyError(Math.ceil(waitMs / 1_000));
}

/** Who asks, for the audit trail. */
export function actorOf(request: FastifyRequest): string {
  return request.identity?.accessId ?? 'unknown';
}

export function credentialOf(header: string | undefined): Credential | undefined {
  const [, encoded = ''] = /^basic +([A-Za-z0-9+/_=-]+) *$/i.exec(header ?? '') ?? [];
  const text = Buffer.from(encoded, 'base64').toString();
  const colon = text.indexOf(':');
  return colon < 1 || colon > LONGEST_ID
    ? undefined
    : { accessId: text.slice(0, colon), accessKey: text.slice(colon + 1) };
}

function isForAll({ method, routeOptions: { config } }: FastifyRequest): boolean {
  if (config?.isForAdministrators === true) return false;
  return method === 'GET' || method === 'HEAD' || config?.isReading === true;
}

export const unauthorized = () => new CodedRefusal(401, GENERIC[401].code, GENERIC[401].message);
const forbidden = () => new CodedRefusal(403, GENERIC[403].code, GENERIC[403].message);
