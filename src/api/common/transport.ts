/** How requests reach the server: by TLS, by a proxy that terminates it, or from the same machine. */

import type { ServerOptions } from 'node:http';
import { createServer, Server } from 'node:https';
import { isIP } from 'node:net';
import type { FastifyInstance, FastifyRequest, FastifyServerFactory } from 'fastify';
import type { IsProxy } from '../../config/server-environment.js';
import { isLoopback } from '../../domain/hosts/loopback.js';
import { present } from '../../domain/present.js';
import { CodedRefusal } from '../../management/common/errors.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Answers whether the server lives, which those may ask who do not pass through the proxy. */
    readonly isProbe?: boolean;
  }
}

export interface Certificate {
  /** In PEM form. */
  readonly cert: string;
  /** In PEM form. */
  readonly key: string;
}

const MIN_VERSION = 'TLSv1.2' as const;

/**
 * Makes the server speak TLS.
 *
 * @param options those of the server without it; a client has `headersTimeout` to agree on the encryption, too.
 */
export function tlsServer({ cert, key }: Certificate, options: ServerOptions): FastifyServerFactory {
  const { headersTimeout: handshakeTimeout } = options;
  const tls = { ...options, ...present({ handshakeTimeout }), cert, key, minVersion: MIN_VERSION };
  return (handler) => createServer(tls, handler);
}

/** The address of such a server: the library takes it for one without TLS. */
export function encrypted(url: string): string {
  return url.replace(/^http:/, 'https:');
}

/** New connections see another certificate from now on. */
export function renewCertificate({ server }: FastifyInstance, { cert, key }: Certificate): void {
  if (server instanceof Server) server.setSecureContext({ cert, key, minVersion: MIN_VERSION });
}

/** Refuses what another machine sends unencrypted: the keys in it could be read on their way. */
export function refuseUnencrypted(app: FastifyInstance, isProxy: IsProxy): void {
  app.addHook('onRequest', async (request) => {
    const { protocol, routeOptions, raw } = request;
    if (protocol === 'https' || routeOptions.config?.isProbe) return;
    const peer = plainAddress(raw.socket.remoteAddress ?? '');
    const isOfProxy = isProxy(peer);
    // A proxy that does not say how it was reached was said to terminate TLS.
    if (isOfProxy && request.headers['x-forwarded-proto'] === undefined) return;
    if (!isOfProxy && isLoopback(peer)) return;
    throw new CodedRefusal(
      403,
      'transport.unencrypted',
      'This request came unencrypted. Send it by https, through the proxy of this server; and change a key that was sent with it.',
    );
  });
}

/**
 * Who asks, as the proxies tell it; whoever they are, it is an address. Some proxies put the client's port behind it, which
 * would make each connection somebody else.
 */
export function clientAddress({ ip, raw }: FastifyRequest): string {
  const told = plainAddress(ip.replace(/^\[([^\]]+)\](?::\d+)?$/, '$1').replace(/^([\d.]+):\d+$/, '$1'));
  return isIP(told) === 0 ? plainAddress(raw.socket.remoteAddress ?? '') : told;
}

/** An IPv4 address that is written as one of IPv6 is the same. */
export function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=[\d.]+$)/i, '');
}
