import type { NetworkCause } from '../domain/failures/failure.js';
import { type Connections, processConnections } from './connections.js';
import { PrivateAddressError } from './public-lookup.js';

/** Codes of Node's sockets, resolver and TLS, and of undici (Node's `fetch`); the first match wins. */
const CAUSES: readonly (readonly [RegExp, keyof typeof WORDS])[] = [
  [/^ENOTFOUND$/, 'unknownHost'],
  [/^EAI_/, 'dns'],
  [/^ECONNREFUSED$/, 'refused'],
  [/^(ECONNRESET|ECONNABORTED|EPIPE|UND_ERR_SOCKET)$/, 'reset'],
  [/^(ETIMEDOUT|UND_ERR_.*_TIMEOUT)$/, 'timeout'],
  [/^(CERT_|ERR_TLS|ERR_SSL|EPROTO$|UNABLE_TO_|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT)/, 'tls'],
  [/^HPE_/, 'unreadable'],
];

/** Without the causes that need more than a code to be told. */
const WORDS: Readonly<
  Record<Exclude<NetworkCause, 'proxy' | 'privateAddress'>, (host: string, code: string) => string>
> = {
  unknownHost: (host) => `the host ${host} does not exist`,
  dns: (host) => `the name ${host} cannot be resolved at the moment`,
  refused: (host) => `${host} refused the connection`,
  reset: (host) => `${host} closed the connection before its answer was complete`,
  tls: (host, code) => `no trusted TLS connection to ${host} is possible (${code})`,
  timeout: (host) => `${host} did not answer in time`,
  unreadable: (host) => `${host} sent something that is not HTTP`,
  network: (host, code) => `${host} cannot be reached (${code})`,
};

/** What a proxy's status says when it opens no connection. */
const PROXY_STATUS: Readonly<Record<string, string>> = {
  403: 'it does not permit this host',
  407: 'it requires a user and a password, or different ones',
  502: 'it cannot reach the host',
  503: 'it cannot reach the host at the moment',
  504: 'the host did not answer in time',
};
/** Through a proxy, the name and the address that are looked up and connected to are the proxy's. */
const CAUSES_AT_PROXY: ReadonlySet<string> = new Set(['unknownHost', 'dns', 'refused', 'network']);

export interface NetworkFault {
  readonly cause: NetworkCause;
  readonly code?: string;
  readonly message: string;
}

/**
 * What `fetch` threw, from the outside in: it itself only says "fetch failed" or "terminated"; what happened is one of its
 * causes, or the first of several addresses that were tried.
 */
function* causesOf(error: unknown): Generator<Error> {
  if (!(error instanceof Error)) return;
  yield error;
  if (error instanceof AggregateError) for (const each of error.errors) yield* causesOf(each);
  yield* causesOf(error.cause);
}

function codeOf(errors: readonly Error[]): string | undefined {
  for (const error of errors) if ('code' in error && typeof error.code === 'string') return error.code;
  return undefined;
}

/**
 * Why no usable answer came, as a cause and in words for people that name the host and nothing secret.
 *
 * @param proxy host and port of the proxy that the call went through.
 */
export function explainNetworkError(error: unknown, host: string, proxy?: string): NetworkFault {
  const errors = [...causesOf(error)];
  const refused = errors.find((each) => each instanceof PrivateAddressError);
  if (refused !== undefined) return { cause: 'privateAddress', message: refused.message };
  const code = codeOf(errors);
  const cause = CAUSES.find(([pattern]) => pattern.test(code ?? ''))?.[1] ?? 'network';
  const words = (of: string) => WORDS[cause](of, code ?? 'no further reason given');
  if (proxy === undefined) return { cause, message: words(host) };
  const status = errors.map(({ message }) => /^Proxy response \((\d+)\)/.exec(message)?.[1]).find((found) => found);
  if (status !== undefined) {
    const why = PROXY_STATUS[status];
    const answer = `HTTP ${status}${why === undefined ? '' : `: ${why}`}`;
    return {
      cause: 'proxy',
      code: `proxy_${status}`,
      message: `the proxy ${proxy} did not connect to ${host} (${answer})`,
    };
  }
  if (CAUSES_AT_PROXY.has(cause) || code === 'UND_ERR_CONNECT_TIMEOUT') {
    return { cause: 'proxy', message: `the proxy ${proxy} cannot be used: ${words(proxy)}` };
  }
  return { cause, message: `${words(host)} (through the proxy ${proxy})` };
}

interface Sent {
  readonly url: URL;
  readonly connections?: Connections;
}

/** How a request travels. */
export function connectionsOf({ connections = processConnections(false) }: Sent): Connections {
  return connections;
}

/** What an error on its way means. */
export function faultOf(error: unknown, http: Sent): NetworkFault {
  return explainNetworkError(error, http.url.host, connectionsOf(http).proxyOf(http.url));
}
