/** The connections that a command needs, opened before it and closed after it. */

import { readEnvironment } from '../config/environment.js';
import { FieldService } from '../management/field-service.js';
import { RereadService } from '../management/reread-service.js';
import { SourceService } from '../management/source-service.js';
import { connectTemporal } from '../management/temporal-client.js';
import { keyringOf } from '../runtime/keyring.js';
import { type Collections, collectionsOf } from '../store/collections.js';
import { openDatabase } from '../store/database.js';

export interface Services {
  readonly sources: SourceService;
  readonly rereads: RereadService;
  readonly fields: FieldService;
}

/** For what needs MongoDB alone. */
export async function withCollections<T>(
  env: NodeJS.ProcessEnv,
  work: (collections: Collections) => Promise<T>,
): Promise<T> {
  const { mongodbUri, mongodbDb } = readEnvironment(env);
  const database = openDatabase({ uri: mongodbUri, name: mongodbDb, appName: 'mimecast-starter' });
  try {
    return await work(collectionsOf(database.db));
  } finally {
    await database.close();
  }
}

/** @param env where the servers are. */
export async function withServices<T>(env: NodeJS.ProcessEnv, work: (services: Services) => Promise<T>): Promise<T> {
  const { mongodbUri, mongodbDb, allowInsecure } = readEnvironment(env);
  const database = openDatabase({ uri: mongodbUri, name: mongodbDb, appName: 'mimecast-starter' });
  try {
    const temporal = await connectTemporal(env);
    try {
      const collections = collectionsOf(database.db);
      const { client } = temporal;
      return await work({
        sources: new SourceService({ collections, client, allowInsecure, keyring: keyringOf(env) }),
        rereads: new RereadService({ collections, client }),
        fields: new FieldService(collections),
      });
    } finally {
      await temporal.close();
    }
  } finally {
    await database.close();
  }
}
