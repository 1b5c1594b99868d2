import { beforeEach, describe, expect, test } from 'vitest';
import type { RecordDocument } from '../../../src/domain/records/record.js';
import { fillInSlice } from '../../../src/ingest/indicators/fill-in.js';
import { insertWithIndicators } from '../../../src/ingest/slice/insert-with-indicators.js';
import { fillInStatus } from '../../../src/management/indicators/fill-in-status.js';
import { forgetFillIns, saveFillIn, unfinishedFillIn } from '../../../src/store/indicator-fill-in.js';
import { hasIndicators } from '../../../src/store/search/has-indicators.js';
import { collectionsIn, raw } from '../../support/raw-collections.js';
import { numbers, recordOf } from '../../support/store-fixtures.js';
import { testDatabase } from '../../support/test-database.js';

const { db } = testDatabase();
const collections = collectionsIn(db);
const stored = raw(collections).records('receipt');

const DAY = Date.UTC(2026, 0, 1);
/** Two records a second. */
const record = (n: number, fields: Readonly<Record<string, unknown>> = {}): RecordDocument => ({
  ...recordOf({ n, messageId: `<m${n}@x.com>`, ...fields }),
  _messageTime: new Date(DAY + Math.floor(n / 2) * 1_000),
});

const slice = (until = Number.POSITIVE_INFINITY, signal = new AbortController().signal) =>
  fillInSlice({ collections, signal, until, batch: 10 });
const without = () => stored.countDocuments({ _indicators: { $exists: false } });

beforeEach(async () => {
  await stored.deleteMany({});
  await forgetFillIns(collections);
  // As an earlier version stored them.
  await stored.insertMany(numbers(45).map((n) => record(n)));
});

test('all records get what they would get if they were stored now, and nothing else of them changes', async () => {
  const before = await stored.find().sort({ n: 1 }).toArray();
  expect(await slice()).toEqual({ read: 45, filled: 45, isDone: true, position: 'all records have their indicators' });
  const after = await stored.find().sort({ n: 1 }).toArray();
  expect(after.map(({ _indicators, ...rest }) => rest)).toEqual(before);
  expect(after[7]?._indicators).toEqual([`message:m${after[7]?.n}@x.com`]);
  expect(await fillInStatus(collections)).toMatchObject({ isComplete: true });
});

test('slice by slice, newest first; each says since when the search is complete', async () => {
  await slice(0);
  expect(await without()).toBe(35);
  const { isComplete, completeSince, streams } = await fillInStatus(collections);
  expect({ isComplete, completeSince }).toEqual({ isComplete: false, completeSince: undefined });
  const since = streams[0]?.completeSince ?? new Date(0);
  expect(await stored.countDocuments({ _messageTime: { $gt: since }, _indicators: { $exists: false } })).toBe(0);
  for (let left = 4; left > 0; left -= 1) await slice(0);
  expect(await without()).toBe(0);
});

test('killed between a batch and its note: the same batch is done again', async () => {
  await slice(0);
  await forgetFillIns(collections);
  expect(await slice()).toMatchObject({ read: 45, filled: 35, isDone: true });
});

test('asked to look at all again while a batch is under way: it begins again', async () => {
  await slice(0);
  const state = await unfinishedFillIn(collections);
  await forgetFillIns(collections);
  if (state !== undefined) await saveFillIn(collections, { ...state, read: state.read + 10 }, state.read);
  expect(await unfinishedFillIn(collections)).toMatchObject({ read: 0 });
});

test('an aborted slice ends after its batch', async () => {
  expect(await slice(Number.POSITIVE_INFINITY, AbortSignal.abort())).toMatchObject({ read: 10, isDone: false });
});

