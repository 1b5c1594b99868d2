import type { NetworkCause } from '../source/failure.js';

/** Codes of Node's sockets, resolver and TLS, and of undici (Node's `fetch`); the first match wins. */
const CAUSES: readonly (readonly [RegExp, NetworkCause])[] = [
  [/^ENOTFOUND$/, 'unknownHost'],
  [/^EAI_/, 'dns'],
  [/^ECONNREFUSED$/, 'refused'],
  [/^(ECONNRESET|ECONNABORTED|EPIPE|UND_ERR_SOCKET)$/, 'reset'],
  [/^(ETIMEDOUT|UND_ERR_.*_TIMEOUT)$/, 'timeout'],
  [/^(CERT_|ERR_TLS|ERR_SSL|EPROTO$|UNABLE_TO_|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT)/, 'tls'],
  [/^HPE_/, 'unreadable'],
];

const WORDS: Readonly<Record<NetworkCause, (host: string, code: string) => string>> = {
  unknownHost: (host) => `there is no host ${host}`,
  dns: (host) => `the name ${host} cannot be resolved for now`,
  refused: (host) => `${host} refused the connection`,
  reset: (host) => `${host} closed the connection before its answer was complete`,
  tls: (host, code) => `no trusted TLS connection to ${host} is possible (${code})`,
  timeout: (host) => `${host} did not answer in time`,
  unreadable: (host) => `${host} sent something that is not HTTP`,
  network: (host, code) => `${host} cannot be reached (${code})`,
};

/**
 * The code of what `fetch` threw. `fetch` itself only says "fetch failed" or "terminated"; the code is on one of its
 * causes, or on the first of several addresses that were tried.
 */
function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('code' in error && typeof error.code === 'string') return error.code;
  if (error instanceof AggregateError) return error.errors.map(codeOf).find((code) => code !== undefined);
  return codeOf(error.cause);
}

/** Why no usable answer came, as a cause and in words for people that name the host and nothing secret. */
export function explainNetworkError(error: unknown, host: string): { cause: NetworkCause; message: string } {
  const code = codeOf(error);
  const cause = CAUSES.find(([pattern]) => pattern.test(code ?? ''))?.[1] ?? 'network';
  return { cause, message: WORDS[cause](host, code ?? 'no further reason given') };
}
