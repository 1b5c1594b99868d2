/** A TCP proxy that can go wrong: late, cut, silent, slow to close, or reset in the middle of an answer. */

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { LOOPBACK } from '../../../src/runtime/ports.js';

/** How a proxy treats all of its connections. Times in milliseconds. */
export interface Conditions {
  /** `cut`: connections are destroyed, new ones at once. `blackhole`: they stay, and nothing passes. Default `open`. */
  readonly mode: 'open' | 'cut' | 'blackhole';
  /** By which each chunk is late, in both directions; less arrives at a time, too. Default 0. */
  readonly latencyMs: number;
  /** By which the end of a connection is passed on late. Default 0. */
  readonly slowCloseMs: number;
}

const OPEN: Conditions = { mode: 'open', latencyMs: 0, slowCloseMs: 0 };

const RESET_AFTER_MS = 20;

interface Reset {
  connections: number;
  readonly afterBytes: number;
}

export class FaultProxy {
  private conditions = OPEN;
  private readonly sockets = new Set<Socket>();
  private resets: Reset | undefined;
  /** Resolves when a black hole ends. */
  private passable: Promise<void> = Promise.resolve();
  private letPass: () => void = () => undefined;
  /** Of what came during the present or last black hole, and was not passed on. */
  heldBytes = 0;

  private constructor(
    private readonly server: Server,
    private readonly targetPort: () => number,
  ) {
    server.on('connection', (socket) => this.accept(socket));
  }

  /** @param targetPort port on this machine that is connected to, asked for at each connection */
  static async listen(targetPort: () => number): Promise<FaultProxy> {
    const server = createServer({ allowHalfOpen: true });
    const proxy = new FaultProxy(server, targetPort);
    server.listen(0, LOOPBACK);
    await once(server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  set(change: Partial<Conditions>): void {
    const before = this.conditions.mode;
    this.conditions = { ...this.conditions, ...change };
    const { mode } = this.conditions;
    if (mode === 'cut') this.destroyAll();
    if (mode === 'blackhole' && before !== 'blackhole') {
      this.heldBytes = 0;
      this.passable = new Promise((resolve) => {
        this.letPass = resolve;
      });
    }
    if (mode !== 'blackhole') this.letPass();
  }

  /** Resets the next connections on which the other side sends as much. Bytes count from now on, per connection. */
  resetNext(connections: number, afterBytes: number): void {
    this.resets = { connections, afterBytes };
  }

  /** Ends all trouble; connections that are broken stay so. */
  heal(): void {
    this.resets = undefined;
    this.set(OPEN);
  }

  async close(): Promise<void> {
    this.heal();
    const closed = once(this.server, 'close');
    this.server.close();
    this.destroyAll();
    await closed;
  }

  private destroyAll(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  private accept(client: Socket): void {
    this.track(client);
    if (this.conditions.mode === 'cut') {
      client.destroy();
      return;
    }
    const target = this.track(connect({ port: this.targetPort(), host: LOOPBACK, allowHalfOpen: true }));
    breakTogether(client, target);
    breakTogether(target, client);
    this.relay(client, target);
    this.relay(target, client, this.resetter(client));
  }

  private track(socket: Socket): Socket {
    this.sockets.add(socket);
    socket.setNoDelay(true);
    socket.once('close', () => this.sockets.delete(socket));
    // Either side may break off at any time: that is what this is for.
    socket.on('error', () => socket.destroy());
    return socket;
  }

  /** Passes on what one side sends, in order and no faster than the other takes it. */
  private relay(from: Socket, to: Socket, resets: (chunk: Buffer) => boolean = () => false): void {
    const passing = (async () => {
      for await (const chunk of from.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
        if (this.conditions.mode === 'blackhole') this.heldBytes += chunk.length;
        await this.passable;
        if (this.conditions.latencyMs > 0) await pause(this.conditions.latencyMs);
        if (resets(chunk)) return;
        if (!to.destroyed && !to.write(chunk)) await Promise.race([once(to, 'drain'), once(to, 'close')]);
      }
      await this.passable;
      if (this.conditions.slowCloseMs > 0) await pause(this.conditions.slowCloseMs);
      to.end();
    })();
    passing.catch(() => from.destroy());
  }

  /** Tells of each chunk for the client whether the connection was reset at it. */
  private resetter(client: Socket): (chunk: Buffer) => boolean {
    let current: Reset | undefined;
    let bytes = 0;
    return (chunk) => {
      if (this.resets === undefined || this.resets.connections === 0) return false;
      if (current !== this.resets) bytes = 0;
      current = this.resets;
      bytes += chunk.length;
      if (bytes <= current.afterBytes) return false;
      current.connections -= 1;
      const part = chunk.subarray(0, Math.max(0, chunk.length - (bytes - current.afterBytes)));
      // A reset that overtakes the reading of the part looks like an orderly end.
      client.write(part, () => setTimeout(() => client.resetAndDestroy(), RESET_AFTER_MS));
      return true;
    };
  }
}

/** One that broke off, and did not end in order, takes the other with it. */
function breakTogether(one: Socket, other: Socket): void {
  one.once('close', () => {
    if (!one.readableEnded || !one.writableFinished) other.destroy();
  });
}