test('records stored while it runs have theirs already', async () => {
  await slice(0);
  await insertWithIndicators(
    { collections, writer: collections },
    'receipt',
    numbers(30).map((n) => record(100 + n)),
  );
  await insertWithIndicators({ collections, writer: collections }, 'receipt', [record(99_000, { n: -5 })]);
  await slice();
  expect(await without()).toBe(0);
  expect(await stored.countDocuments()).toBe(76);
});

test('what a rule has hidden does not come back', async () => {
  await stored.insertMany([
    record(900, { messageId: '####', _received: { text: '<secret@x.com>' }, _maskedText: '<secret@x>' }),
  ]);
  await slice();
  expect(await stored.findOne({ n: 900 })).toMatchObject({ _indicators: [] });
});

test('what an earlier version of the indicators left is replaced', async () => {
  await stored.updateMany({ n: { $lt: 5 } }, { $set: { _indicators: ['old:1'] } });
  await stored.updateMany({ n: 3 }, { $set: { messageId: null } });
  await slice();
  expect(await stored.countDocuments({ _indicators: 'old:1' })).toBe(0);
  expect(await stored.findOne({ n: 3 })).toMatchObject({ _indicators: [] });
  expect(await unfinishedFillIn(collections)).toBeUndefined();
});

describe('workers of an earlier version go on storing', () => {
  const isFilled = (from?: Date) =>
    hasIndicators(collections, { streams: ['receipt'], ...(from !== undefined && { from }) });

  test.each<[string, () => Promise<unknown>]>([
    ['after all was filled in', () => slice()],
    ['above what was filled in so far', () => slice(0)],
  ])('%s: searches know, and it is done again for those', async (_, before) => {
    await before();
    const { read = 0 } = (await unfinishedFillIn(collections)) ?? {};
    const late = record(500);
    await stored.insertOne(late);
    const after = new Date(late._messageTime.getTime() + 1);
    expect((await fillInStatus(collections)).streams[0]).toMatchObject({ isComplete: false, completeSince: after });
    expect([await isFilled(), await isFilled(after)]).toEqual([false, true]);
    await slice(0);
    expect(await stored.findOne({ n: 500 })).toMatchObject({ _indicators: ['message:m500@x.com'] });
    expect((await unfinishedFillIn(collections))?.read ?? 0).toBe(read);
    expect(await slice()).toMatchObject({ isDone: true });
    expect([await without(), await isFilled()]).toEqual([0, true]);
  });

  test('found along the index, in order', async () => {
    await slice();
    await stored.insertMany(numbers(3).map((n) => record(600 + n)));
    const plan = await stored
      .find({ _indicators: { $exists: false } })
      .hint({ _indicators: 1, _messageTime: -1, _id: -1 })
      .sort({ _messageTime: -1, _id: -1 })
      .explain('executionStats');
    expect(plan.executionStats).toMatchObject({ nReturned: 3, totalDocsExamined: 3 });
    expect(JSON.stringify(plan.queryPlanner.winningPlan)).not.toContain('"SORT"');
  });
});

test('the status says where records have more indicators than there is room for', async () => {
  const hasCuts = async () => (await fillInStatus(collections)).streams[0]?.hasCuts;
  await slice();
  expect(await hasCuts()).toBe(false);
  const recipients = numbers(2_000).map((n) => `u${n}@x.com`);
  await insertWithIndicators({ collections, writer: collections }, 'receipt', [record(800, { recipients })]);
  expect(await hasCuts()).toBe(true);
});

test('a record that has no room for its indicators holds up none of the others', async () => {
  const room = 16 * 1024 * 1024 - 700;
  await stored.insertOne(record(700, { messageId: `<${'m'.repeat(900)}@x>`, text: 'a'.repeat(room - 900) }));
  expect(await slice()).toMatchObject({ isDone: true, read: 46 });
  expect(await without()).toBe(1);
  expect((await stored.find({ n: 700 }, { projection: { n: 1, _indicators: 1 } }).next())?._indicators).toBeUndefined();
  expect(await fillInStatus(collections)).toMatchObject({ isComplete: true });
});
