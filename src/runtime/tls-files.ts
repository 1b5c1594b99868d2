/** The certificate of a server, read from files that others renew while it runs. */

import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import type { TlsFiles } from '../config/server-environment.js';
import { messageOf } from './program.js';

export interface TlsPair {
  readonly cert: string;
  readonly key: string;
  readonly validTo: Date;
}

/** @throws Error naming the variable of the file that is wrong */
export function readTlsPair({ certFile, keyFile }: TlsFiles): TlsPair {
  const cert = read('TLS_CERT_FILE', certFile);
  const key = read('TLS_KEY_FILE', keyFile);
  use('TLS_CERT_FILE', certFile, 'is no certificate in PEM form', { cert });
  use('TLS_KEY_FILE', keyFile, 'is no private key in PEM form without a passphrase', { key });
  use('TLS_KEY_FILE', keyFile, `is not the key of the certificate in ${certFile}`, { cert, key });
  return { cert, key, validTo: new Date(new X509Certificate(cert).validTo) };
}

function read(variable: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new Error(`${variable}: ${messageOf(error)}`);
  }
}

function use(
  variable: string,
  file: string,
  complaint: string,
  options: Parameters<typeof createSecureContext>[0],
): void {
  try {
    createSecureContext(options);
  } catch (error) {
    throw new Error(`${variable}: ${file} ${complaint} (${messageOf(error)})`);
  }
}

const LOOK_EVERY_MS = 60_000;

export interface TlsWatch {
  readonly onChange: (pair: TlsPair) => void;
  /** Told with each look which one is used. */
  readonly onLook?: (pair: TlsPair) => void;
  /** The files are wrong: what was read before stays in use. */
  readonly onError: (error: unknown) => void;
  /** In milliseconds. Default a minute. */
  readonly everyMs?: number;
}

/** Reads the files again and again. @returns ends that. */
export function watchTlsPair(places: TlsFiles, current: TlsPair, watch: TlsWatch): () => void {
  const { onChange, onLook, onError, everyMs = LOOK_EVERY_MS } = watch;
  let used = current;
  const timer = setInterval(() => {
    onLook?.(used);
    try {
      const pair = readTlsPair(places);
      if (pair.cert === used.cert && pair.key === used.key) return;
      onChange(pair);
      used = pair;
    } catch (error) {
      onError(error);
    }
  }, everyMs);
  timer.unref();
  return () => clearInterval(timer);
}

const SOON_MS = 14 * 86_400_000;

/** What to say about a certificate's end; nothing while that is far away. */
export function expiryNotice({ validTo }: Pick<TlsPair, 'validTo'>, now = Date.now()): string | undefined {
  const leftMs = validTo.getTime() - now;
  if (leftMs > SOON_MS) return undefined;
  const time = validTo.toISOString();
  return leftMs <= 0 ? `The certificate has expired at ${time}: renew it.` : `The certificate expires at ${time}.`;
}
