/** The connection to Temporal, with errors that say what to do. */

import {
  Client,
  Connection,
  type ConnectionOptions,
  defaultGrpcRetryOptions,
  makeGrpcRetryInterceptor,
} from '@temporalio/client';
import { readTemporalConfig } from '../../config/temporal.js';
import { concealing } from '../../http-client/conceal.js';
import { RefusedError } from '../common/errors.js';
import { callNames } from './call-names.js';
import { temporalRefusalText } from './temporal-errors.js';

export interface TemporalClient {
  readonly client: Client;
  readonly connection: Connection;
  readonly address: string;
  readonly namespace: string;
  close(): Promise<void>;
}

/** @throws RefusedError when Temporal does not answer within ten seconds. */
export async function connectTemporal(env: NodeJS.ProcessEnv = process.env): Promise<TemporalClient> {
  const { connectionOptions, namespace = 'default', address } = readTemporalConfig(env);
  try {
    const connection = await Connection.connect({ ...withNames(connectionOptions), connectTimeout: '10 seconds' });
    return clientOver(connection, address, namespace);
  } catch (error) {
    const { apiKey, metadata = {} } = connectionOptions;
    const conceal = concealing([apiKey, metadata.authorization].filter((secret) => typeof secret === 'string'));
    const refusal = temporalRefusalText(error, namespace);
    if (refusal !== undefined) throw new RefusedError(`${conceal(refusal)}. The server is ${address}.`);
    const reason = conceal(error instanceof Error ? error.message : String(error));
    throw new RefusedError(
      `Temporal does not answer at ${address} (${reason}). Start it with "npm start", or set TEMPORAL_ADDRESS.`,
    );
  }
}

/** The same without waiting for Temporal: whatever needs it fails until it answers. */
export function lazyTemporal(env: NodeJS.ProcessEnv = process.env): TemporalClient {
  const { connectionOptions, namespace = 'default', address } = readTemporalConfig(env);
  return clientOver(Connection.lazy(withNames(connectionOptions)), address, namespace);
}

/** Beside the SDK's own interceptors, which try again what may be tried again. */
function withNames(options: ConnectionOptions): ConnectionOptions {
  const retrying = makeGrpcRetryInterceptor(defaultGrpcRetryOptions());
  return { ...options, interceptors: [retrying, callNames] };
}

function clientOver(connection: Connection, address: string, namespace: string): TemporalClient {
  return {
    client: new Client({ connection, namespace }),
    connection,
    address,
    namespace,
    close: () => connection.close(),
  };
}
