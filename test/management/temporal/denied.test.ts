/** What Temporal refuses is told with the call and the commands that permit it; without the right to list, all else goes on. */

import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { workflowIdOf } from '../../../src/domain/contract/contract.js';
import { Reconciliation } from '../../../src/management/reconcile/reconciliation.js';
import { SourceService } from '../../../src/management/sources/source-service.js';
import { ensureSearchAttributes } from '../../../src/management/temporal/search-attributes.js';
import { connectTemporal } from '../../../src/management/temporal/temporal-client.js';
import { type DenyingProxy, denyingProxy } from '../../support/denying-proxy.js';
import { e2eStack, sourceFile } from '../../support/e2e-stack.js';
import { runCli } from '../../support/run-cli.js';
import { testKeyring } from '../../support/test-keyring.js';
import { until } from '../../support/until.js';

const { get, collections } = e2eStack({ historyMs: 60_000, historyRate: 5, rate: 0 });
let proxy: DenyingProxy;
let client: Client;

beforeAll(async () => {
  proxy = await denyingProxy(get().env.TEMPORAL_ADDRESS ?? '');
  const connection = await Connection.connect({ address: proxy.address });
  client = new Client({ connection, namespace: 'default' });
});
afterAll(async () => {
  await client.connection.close();
  await proxy.close();
});

const env = () => ({ ...get().env, TEMPORAL_ADDRESS: proxy.address });
const start = (name: string) => get().service.start(sourceFile(get().simulator, { name, pollInterval: '5m' }));

async function denying<T>(calls: readonly string[], work: () => Promise<T>): Promise<T> {
  for (const call of calls) proxy.denied.add(call);
  try {
    return await work();
  } finally {
    proxy.denied.clear();
  }
}

test('a call that is refused is named, with the commands that permit it', async () => {
  const { sourceId } = await start('Denied');
  const { code, stderr } = await denying(['SignalWorkflowExecution'], () => runCli(env(), 'restart', `${sourceId}`));
  expect(code).toBe(1);
  expect(stderr).toBe(
    'Temporal refuses a call in the namespace "default" (SignalWorkflowExecution: Request unauthorized.). Its credentials ' +
      '(TEMPORAL_API_KEY, or the client certificate) need the right to write there: on a server of your own, ' +
      '"default:write" among the permissions of the token; on Temporal Cloud, "tcld service-account ' +
      'set-namespace-permissions --service-account-id ID --namespace-permission default=Write"\n',
  );
});

test('a connection that is refused is not called a server that is away', async () => {
  await denying(['GetSystemInfo'], async () => {
    await expect(connectTemporal({ TEMPORAL_ADDRESS: proxy.address })).rejects.toThrow(
      /^Temporal refuses a call in the namespace "default" \(GetSystemInfo: Request unauthorized\.\).*The server is 127/s,
    );
  });
});

test('a namespace that does not exist is reported with the commands that create it', async () => {
  const { code, stderr } = await runCli({ ...env(), TEMPORAL_NAMESPACE: 'nowhere' }, 'list');
  expect(code).toBe(1);
  expect(stderr).toBe(
    'Temporal has no namespace "nowhere". Set TEMPORAL_NAMESPACE (on Temporal Cloud: NAME.ACCOUNT), or create it: ' +
      `"temporal operator namespace create --address ${proxy.address} --namespace nowhere", on Temporal Cloud ` +
      '"tcld namespace create --namespace nowhere --region REGION"\n',
  );
});

test('without the right to list, missing sources are started, and the list is made one by one', async () => {
  const names = Array.from({ length: 10 }, (_, index) => `Unlisted ${index}`);
  const ids = [];
  for (const name of names) ids.push((await start(name)).sourceId);
  const [missing = 0] = ids;
  await client.workflow.getHandle(workflowIdOf(missing)).terminate('by hand');
  await denying(['ListWorkflowExecutions', 'CountWorkflowExecutions'], async () => {
    const access = { collections, client, allowInsecure: true, keyring: testKeyring };
    const sources = new SourceService(access);
    const [started, troubles]: [number[], string[]] = [[], []];
    await new Reconciliation({ ...access, sources }).startMissing({
      onStarted: (one) => started.push(one.sourceId),
      onError: (error) => troubles.push(String(error)),
    });
    expect(started).toEqual([missing]);
    expect(troubles).toEqual([expect.stringContaining('(Failed to list workflows: Request unauthorized.)')]);
    const listed = await sources.list();
    expect(listed.filter(({ name }) => names.includes(name)).map(({ state }) => state)).toEqual(
      names.map(() => 'Pending'),
    );
  });
});

test('search attributes that may not be added are reported for both kinds of servers; where nobody may ask, all goes on', async () => {
  const { operatorService } = client.connection;
  await operatorService.removeSearchAttributes({ namespace: 'default', searchAttributes: ['MimecastErrorType'] });
  const { address } = proxy;
  const ensure = () => ensureSearchAttributes(client.connection as Connection, { address, namespace: 'default' });
  await until(
    async () => (await operatorService.listSearchAttributes({ namespace: 'default' })).customAttributes,
    (attributes) => attributes?.MimecastErrorType === undefined,
  );
  await denying(['AddSearchAttributes'], async () => {
    await expect(ensure()).rejects.toThrow(
      /Run:\n +temporal operator search-attribute create --address 127\.0\.0\.1:\d+ --name MimecastErrorType --type Keyword\n +or, on Temporal Cloud: tcld namespace search-attributes add --namespace default --search-attribute "MimecastErrorType=Keyword"/,
    );
  });
  // Without the right to ask which there are, a search by each of them tells.
  await denying(['ListSearchAttributes', 'AddSearchAttributes'], async () => {
    await expect(ensure()).rejects.toThrow('--name MimecastErrorType --type Keyword');
  });
  await denying(['ListSearchAttributes', 'CountWorkflowExecutions'], ensure);
});
