/** The connection to MongoDB, with the guarantees that exactly-once rests on. */

import { type Db, MongoClient } from 'mongodb';

export interface DatabaseOptions {
  readonly uri: string;
  readonly name: string;
  /** Shown in the server's own logs and in `currentOp`. Default `mimecast-source`. */
  readonly appName?: string;
  /** How long an operation waits for a usable server before it fails. Default 5,000 ms: the activity's retries wait on. */
  readonly serverSelectionTimeoutMs?: number;
}

export interface Database {
  readonly db: Db;
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
  serverSelectionTimeoutMs = 5_000,
}: DatabaseOptions): Database {
  const client = new MongoClient(uri, {
    appName,
    serverSelectionTimeoutMS: serverSelectionTimeoutMs,
    writeConcern: { w: 'majority' },
    readConcern: { level: 'majority' },
    readPreference: 'primary',
    retryWrites: true,
    ignoreUndefined: true,
  });
  return { db: client.db(name), close: () => client.close() };
}
