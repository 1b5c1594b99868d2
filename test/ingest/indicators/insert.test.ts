import { expect, test } from 'vitest';
import { insertWithIndicators } from '../../../src/ingest/slice/insert-with-indicators.js';
import { storeBatch } from '../../../src/ingest/slice/store-batch.js';
import { vendorRecordOf } from '../../../src/records/document.js';
import { collectionsIn, raw } from '../../support/raw-collections.js';
import { numbers, recordOf } from '../../support/store-fixtures.js';
import { testDatabase } from '../../support/test-database.js';

const { db } = testDatabase();
const collections = collectionsIn(db);
const stored = raw(collections).records('receipt');

test('stored beside the record, which stays as it was', async () => {
  await collections.ensureIndexes();
  const record = { n: 1, senderIp: '203.0.113.7', messageId: '<A@x>' };
  await storeBatch({ collections, writer: collections }, 1, 'receipt', [recordOf(record), recordOf({ n: 2 })], []);
  const [first, second] = await stored.find().sort({ n: 1 }).toArray();
  expect(first?._indicators).toEqual(expect.arrayContaining(['message:a@x', 'ip4:203.0.113.7']));
  expect(vendorRecordOf(first ?? {})).toEqual(record);
  expect(second?._indicators).toEqual([]);
});

test('found along the index, newest first', async () => {
  const plan = await stored
    .find({ _indicators: 'message:a@x' })
    .sort({ _messageTime: -1, _id: -1 })
    .explain('executionStats');
  expect(plan.executionStats).toMatchObject({ nReturned: 1, totalKeysExamined: 1, totalDocsExamined: 1 });
});

test('a record that only just fits is stored without them; duplicates and what never fits keep their places', async () => {
  const room = 16 * 1024 * 1024 - 400;
  const large = recordOf({ n: 10, messageId: `<${'m'.repeat(900)}@x>`, text: 'a'.repeat(room - 900) });
  const larger = recordOf({ n: 11, messageId: '<a@x>', text: 'a'.repeat(room + 10_000) });
  const small = numbers(3).map((n) => recordOf({ n: 20 + n, messageId: '<s@x>' }));
  await insertWithIndicators({ collections, writer: collections }, 'receipt', small.slice(1, 2));
  const inserted = await insertWithIndicators({ collections, writer: collections }, 'receipt', [
    larger,
    ...small,
    large,
  ]);
  expect(inserted).toMatchObject({ stored: 3, duplicates: 1, known: new Set([2]) });
  expect(inserted.refused.map(({ index }) => index)).toEqual([0]);
  expect(await stored.findOne({ n: 10 }, { projection: { _indicators: 1, n: 1 } })).not.toHaveProperty('_indicators');
});
