/** Who has signed in. */

import { signal } from '@preact/signals';

/**
 * @typedef {object} Session
 * @property {string} accessId
 * @property {'administrator' | 'viewer'} role
 * @property {string} csrfToken
 */

/** @type {import('@preact/signals').Signal<Session | undefined>} */
export const session = signal(undefined);

/** Whether the session has ended while its page is open: the page stays, and asks to sign in again. */
export const hasExpired = signal(false);

/** Why the sign-in page is shown, if there is more to say than "sign in". */
export const signInNote = signal('');

export function mayChange() {
  return session.value?.role === 'administrator';
}

/** Of a browser that has a cookie already. */
export async function restoreSession() {
  const response = await fetch('/api/v1/session').catch(() => undefined);
  if (response?.status === 200) session.value = await response.json();
  else if (response?.status !== 204) signInNote.value = 'The server is not ready. Try again soon.';
}

/** Finds out whether the session has ended. */
export async function checkSession() {
  const asked = session.value;
  const response = await fetch('/api/v1/session').catch(() => undefined);
  if (response?.status === 204) expireSession(asked);
}

/**
 * @param {{ accessId: string, accessKey: string } | { token: string }} credential
 * @returns {Promise<string>} why it failed; empty when it did not
 */
export async function signIn(credential) {
  const response = await fetch('/api/v1/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(credential),
  }).catch(() => undefined);
  if (response === undefined) return 'The server cannot be reached.';
  const answer = await response.json().catch(() => undefined);
  // Something before the server may answer in its place.
  if (answer === undefined) return `The server answered ${response.status} without an explanation. Try again soon.`;
  if (!response.ok) return refusalText(response.status, answer, 'token' in credential);
  signInNote.value = '';
  session.value = answer;
  hasExpired.value = false;
  return '';
}

/**
 * @param {number} status
 * @param {{ message?: string }} answer
 * @param {boolean} isOnce
 */
function refusalText(status, { message = '' }, isOnce) {
  if (status !== 401) return message;
  return isOnce
    ? 'This address has been used or has expired. Sign in with an access ID and key.'
    : 'The access ID or the access key is wrong.';
}

/** @throws {Error} when the session may still be there */
export async function signOut() {
  const headers = { 'x-csrf-token': session.value?.csrfToken ?? '' };
  const response = await fetch('/api/v1/session', { method: 'DELETE', headers }).catch(() => undefined);
  if (response === undefined || !(response.ok || response.status === 401))
    throw new Error('You are still signed in, as the server could not end the session. Try again.');
  hasExpired.value = false;
  session.value = undefined;
}

/**
 * Asks to sign in again, unless that was done while the refused request was under way.
 *
 * @param {Session | undefined} refused the session of the request
 */
export function expireSession(refused) {
  if (refused !== undefined && session.value === refused) hasExpired.value = true;
}
