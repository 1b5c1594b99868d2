/** Sessions of browsers, and addresses that sign in once. Their tokens are stored as hashes alone. */

import { createHash } from 'node:crypto';
import { collection, type Indexes, type Store } from './driver.js';

interface SessionDocument {
  /** SHA-256 of the token, base64url. */
  readonly _id: string;
  /** What the session holds, as JSON: it is the session plugin's own. */
  readonly session: string;
  /** Of the key that it was made from; absent before somebody has signed in. */
  readonly accessId?: string;
  readonly expiresAt: Date;
}

interface SignInDocument {
  /** SHA-256 of the token, base64url. */
  readonly _id: string;
  readonly accessId: string;
  readonly expiresAt: Date;
}

const sessions = collection<SessionDocument>('sessions');
const signIns = collection<SignInDocument>('sign_ins');

const EXPIRY = { key: { expiresAt: 1 }, expireAfterSeconds: 0 };
export const SESSION_INDEXES: Indexes = { sessions: [EXPIRY, { key: { accessId: 1 } }], sign_ins: [EXPIRY] };

export interface StoredSession {
  readonly session: string;
  readonly accessId: string | undefined;
  readonly expiresAt: Date;
}

export async function saveSession(store: Store, token: string, { accessId, ...rest }: StoredSession): Promise<void> {
  const document = accessId === undefined ? rest : { ...rest, accessId };
  await sessions(store).replaceOne({ _id: hashOf(token) }, document, { upsert: true });
}

/** @returns what `saveSession` was given; nothing for one that has expired. */
export async function readSession(store: Store, token: string): Promise<string | undefined> {
  const found = await sessions(store).findOne({ _id: hashOf(token), expiresAt: { $gt: new Date() } });
  return found?.session;
}

export async function deleteSession(store: Store, token: string): Promise<void> {
  await sessions(store).deleteOne({ _id: hashOf(token) });
}

/** All sessions of a key, when it is deleted. */
export async function deleteSessionsOf(store: Store, accessId: string): Promise<void> {
  await sessions(store).deleteMany({ accessId });
  await signIns(store).deleteMany({ accessId });
}

export async function addSignIn(store: Store, token: string, accessId: string, expiresAt: Date): Promise<void> {
  await signIns(store).insertOne({ _id: hashOf(token), accessId, expiresAt });
}

/** Uses a sign-in up. @returns the access ID; nothing when it was used before, or has expired. */
export async function takeSignIn(store: Store, token: string): Promise<string | undefined> {
  const taken = await signIns(store).findOneAndDelete({ _id: hashOf(token), expiresAt: { $gt: new Date() } });
  return taken?.accessId;
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
