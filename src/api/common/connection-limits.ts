/** How long a request may take to arrive, and how many connections there may be: nobody can hold the server by dripping. */

import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { normalizeIP } from '@fastify/rate-limit';
import type { IsProxy } from '../../config/server-environment.js';

export interface ConnectionLimits {
  /** Milliseconds until all headers of a request must be there, from the opening of the connection on. */
  readonly headersMs: number;
  /** Milliseconds until the whole request must be there, body included. The answer may take as long as it likes. */
  readonly requestMs: number;
  /** Milliseconds that a connection without a request stays open. */
  readonly keepAliveMs: number;
  /** Milliseconds between two looks for those that are too slow. */
  readonly checkEveryMs: number;
  /** Milliseconds that connections may stay open while the server closes. */
  readonly closingMs: number;
  /** Open connections, of all addresses. Further ones are closed at once. */
  readonly most: number;
  /** Open connections of one address, unless it is a trusted proxy's, who has all clients. */
  readonly mostOfOneAddress: number;
}

export const CONNECTION_LIMITS: ConnectionLimits = {
  headersMs: 10_000,
  requestMs: 60_000,
  keepAliveMs: 72_000,
  checkEveryMs: 1_000,
  closingMs: 5_000,
  most: 2_000,
  mostOfOneAddress: 800,
};

/** @returns closes all that are open, those included that have not yet agreed on the encryption. */
export function limitConnections(server: Server, limits: ConnectionLimits, isProxy?: IsProxy): () => void {
  const { most, mostOfOneAddress } = limits;
  server.maxConnections = most;
  const all = new Set<Socket>();
  const open = new Map<string, number>();
  server.on('connection', (socket) => {
    all.add(socket);
    socket.once('close', () => all.delete(socket));
    const peer = socket.remoteAddress ?? '';
    if (isProxy?.(peer)) return;
    const address = normalizeIP(peer);
    const count = open.get(address) ?? 0;
    if (count >= mostOfOneAddress) return void socket.destroy();
    open.set(address, count + 1);
    socket.once('close', () => {
      const left = (open.get(address) ?? 1) - 1;
      if (left === 0) open.delete(address);
      else open.set(address, left);
    });
  });
  return () => {
    for (const socket of all) socket.destroy();
  };
}

/**
 * Closes what would keep the server from closing: a connection whose request was refused before all of it was read counts as
 * busy until it times out, after 72 s. Requests that are being answered have `closingMs` to end.
 */
export function closeConnections(server: Server, { closingMs }: ConnectionLimits, closeAll: () => void): void {
  const timer = setTimeout(closeAll, closingMs);
  server.once('close', () => clearTimeout(timer));
}
