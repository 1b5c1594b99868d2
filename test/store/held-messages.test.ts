import { Binary } from 'mongodb';
import { beforeEach, expect, test } from 'vitest';
import { countHeld, markLeft, markSeen, type QueueTimes } from '../../src/store/held-messages.js';
import { collectionsIn, raw } from '../support/raw-collections.js';
import { numbers } from '../support/store-fixtures.js';
import { testDatabase } from '../support/test-database.js';

const { db } = testDatabase();
const collections = collectionsIn(db);
const messages = raw(collections).records('hold');
const at = (minute: number) => new Date(Date.UTC(2025, 8, 15, 12, minute));
const idOf = (n: number) => new Binary(Buffer.from(`message ${n}`));

beforeEach(async () => {
  await collections.ensureIndexes();
  await messages.deleteMany({});
  await messages.insertMany(
    numbers(4).map((n) => ({
      _id: idOf(n),
      _sourceId: n === 3 ? 2 : 1,
      _messageTime: at(n),
      _receiptTime: at(10),
      ...(n === 0 ? {} : { _queue: { firstSeen: at(10), lastSeen: at(10) } }),
    })),
  );
});

async function queueOf(n: number): Promise<QueueTimes | undefined> {
  return (await messages.findOne({ _id: idOf(n) }))?._queue as QueueTimes | undefined;
}

test('seen: the last time moves forward only, and the first one stays', async () => {
  await markSeen(collections, 'hold', [0, 1].map(idOf), at(20));
  await markSeen(collections, 'hold', [1].map(idOf), at(15));
  expect([await queueOf(0), await queueOf(1), await queueOf(2)]).toEqual([
    { firstSeen: at(10), lastSeen: at(20) },
    { firstSeen: at(10), lastSeen: at(20) },
    { firstSeen: at(10), lastSeen: at(10) },
  ]);
  await markSeen(collections, 'hold', [], at(30));
});

test('left: what a listing of a time should have had and was not seen since it began', async () => {
  await markSeen(collections, 'hold', [idOf(1)], at(20));
  const missing = { from: at(0), to: at(2), notSeenSince: at(20), leftAt: at(21) };
  expect(await markLeft(collections, 'hold', 1, missing)).toBe(2);
  expect([await queueOf(0), await queueOf(1), await queueOf(2), await queueOf(3)]).toEqual([
    { firstSeen: at(10), lastSeen: at(10), leftAt: at(21) },
    { firstSeen: at(10), lastSeen: at(20) },
    { firstSeen: at(10), lastSeen: at(10), leftAt: at(21) },
    { firstSeen: at(10), lastSeen: at(10) },
  ]);
  expect(await markLeft(collections, 'hold', 1, { ...missing, leftAt: at(30) })).toBe(0);
  expect(await countHeld(collections, 'hold', 1, 10)).toBe(1);
});

test.each([
  ['before', at(1), at(2)],
  ['after', at(-5), at(-1)],
])('messages %s the time that was listed are left alone', async (_, from, to) => {
  await markLeft(collections, 'hold', 1, { from, to, notSeenSince: at(20), leftAt: at(21) });
  expect(await queueOf(0)).toBeUndefined();
});

test('the time that was listed begins with a whole second', async () => {
  const from = new Date(at(2).getTime() + 999);
  expect(await markLeft(collections, 'hold', 1, { from, to: at(5), notSeenSince: at(20), leftAt: at(21) })).toBe(1);
});

test('a worker thought dead that comes back takes nothing from a later listing', async () => {
  await markSeen(collections, 'hold', [0, 1, 2].map(idOf), at(30));
  expect(await markLeft(collections, 'hold', 1, { from: at(0), to: at(5), notSeenSince: at(20), leftAt: at(31) })).toBe(
    0,
  );
});

test('counting the queue reads the index of those that are in it', async () => {
  expect(await countHeld(collections, 'hold', 1, 2)).toBe(2);
  const plan = await messages.find({ _sourceId: 1, '_queue.leftAt': null }).explain('queryPlanner');
  expect(JSON.stringify(plan)).toContain('"isPartial":true');
});
