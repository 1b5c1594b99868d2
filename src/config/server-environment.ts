/** The environment of the management server, beside what all programs read. */

import { BlockList, isIP, isIPv6 } from 'node:net';
import { z } from 'zod';
import { isLoopback } from '../domain/hosts/loopback.js';
import { mistakesOf } from './mistakes.js';
import { hostAddress, port, refuseAlone, wholeNumber } from './variables.js';

const variables = z.object({
  PORT: port.optional(),
  HOST: hostAddress.default('127.0.0.1'),
  MIMECAST_API_RATE: wholeNumber(1, 10_000).optional(),
  TEMPORAL_UI_URL: z
    .url({ protocol: /^https?$/, error: 'must be an address such as https://temporal.example.com' })
    .transform((url) => url.replace(/\/+$/, ''))
    .optional(),
  TLS_CERT_FILE: z.string().optional(),
  TLS_KEY_FILE: z.string().optional(),
  TRUSTED_PROXIES: z
    .string()
    .transform((text) => text.split(/[\s,]+/).filter((entry) => entry !== ''))
    .check(({ value: entries, issues }) => {
      const wrong = entries.filter((entry) => rangeOf(entry) === undefined);
      const message = 'must be addresses or ranges such as 10.0.0.5,10.1.0.0/16, and no range of all addresses';
      if (wrong.length > 0 || entries.length === 0) issues.push({ code: 'custom', input: entries, message });
    })
    .optional(),
});

const environment = variables.check((given) => {
  const { HOST, TLS_CERT_FILE, TLS_KEY_FILE, TRUSTED_PROXIES } = given.value;
  refuseAlone(given, 'TLS_CERT_FILE', 'TLS_KEY_FILE');
  const isSecure = TLS_CERT_FILE !== undefined || TLS_KEY_FILE !== undefined || TRUSTED_PROXIES !== undefined;
  if (isSecure || isLoopback(HOST.toLowerCase())) return;
  const remedy =
    'set TLS_CERT_FILE and TLS_KEY_FILE, or TRUSTED_PROXIES to the addresses of the proxy that terminates TLS';
  const message = `lets other machines in, whose keys would reach the server unencrypted: ${remedy}`;
  given.issues.push({ code: 'custom', input: undefined, path: ['HOST'], message });
});

/** An address with how many of its first bits count; nothing for what is none, and for all addresses. */
function rangeOf(entry: string): { readonly address: string; readonly bits: number } | undefined {
  const [, address = '', given] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(entry) ?? [];
  const most = { 4: 32, 6: 128 }[isIP(address)] ?? 0;
  const bits = Number(given ?? most);
  return bits > 0 && bits <= most ? { address, bits } : undefined;
}

function proxiesIn(entries: readonly string[]): IsProxy {
  const list = new BlockList();
  for (const { address, bits } of entries.flatMap((entry) => rangeOf(entry) ?? []))
    list.addSubnet(address, bits, familyOf(address));
  return (address) => isIP(address) !== 0 && list.check(address, familyOf(address));
}

const familyOf = (address: string) => (isIPv6(address) ? 'ipv6' : 'ipv4');

/** Whether an address is one of a proxy that terminates TLS, and whose word about its clients counts. */
export type IsProxy = (address: string) => boolean;

/** Files in PEM form. */
export interface TlsFiles {
  /** The certificate, and those between it and its authority. */
  readonly certFile: string;
  readonly keyFile: string;
}

export interface ServerEnvironment {
  /** Default: 8080, or a free one when that is busy. */
  readonly port: number | undefined;
  /** Default 127.0.0.1. Another machine's programs get in only with TLS, or through a proxy that terminates it. */
  readonly host: string;
  /** Requests per second and access key. Default 20. */
  readonly ratePerSecond: number | undefined;
  /** Base address of Temporal's Web UI, without a slash behind it. Default: pages do not link to it. */
  readonly temporalUiUrl: string | undefined;
  /** Default: the server speaks plain HTTP. */
  readonly tls: TlsFiles | undefined;
  /** Default: there is no proxy. */
  readonly isProxy: IsProxy | undefined;
}

/** @throws Error naming every variable that is wrong, one line each. */
export function readServerEnvironment(env: NodeJS.ProcessEnv = process.env): ServerEnvironment {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const result = environment.safeParse(given);
  if (!result.success)
    throw new Error(`Invalid environment variables:\n  ${mistakesOf(result.error, given).join('\n  ')}`);
  const { PORT, HOST, MIMECAST_API_RATE, TEMPORAL_UI_URL } = result.data;
  const { TLS_CERT_FILE: certFile, TLS_KEY_FILE: keyFile, TRUSTED_PROXIES: proxies } = result.data;
  return {
    ...{ port: PORT, host: HOST, ratePerSecond: MIMECAST_API_RATE, temporalUiUrl: TEMPORAL_UI_URL },
    tls: certFile === undefined || keyFile === undefined ? undefined : { certFile, keyFile },
    isProxy: proxies === undefined ? undefined : proxiesIn(proxies),
  };
}
