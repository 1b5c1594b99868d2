/** A server behind a gate that can be closed: then connections to it are cut off, those that there are and new ones. */

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { LOOPBACK } from '../../src/runtime/ports.js';

export interface Gate {
  /** What the server's own address is through it. */
  readonly endpoint: string;
  open(): void;
}

/** One that is closed at first, for one test. @param endpoint of a server on loopback. */
export async function closedGate(endpoint: string): Promise<Gate> {
  let isOpen = false;
  const sockets = new Set<Socket>();
  const kept = (socket: Socket) => {
    sockets.add(socket);
    // The other end is cut off with it.
    return socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  };
  const gate = createServer((outer) => {
    kept(outer);
    if (!isOpen) return void outer.destroy();
    const inner = kept(connect(Number(new URL(endpoint).port), LOOPBACK));
    outer.pipe(inner).pipe(outer);
    outer.on('close', () => inner.destroy());
    inner.on('close', () => outer.destroy());
  }).listen(0, LOOPBACK);
  await once(gate, 'listening');
  onTestFinished(() => {
    gate.close();
    for (const socket of sockets) socket.destroy();
  });
  return {
    endpoint: `http://${LOOPBACK}:${(gate.address() as AddressInfo).port}`,
    open: () => {
      isOpen = true;
    },
  };
}
