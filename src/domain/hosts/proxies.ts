/** Which proxy a call goes through: `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`, or the same in lower case, which win. */

import { isLoopback } from './loopback.js';

export interface ProxyServer {
  /** Where it listens, without credentials. */
  readonly origin: string;
  /** Host and port, for people. */
  readonly name: string;
  /** For `Proxy-Authorization`. Never to be shown. */
  readonly token?: string;
}

export interface Proxies {
  readonly https?: ProxyServer;
  readonly http?: ProxyServer;
  readonly noProxy: readonly string[];
}

type Variables = Readonly<Record<string, string | undefined>>;

/** The proxies of an environment, and a sentence for each variable that is wrong, which does not repeat its value. */
export function proxiesOf(env: Variables): { readonly proxies: Proxies; readonly mistakes: readonly string[] } {
  const mistakes: string[] = [];
  const read = (name: string): ProxyServer | undefined => {
    const [used, value] = variable(env, name);
    if (value === undefined) return undefined;
    const proxy = proxyAt(value);
    if (proxy === undefined) mistakes.push(`${used}: must be an address such as http://proxy.example.com:3128`);
    return proxy;
  };
  const https = read('HTTPS_PROXY');
  const http = read('HTTP_PROXY');
  const [, exceptions = ''] = variable(env, 'NO_PROXY');
  const noProxy = exceptions
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== '');
  return { proxies: { ...(https && { https }), ...(http && { http }), noProxy }, mistakes };
}

/** The proxy for an address; `undefined` when it is called directly, as this machine itself always is. */
export function proxyFor({ http, https, noProxy }: Proxies, url: URL): ProxyServer | undefined {
  const proxy = url.protocol === 'https:' ? https : http;
  if (proxy === undefined) return undefined;
  const host = bare(url.hostname);
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  if (isLoopback(host) || noProxy.some((entry) => excepts(entry, host, port))) return undefined;
  return proxy;
}

function variable(env: Variables, name: string): [string, string | undefined] {
  const lower = name.toLowerCase();
  return env[lower] ? [lower, env[lower]] : [name, env[name] || undefined];
}

function proxyAt(address: string): ProxyServer | undefined {
  const url = URL.parse(address.includes('://') ? address : `http://${address}`);
  if (url === null || !/^https?:$/.test(url.protocol) || url.hostname === '') return undefined;
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  const proxy = { origin: url.origin, name: `${url.hostname}:${port}` };
  if (url.username === '' && url.password === '') return proxy;
  const credentials = decoded(`${url.username}:${url.password}`);
  return credentials === undefined ? undefined : { ...proxy, token: `Basic ${base64(credentials)}` };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

/** `*`, a host, or a domain with everything below it, with or without a dot or `*.` before it; with a port, only that. */
function excepts(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true;
  const [, name = entry, onlyPort] = /^(\[[^\]]*\]|[^:]+):(\d+)$/.exec(entry) ?? [];
  if (onlyPort !== undefined && onlyPort !== port) return false;
  const domain = bare(name.replace(/^\*?\./, ''));
  return domain !== '' && (host === domain || host.endsWith(`.${domain}`));
}

function bare(hostname: string): string {
  return hostname
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '');
}
