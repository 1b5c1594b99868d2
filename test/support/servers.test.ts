import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { expect, test } from 'vitest';
import { SEARCH_ATTRIBUTES } from '../../src/domain/contract/contract.js';
import { temporalConnection } from './temporal-connection.js';
import { testDatabase } from './test-database.js';
import { timeSkippingEnvironment } from './time-skipping.js';

const { client, db } = testDatabase();
const temporal = temporalConnection();
const environment = timeSkippingEnvironment();

test('MongoDB has transactions', async () => {
  const session = client.startSession();
  await session.withTransaction(() => db.collection('things').insertOne({ name: 'one' }, { session }));
  await session.endSession();
  expect(await db.collection('things').countDocuments()).toBe(1);
});

test('Temporal knows the search attributes of sources', async () => {
  const { customAttributes } = await temporal.connection.operatorService.listSearchAttributes({
    namespace: temporal.namespace,
  });
  expect(Object.keys(customAttributes)).toEqual(expect.arrayContaining(Object.keys(SEARCH_ATTRIBUTES)));
});

test('workers can connect to Temporal', async () => {
  expect(await temporal.nativeConnection()).toBe(await temporal.nativeConnection());
});

test('hours of the time-skipping server pass in no time', async () => {
  const before = await environment().currentTimeMs();
  await environment().sleep('90 minutes');
  expect((await environment().currentTimeMs()) - before).toBeGreaterThanOrEqual(90 * 60_000);
});

test('the time-skipping server knows the search attributes of sources', async () => {
  const state = defineSearchAttributeKey('MimecastSourceState', SearchAttributeType.KEYWORD);
  const handle = await environment().client.workflow.start('any', {
    workflowId: 'any',
    taskQueue: 'nobody-listens',
    typedSearchAttributes: [{ key: state, value: 'Pending' }],
  });
  expect((await handle.describe()).typedSearchAttributes.get(state)).toBe('Pending');
});
