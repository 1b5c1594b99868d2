/**
 * Sessions of browsers: a cookie that no script can read and no other site's page sends, and for every request that
 * changes something a token that only our own pages know.
 */

import { randomBytes, timingSafeEqual } from 'node:crypto';
import cookie from '@fastify/cookie';
import session from '@fastify/session';
import type { FastifyInstance, FastifyRequest, Session } from 'fastify';
import { CodedRefusal } from '../../management/common/errors.js';
import type { Identity } from '../../management/keys/key-verifier.js';
import { identityOfKey } from '../../management/keys/sign-in.js';
import type { Collections } from '../../store/collections.js';
import { deleteSession, readSession, saveSession } from '../../store/sessions.js';

declare module 'fastify' {
  interface Session {
    /** Of the key that it was made from. */
    accessId?: string;
    /** What requests that change something must carry as `X-CSRF-Token`. */
    csrfToken?: string;
    /** Epoch milliseconds. */
    endsAt?: number;
  }
}

export const CSRF_HEADER = 'x-csrf-token';
const LASTS_MS = 12 * 3_600_000;

/** @param path below which the cookie is sent. */
export async function keepSessions(app: FastifyInstance, collections: Collections, path: string): Promise<void> {
  app.addHook('onRequest', async (request) => refuseOtherSites(request));
  await app.register(cookie);
  await app.register(session, {
    cookieName: 'mimecast_session',
    // 256 random bits that are looked up need no signature.
    secret: { sign: (value) => value, unsign: (value) => ({ valid: true, renew: false, value }) },
    cookie: { path, httpOnly: true, sameSite: 'strict', secure: false, maxAge: LASTS_MS },
    saveUninitialized: false,
    rolling: false,
    store: sessionStore(collections),
  });
}

/** Begins a session that nobody knew before. @returns its CSRF token */
export async function beginSession(request: FastifyRequest, accessId: string): Promise<string> {
  const { headers, protocol } = request;
  await request.session.regenerate();
  // It is another object now.
  const { session } = request;
  // What stands before this server may lie about it only to its own loss.
  session.options({ secure: protocol === 'https' || headers['x-forwarded-proto'] === 'https' });
  const csrfToken = randomBytes(32).toString('base64url');
  session.set('accessId', accessId);
  session.set('csrfToken', csrfToken);
  session.set('endsAt', Date.now() + LASTS_MS);
  await session.save();
  return csrfToken;
}

/** Who has signed in, by the session of a request. @throws CodedRefusal for a change that no page of ours has asked for */
export async function identityBySession(
  collections: Collections,
  request: FastifyRequest,
): Promise<Identity | undefined> {
  // Of a request that is still being answered: its session may have ended since.
  if (request.identity !== null) await request.session.reload();
  const { accessId, csrfToken } = request.session;
  if (accessId === undefined || csrfToken === undefined) return undefined;
  if (!isSafe(request) && !isSame(request.headers[CSRF_HEADER], csrfToken)) throw notFromOurPage();
  return identityOfKey(collections, accessId);
}

/** Refuses what a page of another site has sent, whatever it carries. */
function refuseOtherSites(request: FastifyRequest): void {
  const { 'sec-fetch-site': site, origin } = request.headers;
  if (isSafe(request)) return;
  const isForeign =
    site === undefined ? origin !== undefined && hostOf(origin) !== request.host : !OWN_SITES.has(String(site));
  if (isForeign) throw notFromOurPage();
}

/** `none`: somebody typed the address. */
const OWN_SITES: ReadonlySet<string> = new Set(['same-origin', 'none']);

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}

function isSafe({ method }: FastifyRequest): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'OPTIONS';
}

function isSame(given: string | string[] | undefined, wanted: string): boolean {
  const [a, b] = [Buffer.from(String(given)), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}

const notFromOurPage = () =>
  new CodedRefusal(
    403,
    'session.foreign_request',
    'This request does not come from a page of this server, or the page is outdated: reload it and try again.',
  );

type Done = (error?: unknown) => void;
type Found = (error: unknown, session?: Session | null) => void;

/** The plugin's own form of a store. */
function sessionStore(collections: Collections) {
  const settle = <T>(work: Promise<T>, done: (error?: unknown, result?: T) => void) => {
    work.then((result) => done(null, result), done);
  };
  const read = async (token: string): Promise<Session | null> => {
    const text = await readSession(collections, token);
    return text === undefined ? null : JSON.parse(text);
  };
  const save = (token: string, held: Session) =>
    saveSession(collections, token, {
      session: JSON.stringify(held),
      accessId: held.accessId,
      expiresAt: held.cookie.expires ?? new Date(Date.now() + LASTS_MS),
    });
  return {
    get: (token: string, done: Found) => settle(read(token), done),
    set: (token: string, held: Session, done: Done) => settle(save(token, held), done),
    destroy: (token: string, done: Done) => settle(deleteSession(collections, token), done),
  };
}
