import { Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { afterAll, inject } from 'vitest';
import { interceptors } from '../../src/management/temporal/temporal-client.js';
import './provided.js';

export interface TestTemporal {
  address: string;
  namespace: string;
  connection: Connection;
  client: Client;
  /** For workers. The same one each time. */
  nativeConnection(): Promise<NativeConnection>;
}

/** Connections to the run's Temporal server, closed after the file's tests. Call it outside of tests and hooks. */
export function temporalConnection(): TestTemporal {
  const address = inject('temporalAddress');
  const namespace = inject('temporalNamespace');
  const connection = Connection.lazy({ address, interceptors: interceptors() });
  let native: Promise<NativeConnection> | undefined;
  afterAll(async () => {
    await (await native)?.close();
    await connection.close();
  });
  return {
    address,
    namespace,
    connection,
    client: new Client({ connection, namespace }),
    nativeConnection() {
      native ??= NativeConnection.connect({ address });
      return native;
    },
  };
}

/** The workflows, bundled once for the run, for `Worker.create({ workflowBundle })`. @throws Error when they are broken */
export function workflowBundle(): { codePath: string } {
  const bundle = inject('workflowBundle');
  if ('error' in bundle) throw new Error(bundle.error);
  return bundle;
}
