/** The management API without Temporal: for what needs MongoDB alone. */

import { Client, Connection } from '@temporalio/client';
import { afterAll } from 'vitest';
import { choosePort } from '../../src/runtime/ports.js';
import { apiServer } from './api-server.js';
import { collectionsIn } from './raw-collections.js';
import { testDatabase } from './test-database.js';

/** Call it at the top level of a test file, awaited. */
export async function apiAlone() {
  const database = testDatabase();
  const collections = collectionsIn(database.db);
  // Nobody will come to this port; without the client's own retries of several seconds per call.
  const connection = Connection.lazy({ address: `127.0.0.1:${await choosePort(0)}`, interceptors: [] });
  afterAll(() => connection.close());
  return { ...apiServer({ collections, client: () => new Client({ connection }) }), collections, database };
}
