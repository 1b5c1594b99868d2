/** What commands work with on the servers at hand. */

import { type Environment, readEnvironment } from '../../config/environment.js';
import { ConnectionService } from '../../management/alerts/connection-service.js';
import { RefusedError } from '../../management/common/errors.js';
import { Erasures } from '../../management/erasure/erasures.js';
import { ApiKeyService } from '../../management/keys/api-key-service.js';
import { RereadService } from '../../management/rereads/reread-service.js';
import { SourceService } from '../../management/sources/source-service.js';
import { connectTemporal } from '../../management/temporal/temporal-client.js';
import { placeOf } from '../../management/temporal/temporal-command.js';
import { temporalAwayText, temporalRefusalText } from '../../management/temporal/temporal-errors.js';
import { keyringAtHand } from '../../runtime/program-keyring.js';
import { environmentWithStack } from '../../runtime/running-stack.js';
import { verifyTrail } from '../../store/audit-verification.js';
import { type Collections, collectionsOf } from '../../store/collections.js';
import { openDatabase } from '../../store/database.js';
import type { Session } from '../session.js';
import type { CommandServices } from './command-services.js';
import { LocalExports } from './local-exports.js';
import { LocalWatchlists, localDetections, localIndicators } from './local-reads.js';
import { LocalSearch } from './local-search.js';

export function localSession(): Session {
  const env = environmentWithStack();
  return {
    withCommands: (work) => withTemporal(env, work),
    withKeys: (work) => withCollections(env, (collections) => work(new ApiKeyService(collections))),
    withAudit: (work) =>
      withCollections(env, (collections) => work({ verify: (options) => verifyTrail(collections, options) })),
    withDetections: (work) => withCollections(env, (collections) => work(localDetections(collections))),
    withSearch: (work) => withCollections(env, (collections) => work(new LocalSearch(collections))),
    withIndicators: (work) => withCollections(env, (collections) => work(localIndicators(collections))),
    withWatchlists: (work) =>
      withCollections(env, (collections, { allowInsecure }) =>
        work(new LocalWatchlists({ collections, allowInsecure, keyring: keyringAtHand(env, tell) })),
      ),
    withAlerts: (work) =>
      withCollections(env, (collections, { allowInsecure, alertHosts }) =>
        work(new ConnectionService({ collections, allowInsecure, alertHosts, keyring: keyringAtHand(env, tell) })),
      ),
  };
}

async function withCollections<T>(
  env: NodeJS.ProcessEnv,
  work: (collections: Collections, environment: Environment) => Promise<T>,
): Promise<T> {
  const environment = readEnvironment(env);
  const { mongodbUri, mongodbDb, installation } = environment;
  const database = openDatabase({ uri: mongodbUri, name: mongodbDb, appName: 'mimecast-starter' });
  try {
    return await work(collectionsOf(database, installation), environment);
  } finally {
    await database.close();
  }
}

const tell = (text: string) => process.stderr.write(`${text}\n`);

function withTemporal<T>(env: NodeJS.ProcessEnv, work: (services: CommandServices) => Promise<T>): Promise<T> {
  return withCollections(env, async (collections, { allowInsecure }) => {
    const temporal = await connectTemporal(env);
    try {
      const { client } = temporal;
      const keyring = keyringAtHand(env, tell);
      return await work({
        erasures: new Erasures({ collections, client }),
        exports: new LocalExports({ collections, client, allowInsecure, keyring }),
        sources: new SourceService({ collections, client, allowInsecure, keyring }),
        rereads: new RereadService({ collections, client }),
      });
    } catch (error) {
      const refusal = temporalRefusalText(error, placeOf(temporal.client));
      if (refusal !== undefined) throw new RefusedError(refusal);
      const text = temporalAwayText(error);
      if (text === undefined) throw error;
      throw new RefusedError(`${text}; try again later`);
    } finally {
      await temporal.close();
    }
  });
}
