/** A worker in the test's own process, as the program makes it. */

import { Client } from '@temporalio/client';
import type { NativeConnection } from '@temporalio/worker';
import { createActivities } from '../../src/activities/index.js';
import type { WorkerVersion } from '../../src/domain/contract/worker-version.js';
import { SourceWorkflows } from '../../src/management/sources/source-workflows.js';
import { isOwnRun } from '../../src/management/temporal/ownership.js';
import { SourceWorker } from '../../src/runtime/source-worker.js';
import { PAUSE_PROOF } from '../../src/runtime/worker-limits.js';
import type { Keyring } from '../../src/secrets/keyring.js';
import type { Collections } from '../../src/store/collections.js';
import { workflowBundle } from './temporal-connection.js';
import { testKeyring } from './test-keyring.js';

export interface TestWorkerOptions {
  readonly version?: WorkerVersion;
  /** Default: today's code. */
  readonly bundle?: { readonly codePath: string };
  /** Default: the keys of all programs in tests. */
  readonly keyring?: Keyring;
}

/** @returns ends it. */
export async function startTestWorker(
  connection: NativeConnection,
  namespace: string,
  collections: Collections,
  { version, bundle = workflowBundle(), keyring = testKeyring }: TestWorkerOptions = {},
): Promise<() => Promise<void>> {
  const access = { collections, client: new Client({ connection, namespace }) };
  const workflows = new SourceWorkflows(access);
  const wake = (sourceId: number) => workflows.signal(sourceId, 'collectNow');
  const worker = await SourceWorker.create({
    connection,
    namespace,
    installation: await collections.installation(),
    activities: createActivities({ collections, allowInsecure: true, keyring, wake }),
    isOurs: (run, sourceId) => isOwnRun(access, run, sourceId),
    limits: { ...PAUSE_PROOF, maxHeartbeatThrottleInterval: '1 second', shutdownForceTime: '20 seconds' },
    version,
    workflows: { workflowBundle: bundle },
  });
  const running = worker.run();
  return async () => {
    worker.shutdown();
    await running;
  };
}
