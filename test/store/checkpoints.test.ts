import { beforeEach, expect, test } from 'vitest';
import { checkpointId, ensureCheckpoints, moveCheckpoint, readCheckpoint } from '../../src/store/checkpoints.js';
import { CheckpointMovedError } from '../../src/store/writer.js';
import { collectionsIn, raw } from '../support/raw-collections.js';
import { numbers } from '../support/store-fixtures.js';
import { testDatabase } from '../support/test-database.js';

const { db } = testDatabase();
const collections = collectionsIn(db);
const { checkpoints } = raw(collections);
const BEGIN = new Date('2025-09-14T12:00:00Z');

beforeEach(async () => {
  await checkpoints.deleteMany({});
  await ensureCheckpoints(collections, 7, ['receipt', 'dlp'], BEGIN);
});

test('a new checkpoint begins where the first collection does', async () => {
  expect(await readCheckpoint(collections, 7, 'receipt')).toEqual({
    _id: '7/receipt',
    sourceId: 7,
    stream: 'receipt',
    version: 1,
    beginAt: BEGIN,
    filesDone: [],
    totals: { stored: 0, duplicates: 0, quarantined: 0 },
    updatedAt: expect.any(Date),
  });
});

test('those that exist keep their place; only what is missing is made', async () => {
  const moved = await moveCheckpoint(collections, await readCheckpoint(collections, 7, 'dlp'), { readUntil: BEGIN });
  await ensureCheckpoints(collections, 7, ['dlp', 'hold'], new Date());
  expect(await readCheckpoint(collections, 7, 'dlp')).toEqual(moved);
  expect(await checkpoints.distinct('_id')).toEqual(['7/dlp', '7/hold', '7/receipt']);
});

test('many who make them at once make each once', async () => {
  await Promise.all(numbers(20).map(() => ensureCheckpoints(collections, 8, ['av', 'spam'], BEGIN)));
  expect(await checkpoints.countDocuments({ sourceId: 8 })).toBe(2);
});

test('one that is not there is an error that says what to do', async () => {
  await expect(readCheckpoint(collections, 7, 'av')).rejects.toThrow('There is no checkpoint 7/av; restart the source');
  expect(checkpointId(7, 'url protect')).toBe('7/url protect');
});

test('a move changes what it names and keeps the rest', async () => {
  const first = await readCheckpoint(collections, 7, 'receipt');
  const second = await moveCheckpoint(collections, first, { filesDone: ['/a'], unsettled: true });
  const third = await moveCheckpoint(collections, second, { pageToken: 't', filesDone: [] });
  expect(third).toMatchObject({ version: 3, beginAt: BEGIN, pageToken: 't', filesDone: [], unsettled: true });
  expect(await readCheckpoint(collections, 7, 'receipt')).toEqual(third);
});

test('who read it before another moved it cannot move it back', async () => {
  const seen = await readCheckpoint(collections, 7, 'receipt');
  const moved = await moveCheckpoint(collections, seen, { pageToken: 'new' });
  const late = moveCheckpoint(collections, seen, { pageToken: 'old' });
  await expect(late).rejects.toBeInstanceOf(CheckpointMovedError);
  await expect(late).rejects.toThrow('The checkpoint 7/receipt was moved by another worker; this attempt aborts');
  expect(await readCheckpoint(collections, 7, 'receipt')).toEqual(moved);
});

test('of many who move it at once, one does', async () => {
  const seen = await readCheckpoint(collections, 7, 'receipt');
  const results = await Promise.allSettled(
    numbers(20).map((n) => moveCheckpoint(collections, seen, { pageToken: `token ${n}` })),
  );
  const winners = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  expect(winners).toHaveLength(1);
  for (const result of results)
    if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(CheckpointMovedError);
  expect(await readCheckpoint(collections, 7, 'receipt')).toEqual(winners[0]);
});

test('one that was removed in the meantime is not made again by a move', async () => {
  const seen = await readCheckpoint(collections, 7, 'receipt');
  await checkpoints.deleteOne({ _id: seen._id });
  await expect(moveCheckpoint(collections, seen, { pageToken: 't' })).rejects.toBeInstanceOf(CheckpointMovedError);
  expect(await checkpoints.countDocuments({ _id: seen._id })).toBe(0);
});
