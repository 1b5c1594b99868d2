/** The connections that a command needs, opened before it and closed after it. */

import { readEnvironment } from '../config/environment.js';
import { RereadService } from '../management/reread-service.js';
import { SourceService } from '../management/source-service.js';
import { connectTemporal } from '../management/temporal-client.js';
import { readKeyring } from '../secrets/environment.js';
import { collectionsOf } from '../store/collections.js';
import { openDatabase } from '../store/database.js';

export interface Services {
  readonly sources: SourceService;
  readonly rereads: RereadService;
}

/** @param env where the servers are; default the process's own environment. */
export function withService<T>(env: NodeJS.ProcessEnv, work: (service: SourceService) => Promise<T>): Promise<T> {
  return withServices(env, ({ sources }) => work(sources));
}

export async function withServices<T>(env: NodeJS.ProcessEnv, work: (services: Services) => Promise<T>): Promise<T> {
  const { mongodbUri, mongodbDb, allowInsecure } = readEnvironment(env);
  const database = openDatabase({ uri: mongodbUri, name: mongodbDb, appName: 'mimecast-starter' });
  try {
    const temporal = await connectTemporal(env);
    try {
      const collections = collectionsOf(database.db);
      const { client } = temporal;
      return await work({
        sources: new SourceService({ collections, client, allowInsecure, keyring: readKeyring(env) }),
        rereads: new RereadService({ collections, client }),
      });
    } finally {
      await temporal.close();
    }
  } finally {
    await database.close();
  }
}
