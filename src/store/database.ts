/** The connection to MongoDB, with the guarantees that exactly-once rests on. */

import { setTimeout as pause } from 'node:timers/promises';
import { MongoClient } from 'mongodb';
import type { Observer } from '../metrics/observer.js';
import { DB, type Store } from './driver.js';

export interface DatabaseOptions {
  readonly uri: string;
  readonly name: string;
  /** Shown in the server's own logs and in `currentOp`. Default `mimecast-source`. */
  readonly appName?: string;
  /** How long an operation waits for a usable server before it fails. Default 2,000 ms: the activity's retries wait on. */
  readonly serverSelectionTimeoutMs?: number;
  /** How long the server may be silent in the middle of an operation. Default 30,000 ms. */
  readonly socketTimeoutMs?: number;
  /** See `Store`. */
  readonly observer?: Observer;
}

export interface Database extends Store {
  close(): Promise<void>;
}

/**
 * Opens the database. The first operation connects, so a server that is away now does not stop a worker from starting.
 *
 * Writes are acknowledged by the majority, so that what a checkpoint stands on survives a fail-over; reads see only
 * such writes.
 */
export function openDatabase({
  uri,
  name,
  appName = 'mimecast-source',
  serverSelectionTimeoutMs = 2_000,
  socketTimeoutMs = 30_000,
  observer,
}: DatabaseOptions): Database {
  const client = new MongoClient(uri, {
    appName,
    serverSelectionTimeoutMS: serverSelectionTimeoutMs,
    socketTimeoutMS: socketTimeoutMs,
    // A server that hangs without closing its connections is noticed by the monitor, and what waits on it is let go.
    heartbeatFrequencyMS: 2_000,
    connectTimeoutMS: 5_000,
    writeConcern: { w: 'majority' },
    readConcern: { level: 'majority' },
    readPreference: 'primary',
    retryWrites: true,
    ignoreUndefined: true,
  });
  const closing = new AbortController();
  const connecting = keepConnecting(client, closing.signal);
  return {
    [DB]: client.db(name),
    observer,
    close: async () => {
      closing.abort();
      await client.close();
      await connecting;
    },
  };
}

const RECONNECT_PAUSE_MS = 1_000;

/**
 * A driver whose very first connection fails stays closed for good, and says "Topology is closed" to every operation.
 * Asked to connect again, it starts over; once it was connected, it finds its way back by itself.
 */
async function keepConnecting(client: MongoClient, closing: AbortSignal): Promise<void> {
  for (let isConnected = false; !isConnected; ) {
    await pause(RECONNECT_PAUSE_MS, undefined, { ref: false, signal: closing }).catch(() => undefined);
    if (closing.aborted) return;
    isConnected = await succeeds(() => client.db('admin').command({ ping: 1 }));
    if (!isConnected && !closing.aborted) await succeeds(() => client.connect());
  }
}

/** The operations that need the server report why it cannot be reached; here it only matters whether it can. */
async function succeeds(attempt: () => Promise<unknown>): Promise<boolean> {
  try {
    await attempt();
    return true;
  } catch {
    return false;
  }
}
