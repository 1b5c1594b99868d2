import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findExecutables } from '../../devstack/executables.js';
import { type RunningTemporal, startTemporal } from '../../devstack/temporal.js';
import { SEARCH_ATTRIBUTES } from '../../src/domain/contract/contract.js';
import { choosePort } from '../../src/runtime/ports.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const STATE = defineSearchAttributeKey('MimecastSourceState', SearchAttributeType.KEYWORD);
const ADDED_LATER = defineSearchAttributeKey('AddedLater', SearchAttributeType.KEYWORD);

const folder = temporaryFolder();
let executable: string;
let running: RunningTemporal | undefined;

beforeAll(async () => {
  ({ temporal: executable } = await findExecutables(['temporal']));
});
afterAll(async () => {
  await running?.stop();
  folder.remove();
});

async function start(more: Record<string, 'Keyword'> = {}): Promise<RunningTemporal> {
  const [port, uiPort] = [await choosePort(0), await choosePort(0)];
  const searchAttributes = { ...SEARCH_ATTRIBUTES, ...more };
  const files = { dbFilename: join(folder.path, 'data/temporal.db'), logFile: join(folder.path, 'temporal.log') };
  running = await startTemporal({ executable, ...files, port, uiPort, searchAttributes });
  return running;
}

async function withClient<T>({ address, namespace }: RunningTemporal, use: (client: Client) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address });
  try {
    return await use(new Client({ connection, namespace }));
  } finally {
    await connection.close();
  }
}

test('keeps its workflows on the next port, and learns search attributes that are new', async () => {
  const first = await start();
  expect((await fetch(first.uiUrl)).status).toBe(200);
  const attributes = [{ key: STATE, value: 'Pending' }];
  await withClient(first, (client) =>
    client.workflow.start('any', { workflowId: 'kept', taskQueue: 'nobody', typedSearchAttributes: attributes }),
  );
  await first.stop();

  const second = await start({ AddedLater: 'Keyword' });
  expect(second.address).not.toBe(first.address);
  await withClient(second, async (client) => {
    const kept = await client.workflow.getHandle('kept').describe();
    expect(kept.typedSearchAttributes.get(STATE)).toBe('Pending');
    await client.workflow.start('any', {
      workflowId: 'new',
      taskQueue: 'nobody',
      typedSearchAttributes: [{ key: ADDED_LATER, value: 'yes' }],
    });
  });
  await second.stop();
});
