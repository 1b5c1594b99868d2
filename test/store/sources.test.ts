import { beforeAll, describe, expect, test } from 'vitest';
import { ensureCheckpoints } from '../../src/store/checkpoints.js';
import { saveRuleMatches } from '../../src/store/rule-matches.js';
import { createSource, markStopped, NameTakenError, removeSource, updateSource } from '../../src/store/sources.js';
import { ensureCollector } from '../support/ensure-collector.js';
import { collectionsIn, raw } from '../support/raw-collections.js';
import { numbers, recordOf } from '../support/store-fixtures.js';
import { testDatabase } from '../support/test-database.js';

const { db } = testDatabase();
const collections = collectionsIn(db);
const { sources, collectors, checkpoints } = raw(collections);
const CONFIG = { name: 'x', clientSecret: 'hush' };

beforeAll(() => collections.ensureIndexes());

describe('collectors', () => {
  test('have an id each, and one id per name', async () => {
    const first = await ensureCollector(collections, 'one');
    expect(await ensureCollector(collections, 'two')).not.toBe(first);
    expect(await ensureCollector(collections, 'one')).toBe(first);
  });

  test('asked for by many at once are made once', async () => {
    const ids = await Promise.all(numbers(30).map(() => ensureCollector(collections, 'busy')));
    expect(new Set(ids).size).toBe(1);
    expect(await collectors.countDocuments({ name: 'busy' })).toBe(1);
  });
});

describe('creating sources', () => {
  test('stores the configuration as its first version', async () => {
    const source = await createSource(collections, 1, 'created', CONFIG);
    expect(source).toMatchObject({ collectorId: 1, name: 'created', config: CONFIG, version: 1 });
    expect(await sources.findOne({ _id: source._id })).toEqual(source);
    expect(source).not.toHaveProperty('stoppedAt');
  });

  test('many at once have ids of their own', async () => {
    const made = await Promise.all(numbers(30).map((n) => createSource(collections, 1, `many ${n}`, CONFIG)));
    expect(new Set(made.map(({ _id }) => _id)).size).toBe(30);
    for (const { _id } of made) expect(Number.isInteger(_id)).toBe(true);
  });

  test('of one name at once: one gets it', async () => {
    const results = await Promise.allSettled(numbers(20).map(() => createSource(collections, 1, 'wanted', CONFIG)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results)
      if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(NameTakenError);
    expect(await sources.countDocuments({ name: 'wanted' })).toBe(1);
  });

  test('a name is taken on its collector only', async () => {
    await createSource(collections, 1, 'shared', CONFIG);
    expect((await createSource(collections, 2, 'shared', CONFIG)).collectorId).toBe(2);
    await expect(createSource(collections, 2, 'shared', CONFIG)).rejects.toThrow(
      'A source named "shared" already exists on this collector',
    );
  });
});

describe('updating a source', () => {
  test('counts the version, and keeps what an update is not about', async () => {
    const source = await createSource(collections, 1, 'before', CONFIG);
    const updated = await updateSource(collections, source._id, 'after', { name: 'y' });
    expect(updated).toEqual({
      ...source,
      name: 'after',
      config: { name: 'y' },
      version: 2,
      updatedAt: expect.any(Date),
    });
    expect((await updateSource(collections, source._id, 'after', CONFIG))?.version).toBe(3);
  });

  test('one that is not there', async () => {
    expect(await updateSource(collections, 999_999, 'nobody', CONFIG)).toBeNull();
  });

  test('to a name that is taken changes nothing', async () => {
    await createSource(collections, 1, 'taken', CONFIG);
    const source = await createSource(collections, 1, 'free', CONFIG);
    await expect(updateSource(collections, source._id, 'taken', { name: 'z' })).rejects.toBeInstanceOf(NameTakenError);
    expect(await sources.findOne({ _id: source._id })).toEqual(source);
  });

  test('by many at once counts each of them', async () => {
    const { _id } = await createSource(collections, 1, 'contended', CONFIG);
    await Promise.all(numbers(10).map((n) => updateSource(collections, _id, 'contended', { n })));
    expect((await sources.findOne({ _id }))?.version).toBe(11);
  });
});

test('a source is noted as stopped, and as meant to run again', async () => {
  const { _id } = await createSource(collections, 1, 'stopped', CONFIG);
  await markStopped(collections, _id, true);
  expect((await sources.findOne({ _id }))?.stoppedAt).toBeInstanceOf(Date);
  await markStopped(collections, _id, false);
  expect(await sources.findOne({ _id })).not.toHaveProperty('stoppedAt');
});

test('removing a source takes its secret and its checkpoints, and no record', async () => {
  const { _id } = await createSource(collections, 1, 'removed', CONFIG);
  await ensureCheckpoints(collections, _id, ['dlp'], new Date());
  await ensureCheckpoints(collections, _id + 1_000, ['dlp'], new Date());
  await raw(collections)
    .records('dlp')
    .insertOne(recordOf({ n: 1 }, _id, 'dlp'));
  const rule = { name: 'r', filterType: 'Mask', regexp: '(x)' };
  await saveRuleMatches(collections, _id, [{ rule, records: 1 }], new Date());
  await removeSource(collections, _id);
  await removeSource(collections, _id);
  expect(await raw(collections).ruleMatches.countDocuments({ sourceId: _id })).toBe(0);
  expect(await sources.countDocuments({ _id })).toBe(0);
  expect(await checkpoints.distinct('sourceId')).toEqual([_id + 1_000]);
  expect(await raw(collections).records('dlp').countDocuments({ _sourceId: _id })).toBe(1);
  expect((await createSource(collections, 1, 'removed', CONFIG))._id).toBeGreaterThan(_id);
});
