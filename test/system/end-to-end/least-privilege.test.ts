/** The role of deploy/mongodb/ on a mongod that asks for a password: all that the programs do is allowed, and nothing else. */

import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Document, MongoClient, MongoServerError } from 'mongodb';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { STREAMS } from '../../../src/domain/streams/streams.js';
import { SearchService } from '../../../src/management/search/search-service.js';
import { projectRoot } from '../../../src/runtime/project-root.js';
import { collectionsOf } from '../../../src/store/collections.js';
import { type Database, openDatabase } from '../../../src/store/database.js';
import { endOfChanges, placeOfNow } from '../../../src/store/export-changes.js';
import { CheckpointMovedError, Writer } from '../../../src/store/writer.js';
import { apiServer } from '../../support/api-server.js';
import { startGuardedMongod } from '../../support/guarded-mongod.js';
import { raw } from '../../support/raw-collections.js';
import { simulatedSource } from '../../support/simulated-source.js';
import { temporalConnection } from '../../support/temporal-connection.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const ROLE: Document = JSON.parse(readFileSync(join(projectRoot(), 'deploy/mongodb/role.json'), 'utf8'));
const DATABASE = 'mimecast';
/** As MongoDB's error_codes.yml names it. */
const UNAUTHORIZED = 13;

const folder = temporaryFolder();
const { client } = temporalConnection();
const mongod = await startGuardedMongod(folder.path, (pwd) => [
  ROLE,
  ...['programs', 'others'].map((createUser) => ({ createUser, pwd, roles: [ROLE.createRole] })),
]);
const database = openDatabase({ uri: mongod.uriOf('programs'), name: DATABASE });
const collections = collectionsOf(database);
const { api } = apiServer({ collections, client: () => client });
afterAll(async () => {
  await database.close();
  await mongod.stop();
  folder.remove();
});

test('indexes are made, every stream is collected, and what is there is searched, followed and watched', async () => {
  await collections.ensureIndexes();
  await collections.ensureIndexes();
  const source = await simulatedSource(collections);
  await source.fault({ endpoint: 'file', match: { type: 'receipt' }, action: { malformedLine: 0 } });
  const following = new AbortController();
  const followed = new SearchService(collections).follow({}, { signal: following.signal });
  const first = followed.next();
  for (const stream of STREAMS) {
    expect(await source.collectAll(stream)).toMatchObject({ result: 'caughtUp' });
    const { totals } = await source.checkpoint(stream);
    expect(totals.stored).toBe(await raw(collections).records(stream).countDocuments());
  }
  expect((await first).done).toBe(false);
  following.abort();
  expect(await raw(collections).quarantine.countDocuments()).toBe(1);
  expect(await placeOfNow(collections)).toMatch(/^82/);
  expect(await endOfChanges(collections)).toBeDefined();
});

const range = { from: '2020-01-01T00:00:00Z', to: '2040-01-01T00:00:00Z' };

test.each<[string, string, object?]>([
  ['POST', 'v1/search', { query: 'subject:*' }],
  ['POST', 'v1/search', { query: 'nobody@example.com' }],
  ['POST', 'v1/search/histogram', { ...range, query: '' }],
  ['POST', 'v1/search/values', { field: 'subject' }],
  ['POST', 'v1/search/export', {}],
  ['POST', 'v1/iocSearch', { indicators: 'example.com' }],
  ['GET', 'v1/detections'],
  ['GET', 'v1/detections/counts'],
  ['GET', 'v1/sources/activity'],
  ['GET', 'v1/healthEvents'],
  ['GET', 'v1/auditTrail'],
  ['GET', 'v1/auditTrail/verification'],
  ['POST', 'v1/collectors', { collector: { collectorType: 'Hosted', name: 'made with few rights' } }],
  ['POST', 'v1/fields', { fieldName: 'few' }],
  ['POST', 'v1/watchlists', { name: 'few', indicators: 'evil.example.com' }],
  ['POST', 'v1/accessKeys', {}],
])('%s %s is answered', async (method, path, body) => {
  const { status, text } = await api(method, path, { body });
  expect({ status, text: status < 300 ? '' : text }).toEqual({ status: expect.any(Number), text: '' });
});

test('nothing else is allowed', async () => {
  const own = new MongoClient(mongod.uriOf('programs'));
  onTestFinished(() => own.close());
  const forbidden: Readonly<Record<string, () => Promise<unknown>>> = {
    'drop a collection': () => own.db(DATABASE).collection('sources').drop(),
    'drop the database': () => own.db(DATABASE).dropDatabase(),
    'rename a collection': () => own.db(DATABASE).collection('sources').rename('others'),
    'read another database': () => own.db('other').collection('x').findOne(),
    'write to another database': () => own.db('other').collection('x').insertOne({}),
    'read the passwords': () => own.db('admin').collection('system.users').findOne(),
    'read the oplog': () => own.db('local').collection('oplog.rs').findOne(),
    'make a user': () => own.db(DATABASE).command({ createUser: 'x', pwd: 'x', roles: [] }),
    'list the databases of others': async () => {
      const { databases } = await own.db().admin().listDatabases();
      if (databases.every(({ name }) => name === DATABASE)) throw new MongoServerError({ code: UNAUTHORIZED });
    },
  };
  for (const [what, attempt] of Object.entries(forbidden)) {
    const code = await attempt().then(
      () => 'allowed',
      (error: unknown) => (error instanceof MongoServerError ? error.code : error),
    );
    expect({ what, code }).toEqual({ what, code: UNAUTHORIZED });
  }
});

test('an attempt that was given up is fenced off by a worker of the same user, and of no other', async () => {
  const other = openDatabase({ uri: mongod.uriOf('others'), name: DATABASE });
  onTestFinished(() => other.close());
  const fencedBy = async (fencing: Database) => {
    const writer = Writer.open(collections, 'x');
    const insert = (by: Writer) =>
      by.write((session) => raw(by).counters.insertOne({ _id: randomUUID(), value: 1 }, { session }));
    await insert(writer);
    await insert(Writer.fenceFor(fencing, 'x', writer.id, 1));
    return insert(writer).then(
      () => false,
      (error: unknown) => error instanceof CheckpointMovedError,
    );
  };
  expect(await fencedBy(database)).toBe(true);
  // This is why the documentation asks for one user for all workers.
  expect(await fencedBy(other)).toBe(false);
});
