/** The connections that a command needs, opened before it and closed after it. */

import { readEnvironment } from '../config/environment.js';
import { SourceService } from '../management/source-service.js';
import { connectTemporal } from '../management/temporal-client.js';
import { collectionsOf } from '../store/collections.js';
import { openDatabase } from '../store/database.js';

/** @param env where the servers are; default the process's own environment. */
export async function withService<T>(env: NodeJS.ProcessEnv, work: (service: SourceService) => Promise<T>): Promise<T> {
  const { mongodbUri, mongodbDb, allowInsecure } = readEnvironment(env);
  const database = openDatabase({ uri: mongodbUri, name: mongodbDb, appName: 'mimecast-starter' });
  try {
    const temporal = await connectTemporal(env);
    try {
      const collections = collectionsOf(database.db);
      return await work(new SourceService({ collections, client: temporal.client, allowInsecure }));
    } finally {
      await temporal.close();
    }
  } finally {
    await database.close();
  }
}
