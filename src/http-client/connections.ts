/** How this process reaches the outside: directly or through its proxies, and never into a private network. */

import { Agent, type Dispatcher, ProxyAgent } from 'undici';
import { type Proxies, type ProxyServer, proxiesOf, proxyFor } from '../domain/hosts/proxies.js';
import { present } from '../domain/present.js';
import { publicLookup } from './public-lookup.js';

export interface ConnectionsOptions {
  readonly proxies: Proxies;
  /** Permits names that are resolved to addresses of private networks. */
  readonly allowInsecure: boolean;
}

export class Connections {
  private readonly direct: Agent;
  private readonly throughProxy = new Map<ProxyServer, ProxyAgent>();

  constructor(private readonly options: ConnectionsOptions) {
    this.direct = new Agent(options.allowInsecure ? {} : { connect: { lookup: publicLookup } });
  }

  /** Host and port of the proxy that calls of this address go through; `undefined` for none. */
  proxyOf(url: URL): string | undefined {
    return proxyFor(this.options.proxies, url)?.name;
  }

  /** The same as a part of a sentence. */
  via(url: URL): string {
    const proxy = this.proxyOf(url);
    return proxy === undefined ? '' : ` (through the proxy ${proxy})`;
  }

  dispatcherFor(url: URL): Dispatcher {
    const proxy = proxyFor(this.options.proxies, url);
    if (proxy === undefined) return this.direct;
    const kept = this.throughProxy.get(proxy);
    if (kept !== undefined) return kept;
    const { origin, token } = proxy;
    const agent = new ProxyAgent({ uri: origin, ...present({ token }) });
    this.throughProxy.set(proxy, agent);
    return agent;
  }
}

const ofProcess = new Map<boolean, Connections>();

/** Those that all clients of this process share, by its environment. */
export function processConnections(allowInsecure: boolean): Connections {
  const kept = ofProcess.get(allowInsecure);
  if (kept !== undefined) return kept;
  const connections = new Connections({ proxies: proxiesOf(process.env).proxies, allowInsecure });
  ofProcess.set(allowInsecure, connections);
  return connections;
}
