/** Addresses that sign a browser in once, for people who started the stack themselves. */

import { randomBytes } from 'node:crypto';
import { noteUse, workingKey } from '../../store/api-keys.js';
import type { Collections } from '../../store/collections.js';
import { addSignIn, takeSignIn } from '../../store/sessions.js';
import { unknownKey } from '../refusals.js';
import type { Identity } from './key-verifier.js';

const LASTS_MS = 15 * 60_000;

/** The page that reads the token; it stands behind the `#`, so that no server and no log ever sees it. */
const PAGE = '/sign-in#';

/** @param serverUrl of the management server. @returns works once, for 15 minutes. @throws CodedRefusal without such a key */
export async function signInAddress(collections: Collections, serverUrl: string, accessId: string): Promise<string> {
  if ((await workingKey(collections, accessId)) === null) throw unknownKey(accessId);
  const token = randomBytes(32).toString('base64url');
  await addSignIn(collections, token, accessId, new Date(Date.now() + LASTS_MS));
  return new URL(PAGE + token, serverUrl).href;
}

/** @returns whose key the token was made from, unless it was used before, has expired, or the key is gone. */
export async function identityOfSignIn(collections: Collections, token: string): Promise<Identity | undefined> {
  const accessId = await takeSignIn(collections, token);
  return accessId === undefined ? undefined : identityOfKey(collections, accessId);
}

export async function identityOfKey(collections: Collections, accessId: string): Promise<Identity | undefined> {
  const key = await workingKey(collections, accessId);
  if (key === null) return undefined;
  await noteUse(collections, key);
  return { accessId, role: key.role };
}
