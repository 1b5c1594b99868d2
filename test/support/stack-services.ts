/** What tests and benchmarks need of a running stack: its services, and sources for the simulator's tenants. */

import type { Client } from '@temporalio/client';
import type { Stack } from '../../devstack/stack.js';
import { DATA_COLLECTIONS } from '../../src/domain/streams/streams.js';
import { SourceService } from '../../src/management/sources/source-service.js';
import { connectTemporal } from '../../src/management/temporal/temporal-client.js';
import { keyringOf } from '../../src/runtime/program-keyring.js';
import { type Collections, collectionsOf } from '../../src/store/collections.js';
import { openDatabase } from '../../src/store/database.js';

export interface StackServices {
  readonly service: SourceService;
  readonly collections: Collections;
  readonly client: Client;
  readonly close: () => Promise<void>;
}

export async function openStackServices({ mongodbUri, mongodbDb, env }: Stack): Promise<StackServices> {
  const database = openDatabase({ uri: mongodbUri, name: mongodbDb });
  const temporal = await connectTemporal(env);
  const collections = collectionsOf(database);
  const { client } = temporal;
  return {
    service: new SourceService({ collections, client, allowInsecure: true, keyring: keyringOf(env) }),
    collections,
    client,
    close: async () => {
      await temporal.close();
      await database.close();
    },
  };
}

/** A source file for the simulator's tenant of that number, all streams. */
export function tenantFile(n: number, baseUrl: string, pollInterval: string) {
  const config = {
    name: `Tenant ${n}`,
    clientID: `sim-client-${n}`,
    clientSecret: `sim-secret-${n}`,
    dataCollection: DATA_COLLECTIONS,
    baseUrl,
    pollInterval,
    backfill: '1d',
  };
  return { 'api.version': 'v1', source: { config, schemaRef: { type: 'Mimecast' }, sourceType: 'Universal' } };
}
