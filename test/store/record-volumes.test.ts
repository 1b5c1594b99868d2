import { beforeAll, expect, test } from 'vitest';
import { recordVolumes } from '../../src/store/record-volumes.js';
import { insertRecords } from '../../src/store/records.js';
import { collectionsIn } from '../support/raw-collections.js';
import { recordOf } from '../support/store-fixtures.js';
import { testDatabase } from '../support/test-database.js';

const { db } = testDatabase();
const collections = collectionsIn(db);
const T0 = Date.UTC(2026, 0, 1);
const RANGE = { sinceMs: T0, stepMs: 1_000, steps: 3 };
const LIMIT = { timeoutMS: 10_000 };

beforeAll(() => collections.ensureIndexes());

const at = (ms: number, sourceId: number, stream: 'receipt' | 'audit' = 'receipt') => ({
  ...recordOf({ n: `${ms} ${sourceId} ${stream}` }, sourceId, stream),
  _messageTime: new Date(T0 + ms),
});

test('counts by source and step over all collections; what is outside of the range or of others is left out', async () => {
  const receipts = [at(-1, 1), at(0, 1), at(999, 1), at(1_000, 1), at(2_999, 1), at(3_000, 1), at(500, 2), at(1, 9)];
  await insertRecords(collections, 'receipt', receipts);
  await insertRecords(collections, 'audit', [at(1_500, 1, 'audit')]);
  expect(await recordVolumes(collections, [1, 2, 3], RANGE, LIMIT)).toEqual(
    new Map([
      [1, [2, 2, 1]],
      [2, [1, 0, 0]],
      [3, [0, 0, 0]],
    ]),
  );
  expect(await recordVolumes(collections, [], RANGE, LIMIT)).toEqual(new Map());
});

test('reads keys of the range alone, and no record', async () => {
  const old = Array.from({ length: 500 }, (_, n) => at(-10_000 - n, 5));
  await insertRecords(collections, 'receipt', [...old, at(10, 5), at(20, 5)]);
  await db.command({ profile: 2 });
  await recordVolumes(collections, [5], RANGE, LIMIT);
  await db.command({ profile: 0 });
  const profile = await db
    .collection('system.profile')
    .find({ 'command.aggregate': { $exists: true } })
    .toArray();
  expect(profile.length).toBeGreaterThan(0);
  expect(profile.filter(({ docsExamined }) => docsExamined !== 0)).toEqual([]);
  // Beside the two keys: one to find out that there are no more, per collection.
  expect(Math.max(...profile.map(({ keysExamined }) => keysExamined))).toBeLessThanOrEqual(3);
});
