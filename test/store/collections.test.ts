import { expect, test } from 'vitest';
import { STREAMS } from '../../src/domain/streams/streams.js';
import { openDatabase } from '../../src/store/database.js';
import { collectionsIn, databaseOf, raw } from '../support/raw-collections.js';
import { numbers } from '../support/store-fixtures.js';
import { testDatabase } from '../support/test-database.js';

const { db, client, uri, name } = testDatabase();

const RECORD_COLLECTIONS = ['receipt', 'process', 'delivery', 'journal', 'av', 'spam', 'internal_email_protect']
  .concat(['impersonation_protect', 'url_protect', 'attachment_protect'])
  .map((type) => `mimecast_${type}_logs_v2`)
  .concat(['mimecast_audit_events', 'mimecast_dlp_logs', 'mimecast_held_messages', 'mimecast_ttp_url_logs']);

const RECORD_INDEXES = ['_id', '_messageTime,_id', '_sourceId,_messageTime,_id', '_indicators,_messageTime,_id'];
/** By time, of the records only that have the field. */
const newestWith = (field: string) => [`_messageTime,_id,${field}`, `_sourceId,_messageTime,_id,${field}`];

/** By which detections are found, beside those that all have. */
const OF_DETECTIONS: Readonly<Record<string, readonly string[]>> = {
  receipt_logs_v2: [...newestWith('virusFound'), ...newestWith('rejectionType')],
  impersonation_protect_logs_v2: newestWith('taggedMalicious'),
  url_protect_logs_v2: ['action,_messageTime,_id', '_sourceId,action,_messageTime,_id'],
  held_messages: ['_sourceId,_queue.leftAt'],
  ttp_url_logs: [...newestWith('scanResult'), 'action,_messageTime,_id'],
};

const INDEXES: Readonly<Record<string, readonly string[]>> = {
  collectors: ['_id', 'name unique'],
  sources: ['_id', 'collectorId,name unique'],
  sessions: ['_id', 'expiresAt', 'accessId'],
  sign_ins: ['_id', 'expiresAt'],
  checkpoints: ['_id', 'sourceId'],
  fields: ['_id', 'key unique'],
  quarantine: ['_id', 'sourceId,at'],
  gaps: ['_id', 'sourceId,from'],
  rule_matches: ['_id', 'sourceId'],
  leases: ['_id', 'until'],
  audit_trail: ['_id', 'at', 'sourceId,at', 'collectorId,at'],
  erased_records: ['_id', 'erasure,from'],
  erasures: ['_id', 'state'],
  missing_records: ['_id', 'run,stream,place', 'sourceId,kind,stream'],
  export_cuts: ['_id', 'sourceId,seq', 'sourceId,early'],
  objects: ['_id', 'sourceId,stream,lastModified', 'sourceId,stream,at'],
  queue_messages: ['_id', 'sourceId,scope,pending.stream,receivedAt', 'receivedAt'],
  folded_objects: ['_id', 'sourceId,stream,first,last', 'sourceId,stream,seenAt'],
  past_exports: ['_id', 'sourceId,_id', 'sourceId unique'],
  past_export_parts: ['_id', 'sourceId,destination,stream,first'],
  health_events: ['_id', 'sourceId,eventTime', 'resolvedAt,eventTime', 'news'],
  connections: ['_id', 'name unique'],
  notifications: [
    '_id',
    'connectionId,keys unique',
    'connectionId,isGathering unique',
    'state,nextAt',
    'isOpen,state',
    'expiresAt',
  ],
  watchlists: ['_id', 'name unique'],
  watchlist_hits: [
    '_id',
    'watchlistId,foundAt,_id',
    'foundAt,_id',
    'sourceId,foundAt,_id',
    'watchlistId,indicator,isPast,foundAt',
    'isPending,watchlistId,foundAt',
  ],
  ...Object.fromEntries(RECORD_COLLECTIONS.map((collection) => [collection, RECORD_INDEXES])),
  ...Object.fromEntries(
    Object.entries(OF_DETECTIONS).map(([type, keys]) => [`mimecast_${type}`, [...RECORD_INDEXES, ...keys]]),
  ),
};

async function indexesOf(database: typeof db): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  for (const { name: collection } of await database.listCollections().toArray()) {
    const indexes = await database.collection(collection).indexes();
    found[collection] = indexes.map(({ key, unique }) => `${Object.keys(key)}${unique === true ? ' unique' : ''}`);
  }
  return found;
}

test('each stream has its collection', () => {
  const { records } = raw(collectionsIn(db));
  expect(STREAMS.map((stream) => records(stream).collectionName)).toEqual(RECORD_COLLECTIONS);
});

test('nothing of the driver shows', () => {
  const collections = collectionsIn(db);
  expect(Object.keys(collections).sort()).toEqual(['ensureIndexes', 'givenName', 'installation', 'observer']);
  // @ts-expect-error: what is read and written, the functions of the store say.
  expect(collections.sources).toBeUndefined();
});

test('indexes are made, and made again without harm', async () => {
  const { ensureIndexes } = collectionsIn(db);
  await ensureIndexes();
  expect(await indexesOf(db)).toEqual(INDEXES);
  await ensureIndexes();
  expect(await indexesOf(db)).toEqual(INDEXES);
});

test('the index of an earlier version is removed once there is a better one', async () => {
  await db.collection('mimecast_audit_events').createIndex({ _sourceId: 1, _messageTime: -1 });
  await Promise.all(numbers(3).map(() => collectionsIn(db).ensureIndexes()));
  expect(await indexesOf(db)).toEqual(INDEXES);
});

test('many who make them at once in an empty database all succeed', async () => {
  const fresh = client.db(`${name}_fresh`);
  try {
    await Promise.all(numbers(8).map(() => collectionsIn(fresh).ensureIndexes()));
    expect(await indexesOf(fresh)).toEqual(INDEXES);
  } finally {
    await fresh.dropDatabase();
  }
});

test('writes are acknowledged by the majority and reads see only such writes', async () => {
  const database = openDatabase({ uri, name });
  try {
    expect(databaseOf(database).writeConcern?.w).toBe('majority');
    expect(databaseOf(database).readConcern?.level).toBe('majority');
    expect(databaseOf(database).databaseName).toBe(name);
    await databaseOf(database).collection('things').insertOne({ a: 1, b: undefined });
    expect(
      await databaseOf(database)
        .collection('things')
        .findOne({}, { projection: { _id: 0 } }),
    ).toEqual({ a: 1 });
  } finally {
    await database.close();
  }
});
