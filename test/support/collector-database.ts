import { afterAll } from 'vitest';
import { type Collections, collectionsOf } from '../../src/store/collections.js';
import { openDatabase } from '../../src/store/database.js';
import { testDatabase } from './test-database.js';

/** The collections of the calling test file's own database, opened as a worker opens it. Call it outside of tests. */
export function collectorDatabase(): Collections {
  const { uri, name } = testDatabase();
  const database = openDatabase({ uri, name });
  afterAll(() => database.close());
  return collectionsOf(database);
}
