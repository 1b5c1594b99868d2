import { expect, test } from 'vitest';
import { isInstallationId } from '../../src/domain/contract/installation.js';
import { InstallationNameError } from '../../src/store/installation-identity.js';
import { createSource, markStopped } from '../../src/store/sources.js';
import { ensureCollector } from '../support/ensure-collector.js';
import { collectionsIn, raw } from '../support/raw-collections.js';
import { numbers } from '../support/store-fixtures.js';
import { testDatabase } from '../support/test-database.js';

const [shared, named] = [testDatabase(), testDatabase()];

test('programs that come first together make one identity, and later ones read it', async () => {
  const ids = await Promise.all(numbers(30).map(async () => (await collectionsIn(shared.db).installation()).id));
  expect(new Set(ids).size).toBe(1);
  expect(isInstallationId(ids[0])).toBe(true);
  expect(await collectionsIn(shared.db).installation()).toEqual({ id: ids[0] });
  expect(await raw(collectionsIn(shared.db)).installations.countDocuments()).toBe(1);
});

test('a name is taken while no source works under another, and is kept for programs that are given none', async () => {
  const given = (name?: string) => collectionsIn(named.db, name).installation();
  const { id } = await given();
  expect(await given('north')).toEqual({ id, name: 'north' });
  expect(await given()).toEqual({ id, name: 'north' });

  const collections = collectionsIn(named.db);
  const { _id } = await createSource(collections, await ensureCollector(collections, 'lab'), 'mail', {});
  // No workflow has worked for it so far.
  expect(await given('south')).toEqual({ id, name: 'south' });
  await raw(collections).sources.updateOne({ _id }, { $set: { seenVersion: 1 } });
  const wrong = collectionsIn(named.db, 'north');
  await expect(wrong.installation()).rejects.toThrow(InstallationNameError);
  await expect(wrong.installation()).rejects.toThrow('is named "south"');

  await markStopped(collections, _id, true);
  expect(await wrong.installation()).toEqual({ id, name: 'north' });
});
