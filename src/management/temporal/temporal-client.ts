/** The connection to Temporal, with errors that say what to do. */

import type { Interceptor } from '@grpc/grpc-js';
import {
  type Client,
  Connection,
  type ConnectionOptions,
  defaultGrpcRetryOptions,
  makeGrpcRetryInterceptor,
} from '@temporalio/client';
import { readTemporalConfig } from '../../config/temporal.js';
import { concealing } from '../../http-client/conceal.js';
import { RefusedError } from '../common/errors.js';
import { callNames } from './call-names.js';
import { failOnceClosed } from './closed-connection.js';
import { PlacedClient } from './temporal-command.js';
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
    const connection = await Connection.connect({ ...withOurs(connectionOptions), connectTimeout: '10 seconds' });
    return clientOver(connection, address, namespace);
  } catch (error) {
    const { apiKey, metadata = {} } = connectionOptions;
    const conceal = concealing([apiKey, metadata.authorization].filter((secret) => typeof secret === 'string'));
    const refusal = temporalRefusalText(error, { address, namespace });
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
  return clientOver(Connection.lazy(withOurs(connectionOptions)), address, namespace);
}

/** Beside the SDK's own interceptor, which tries again what may be tried again. */
export function interceptors(): Interceptor[] {
  return [makeGrpcRetryInterceptor(defaultGrpcRetryOptions()), callNames, failOnceClosed];
}

function withOurs(options: ConnectionOptions): ConnectionOptions {
  return { ...options, interceptors: interceptors() };
}

function clientOver(connection: Connection, address: string, namespace: string): TemporalClient {
  return {
    client: new PlacedClient({ connection, namespace }, address),
    connection,
    address,
    namespace,
    close: () => connection.close(),
  };
}
