import { fileURLToPath } from 'node:url';
import type { ConnectionPlugin } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, inject } from 'vitest';
import { addSearchAttributes } from '../../devstack/temporal-ready.js';
import { SEARCH_ATTRIBUTES } from '../../src/domain/contract/contract.js';
import { interceptors } from '../../src/management/temporal/temporal-client.js';
import './provided.js';

/** A call that is tried again once the environment is gone fails; the SDK's own interceptors throw where nobody can catch it. */
const OUR_CONNECTION: ConnectionPlugin = {
  name: 'as the programs connect',
  configureConnection: (options) => ({ ...options, interceptors: interceptors() }),
};
const GUARDED_SERVER = fileURLToPath(new URL('time-skipping-server.sh', import.meta.url));

/**
 * A Temporal server whose time runs only while activities run, for the calling test file. Call it outside of tests and
 * hooks; what it returns gives the environment once the tests run.
 *
 * Known of this server: listing workflows is not implemented, and `result()` on the handle that `start` returned hangs
 * when the run continued as new, while `client.workflow.getHandle(id).result()` works.
 */
export function timeSkippingEnvironment(): () => TestWorkflowEnvironment {
  let environment: TestWorkflowEnvironment | undefined;
  beforeAll(async () => {
    process.env.TEMPORAL_TEST_SERVER_PATH = inject('testServer');
    environment = await TestWorkflowEnvironment.createTimeSkipping({
      server: { executable: { type: 'existing-path', path: GUARDED_SERVER } },
      plugins: [OUR_CONNECTION],
    });
    await addSearchAttributes(environment.connection, 'default', SEARCH_ATTRIBUTES);
  });
  afterAll(async () => environment?.teardown());
  return () => {
    if (environment === undefined) throw new Error('the time-skipping environment exists only while tests run');
    return environment;
  };
}
