import { randomBytes } from 'node:crypto';
import { type Db, MongoClient } from 'mongodb';
import { afterAll, inject } from 'vitest';
import './provided.js';

export interface TestDatabase {
  uri: string;
  name: string;
  client: MongoClient;
  db: Db;
}

/** A database of the calling test file's own, dropped after its tests. Call it outside of tests and hooks. */
export function testDatabase(): TestDatabase {
  const uri = inject('mongodbUri');
  const name = `test_${randomBytes(6).toString('hex')}`;
  const client = new MongoClient(uri);
  afterAll(async () => {
    await client.db(name).dropDatabase();
    await client.close();
  });
  return { uri, name, client, db: client.db(name) };
}
