/** Sends mail over SMTP, encrypted: over TLS from the first byte, or after STARTTLS, which the server cannot leave out. */

import { connect, isIP, type Socket } from 'node:net';
import { createTransport } from 'nodemailer';
import type { EmailTarget } from '../domain/alerts/connection.js';
import { isLoopback } from '../domain/hosts/loopback.js';
import { concealing } from '../http-client/conceal.js';
import { explainNetworkError } from '../http-client/network-error.js';
import { isPrivateHost } from '../http-client/private-host.js';
import { PrivateAddressError, publicLookup } from '../http-client/public-lookup.js';
import { ANSWER_LIMIT_MS, DeliveryError, MOST_SHOWN, type SendAccess } from './delivery-error.js';
import type { Mail } from './payloads/email.js';

/** Why a server may not be used; `undefined` when it may. */
export function smtpMistake(
  { host, security }: Pick<EmailTarget, 'host' | 'security'>,
  { allowInsecure, alertHosts }: SendAccess,
): string | undefined {
  if (security === 'none' && !(allowInsecure && isLoopback(host)))
    return 'security: must be tls or starttls, as mail is sent encrypted';
  const isAllowed = allowInsecure || alertHosts.has(host);
  return !isAllowed && isPrivateHost(urlHost(host)) ? `host: ${host} is a host of a private network` : undefined;
}

/** @returns what the server answered. @throws DeliveryError, and the reason of the signal once that is aborted. */
export async function sendMail(
  target: EmailTarget,
  mail: Mail,
  access: SendAccess,
  signal: AbortSignal,
): Promise<string> {
  const { host, password, user = '' } = target;
  const mistake = smtpMistake(target, access);
  if (mistake !== undefined) throw new DeliveryError(mistake, false);
  const conceal = concealing(password === undefined ? [] : [password], user);
  const limit = AbortSignal.timeout(ANSWER_LIMIT_MS);
  let socket: Socket | undefined;
  const end = () => socket?.destroy(new Error(`${host} did not accept the mail within ${ANSWER_LIMIT_MS / 1_000} s`));
  limit.addEventListener('abort', end);
  signal.addEventListener('abort', end);
  try {
    signal.throwIfAborted();
    socket = await connected(target, access);
    if (signal.aborted || limit.aborted) end();
    const { response, rejected } = await transportOver(socket, target).sendMail({
      ...mail,
      from: target.from,
      to: [...target.to],
      headers: { 'Auto-Submitted': 'auto-generated' },
    });
    const refused = rejected.length === 0 ? '' : ` (refused for ${rejected.length} of ${target.to.length} recipients)`;
    return `${conceal(response).slice(0, MOST_SHOWN)}${refused}`;
  } catch (error) {
    signal.throwIfAborted();
    throw undelivered(error, host, conceal);
  } finally {
    limit.removeEventListener('abort', end);
    signal.removeEventListener('abort', end);
    socket?.destroy();
  }
}

/** The address that is judged is the one that is connected to. */
function connected({ host, port }: EmailTarget, { allowInsecure, alertHosts }: SendAccess): Promise<Socket> {
  const isAnywhere = allowInsecure || alertHosts.has(host);
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, timeout: ANSWER_LIMIT_MS, ...(isAnywhere ? {} : { lookup: publicLookup }) });
    socket.once('timeout', () => socket.destroy(new Error(`${host} did not answer in time`)));
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      socket.setTimeout(0);
      resolve(socket);
    });
  });
}

function transportOver(connection: Socket, { host, port, security, user, password }: EmailTarget) {
  return createTransport({
    ...{ host, port, secure: security === 'tls', requireTLS: security === 'starttls', ignoreTLS: security === 'none' },
    ...(user === undefined || password === undefined ? {} : { auth: { user, pass: password } }),
    tls: { minVersion: 'TLSv1.2', ...(isIP(host) === 0 ? { servername: host } : {}) },
    connectionTimeout: ANSWER_LIMIT_MS,
    greetingTimeout: ANSWER_LIMIT_MS,
    socketTimeout: ANSWER_LIMIT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
    getSocket: (_, done) => done(null, { connection }),
  });
}

/** SMTP answers 4xx for now, and 5xx for good. */
function undelivered(error: unknown, host: string, conceal: (text: string) => string): DeliveryError {
  if (!(error instanceof Error)) return new DeliveryError(conceal(String(error)), false);
  const { responseCode, code } = error as { readonly responseCode?: unknown; readonly code?: unknown };
  const isNetwork =
    error instanceof PrivateAddressError ||
    (typeof code === 'string' && /^(E[A-Z]+|CERT_|DEPTH_|SELF_|UNABLE_|ERR_)/.test(code));
  const isAnswer = typeof responseCode === 'number';
  const text =
    !isAnswer && isNetwork && !NODEMAILER.has(String(code)) ? explainNetworkError(error, host).message : error.message;
  return new DeliveryError(conceal(text).slice(0, MOST_SHOWN), isAnswer && responseCode >= 500 && code !== 'EAUTH');
}

/** Codes of nodemailer, whose messages say what has happened. */
const NODEMAILER: ReadonlySet<string> = new Set([
  'EAUTH',
  'EENVELOPE',
  'EMESSAGE',
  'EPROTOCOL',
  'ETLS',
  'ESOCKET',
  'ECONNECTION',
  'ETIMEDOUT',
  'ESTREAM',
]);

function urlHost(host: string): string {
  return isIP(host) === 6 ? `[${host}]` : host;
}
