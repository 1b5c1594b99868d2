import { BSON, MongoClient } from 'mongodb';
import { beforeEach, describe, expect, test } from 'vitest';
import type { RecordDocument } from '../../src/domain/records/record.js';
import { decodeText } from '../../src/records/decode.js';
import { vendorRecordOf } from '../../src/records/document.js';
import { openDatabase } from '../../src/store/database.js';
import { insertAbsent, insertRecords } from '../../src/store/records.js';
import { collectionsIn, raw } from '../support/raw-collections.js';
import { numbers, recordOf } from '../support/store-fixtures.js';
import { testDatabase } from '../support/test-database.js';

const { db, uri, name } = testDatabase();

const collections = collectionsIn(db);
const collection = raw(collections).records('receipt');

beforeEach(async () => {
  await collection.drop();
});

describe.each([
  ['inserted at once', insertRecords],
  ['inserted unless they are there', insertAbsent],
])('records are %s', (_, insertInto) => {
  const insert = (documents: readonly RecordDocument[]) => insertInto(collections, 'receipt', documents);

  test('nothing', async () => {
    expect(await insert([])).toMatchObject({ stored: 0, duplicates: 0, refused: [] });
  });

  test('new records, then the same again, then some of each', async () => {
    const documents = numbers(6).map((n) => recordOf({ n }));
    expect(await insert(documents.slice(0, 4))).toMatchObject({
      stored: 4,
      duplicates: 0,
      refused: [],
    });
    expect(await insert(documents.slice(0, 4))).toMatchObject({
      stored: 0,
      duplicates: 4,
      refused: [],
    });
    expect(await insert(documents)).toMatchObject({ stored: 2, duplicates: 4, refused: [] });
    expect(await collection.countDocuments()).toBe(6);
  });

  test('the one that was first stays', async () => {
    const document = recordOf({ n: 1 });
    await insert([document]);
    await insert([{ ...document, _receiptTime: new Date(0) }]);
    expect(await collection.findOne()).toEqual(document);
  });

  test('twice in one batch', async () => {
    const batch = [recordOf({ n: 1 }), recordOf({ n: 1 }), recordOf({ n: 2 })];
    expect(await insert(batch)).toMatchObject({ stored: 2, duplicates: 1, refused: [] });
  });

  test('thousands at once, of which every third is there already', async () => {
    const documents = numbers(9_000).map((n) => recordOf({ n }));
    await insert(documents.filter((_, at) => at % 3 === 0));
    expect(await insert(documents)).toMatchObject({ stored: 6_000, duplicates: 3_000, refused: [] });
    expect(await collection.countDocuments()).toBe(9_000);
  });

  test('the same batch by two at the same time is stored once', async () => {
    const documents = numbers(2_000).map((n) => recordOf({ n }));
    const both = await Promise.all([insert(documents), insert(documents)]);
    expect(both.reduce((sum, { stored }) => sum + stored, 0)).toBe(2_000);
    expect(both.reduce((sum, { duplicates }) => sum + duplicates, 0)).toBe(2_000);
    expect(await collection.countDocuments()).toBe(2_000);
  });

  describe('what the server will never take is reported apart', () => {
    test('by a rule of the collection, among good ones and duplicates', async () => {
      await db.createCollection(collection.collectionName, { validator: { n: { $lt: 10 } } });
      const documents = [1, 50, 2, 51, 1].map((n) => recordOf({ n }));
      const { stored, duplicates, refused } = await insert(documents);
      expect([stored, duplicates]).toEqual([2, 1]);
      expect(refused.map(({ index }) => index).sort()).toEqual([1, 3]);
      for (const { reason } of refused) expect(reason).toMatch(/^MongoDB refuses it: Document failed validation/);
    });

    test('because it is too large, among good ones and duplicates', async () => {
      // The first is beyond what the driver has room for, the second only just beyond the limit.
      const large = 'x'.repeat(17 * 1024 * 1024);
      const larger = 'x'.repeat(16 * 1024 * 1024);
      const documents = [
        recordOf({ n: 1 }),
        recordOf({ large }),
        recordOf({ n: 2 }),
        recordOf({ n: 1 }),
        recordOf({ larger }),
      ];
      const { stored, duplicates, refused } = await insert(documents);
      expect([stored, duplicates]).toEqual([2, 1]);
      expect(refused).toEqual(
        [1, 4].map((index) => ({ index, reason: expect.stringMatching(/too large|larger than/) })),
      );
      expect(await collection.countDocuments()).toBe(2);
    });

    test('that the driver cannot make a document of', async () => {
      const odd = { ...recordOf({ n: 2 }), inner: { _bsontype: 'ObjectId' } };
      const { stored, refused } = await insert([recordOf({ n: 1 }), odd]);
      expect(stored).toBe(1);
      expect(refused).toEqual([{ index: 1, reason: expect.stringMatching(/driver refuses it/) }]);
    });

    test('with their places in the batch, whoever refuses them', async () => {
      await db.createCollection(collection.collectionName, { validator: { n: { $lt: 10 } } });
      const large = 'x'.repeat(17 * 1024 * 1024);
      const documents = [recordOf({ large, n: 1 }), recordOf({ n: 2 }), recordOf({ n: 50 }), recordOf({ n: 3 })];
      const { stored, refused } = await insert(documents);
      expect(stored).toBe(2);
      expect(refused.map(({ index }) => index).sort()).toEqual([0, 2]);
    });

    test('the largest that a document can be is stored', async () => {
      const large = 'x'.repeat(16 * 1024 * 1024 - 1_000);
      expect(await insert([recordOf({ large })])).toMatchObject({
        stored: 1,
        duplicates: 0,
        refused: [],
      });
    });
  });

  test('records as odd as they come are stored and read back unchanged', async () => {
    const deep = `{"a":${'['.repeat(98)}${']'.repeat(98)}}`;
    const texts = [
      '{"$set":1,"$where":"x","a.b":2,"":3,"a":{"$in":[1],"b.c":{"":null}}}',
      '{"__proto__":{"a":1},"constructor":{"prototype":2},"toString":3}',
      '{"_id":"own","_sourceId":5,"_vendor":{"_vendor":1},"x":{"_id":2}}',
      '{"n":[0,-0,1.5,1e300,2147483648,9007199254740991,-9007199254740991]}',
      '{"s":"ä😀\\u0000\\u2028","date":"2025-09-15T12:00:00Z","b":[true,false,null,[],{}]}',
      deep,
    ];
    const records = texts.map((text) => {
      const decoded = decodeText(text);
      if (!decoded.ok) throw new Error(`${text}: ${decoded.reason}`);
      return decoded.record;
    });
    const inserted = await insert(records.map((record) => recordOf(record)));
    expect(inserted).toMatchObject({ stored: texts.length, duplicates: 0, refused: [] });
    for (const record of records) {
      const stored = await collection.findOne({ _id: recordOf(record)._id });
      expect(JSON.stringify(vendorRecordOf(stored ?? {}))).toBe(JSON.stringify(reordered(record)));
    }
  });

  test('keys that MongoDB or its driver has a meaning for are stored as they came, byte for byte', async () => {
    const texts = [
      '{"$ref":"x","$id":"y"}',
      '{"$ref":1,"$id":null,"$db":[]}',
      '{"$id":1}',
      '{"$db":"d"}',
      '{"a":{"$ref":"c","$id":1,"$db":"d","more":2}}',
      '{"a":{"$ref":1}}',
      '{"a":[{"$id":{"$id":1}}]}',
      '{"a":{"$oid":"64b7f0c0c0c0c0c0c0c0c0c0"},"$date":1,"b":{"$numberLong":"1"},"$binary":{"base64":"","subType":"00"}}',
      '{"$set":{"$inc":{"a.b":1}},"a.$b.c":1,".":{"..":0},"$":1}',
      '{"n":9007199254740993,"d":0.12345678901234567890,"x":1e400}',
    ];
    const documents = texts.map((text) => {
      const decoded = decodeText(text);
      if (!decoded.ok) throw new Error(`${text}: ${decoded.reason}`);
      return recordOf(decoded.record);
    });
    const inserted = await insert(documents);
    expect(inserted).toMatchObject({ stored: texts.length, duplicates: 0, refused: [] });
    for (const document of documents) {
      const stored = await collection.findOne({ _id: document._id }, { raw: true });
      expect(Buffer.from(stored as unknown as Uint8Array).toString('hex')).toBe(
        Buffer.from(BSON.serialize(document)).toString('hex'),
      );
    }
  });

  /** Keys that collide with the metadata come last when a record is put together again. */
  function reordered(record: Readonly<Record<string, unknown>>): Record<string, unknown> {
    const { _id, _sourceId, _vendor, ...own } = record;
    const entries = Object.entries({ _id, _sourceId, _vendor }).filter(([, value]) => value !== undefined);
    return Object.fromEntries([...Object.entries(own), ...entries]);
  }

  test('error with the server is thrown, not counted', async () => {
    const closed = new MongoClient(uri);
    await closed.connect();
    await closed.close();
    const stopped = insertRecords(collectionsIn(closed.db(name)), 'receipt', [recordOf({ n: 1 })]);
    await expect(stopped).rejects.toThrow();
    const gone = openDatabase({ uri: 'mongodb://127.0.0.1:1', name, serverSelectionTimeoutMs: 100 });
    const unreachable = insertRecords(gone, 'receipt', [recordOf({ n: 1 })]);
    await expect(unreachable).rejects.toThrow(/ECONNREFUSED/);
    await gone.close();
  });
});
