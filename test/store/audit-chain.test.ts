/** The chain of the audit trail: what is written holds together, and whatever is done to it later is found. */

import { Binary, ObjectId } from 'mongodb';
import { describe, expect, test } from 'vitest';
import { type ChainHead, digestOf, headOf, headText, linkAfter, NO_HEAD } from '../../src/store/audit-chain.js';
import { newestLink, notedHead } from '../../src/store/audit-chain-end.js';
import { type AuditDocument, beginAudit, noteRead } from '../../src/store/audit-trail.js';
import { verifyTrail } from '../../src/store/audit-verification.js';
import type { Collections } from '../../src/store/collections.js';
import { collectionsIn, databaseOf, raw, withMethods } from '../support/raw-collections.js';
import { testDatabase } from '../support/test-database.js';

const { db } = testDatabase();
const ofOthers = collectionsIn(db);

let made = 0;

/** A trail of its own: in one database there is one. */
function newTrail(): Collections {
  made += 1;
  return collectionsIn(databaseOf(ofOthers).client.db(`${db.databaseName}_${made}`));
}
const drop = (collections: Collections) => databaseOf(collections).dropDatabase();

async function withTrail<T>(work: (collections: Collections) => Promise<T>): Promise<T> {
  const collections = newTrail();
  try {
    return await work(collections);
  } finally {
    await drop(collections);
  }
}

/** Three changes, the second of them never completed, and a search. */
async function fill(collections: Collections): Promise<void> {
  const first = await beginAudit(collections, {
    actor: 'a',
    action: 'source.create',
    name: 'n',
    to: { b: 1, a: [1.5] },
  });
  await first({ outcome: 'done', sourceId: 7, to: { a: new Date(0) } });
  await beginAudit(collections, { actor: 'a', action: 'source.stop', sourceId: 7 });
  await noteRead(collections, { actor: 'b', action: 'search', to: { query: 'x' } });
  const last = await beginAudit(collections, { actor: 'a', action: 'source.delete', sourceId: 7 });
  await last({ outcome: 'failed', reason: 'why' });
}

test('what is written is intact, link by link', () =>
  withTrail(async (collections) => {
    expect(await verifyTrail(collections)).toEqual({
      ...{ isIntact: true, entries: 0, earlier: 0, head: NO_HEAD, breaks: [] },
    });
    await fill(collections);
    expect(await verifyTrail(collections)).toMatchObject({ isIntact: true, entries: 5, earlier: 0, head: { seq: 7 } });
    const entries = await raw(collections).auditTrail.find().sort({ 'links.seq': 1 }).toArray();
    expect(entries.map(({ links }) => links?.map(({ seq }) => seq))).toEqual([[1], [2, 3], [4], [5], [6, 7]]);
    expect(entries[1]).toMatchObject({ outcome: 'done', sourceId: 7, to: { a: new Date(0) } });
  }));

test('programs that write at the same time take one place after the other', () =>
  withTrail(async (collections) => {
    await Promise.all(
      Array.from({ length: 20 }, async (_, at) => {
        // Every other one is of another process, which knows nothing of what this one has written.
        const database = databaseOf(collections);
        const store = at % 2 === 0 ? collections : collectionsIn(database.client.db(database.databaseName));
        const complete = await beginAudit(store, { actor: `${at}`, action: 'x.y' });
        await complete({ outcome: 'done' });
      }),
    );
    expect(await verifyTrail(collections)).toMatchObject({ isIntact: true, entries: 21, head: { seq: 41 } });
  }));

test('a program that dies before it has noted where the chain ends breaks nothing', () =>
  withTrail(async (collections) => {
    await fill(collections);
    const updateOne = () => Promise.reject(new Error('died'));
    const dying = withMethods(collections, /^audit_chain$/, () => ({ updateOne }));
    await expect(noteRead(dying, { actor: 'a', action: 'x.y' })).rejects.toThrow('died');
    expect(await notedHead(collections)).toMatchObject({ seq: 7 });
    expect(await verifyTrail(collections)).toMatchObject({ isIntact: true, entries: 6, head: { seq: 8 } });
    await fill(collections);
    expect(await notedHead(collections)).toMatchObject({ seq: 14 });
    expect(await verifyTrail(collections)).toMatchObject({ isIntact: true, entries: 10, head: { seq: 14 } });
  }));

test('a note that cannot be stored takes no place in the chain', () =>
  withTrail(async (collections) => {
    await fill(collections);
    const insertOne = () => Promise.reject(new Error('away'));
    const failing = withMethods(collections, /^audit_trail$/, () => ({ insertOne }));
    await expect(noteRead(failing, { actor: 'a', action: 'x.y' })).rejects.toThrow('away');
    expect(await verifyTrail(collections)).toMatchObject({ isIntact: true, entries: 5, head: { seq: 7 } });
  }));

type Trail = ReturnType<typeof raw>['auditTrail'];
const bySeq = (seq: number) => ({ 'links.seq': seq });

/** The entry with all of its hashes made again, by somebody who knows how. */
async function forge(trail: Trail, seq: number, changes: Partial<AuditDocument>, before: ChainHead): Promise<void> {
  const found = await trail.findOne(bySeq(seq));
  if (found === null) throw new Error('there is no such entry');
  const { _id, links: _, ...content } = { ...found, ...changes };
  await trail.replaceOne({ _id }, { ...content, links: [linkAfter(before, _id, content)] });
}

const head = async (trail: Trail, seq: number): Promise<ChainHead> => {
  const found = (await trail.findOne(bySeq(seq)))?.links?.find((link) => link.seq === seq);
  if (found === undefined) throw new Error('there is no such link');
  return { seq, hash: found.hash };
};

describe('what is done to it later', () => {
  test.each<[string, (trail: Trail) => Promise<unknown>, RegExp[]]>([
    [
      'somebody else is said to have done it',
      (trail) => trail.updateOne(bySeq(3), { $set: { actor: 'b' } }),
      [/^Entry .* \(source\.create\) was changed\.$/],
    ],
    [
      'a detail is changed',
      (trail) => trail.updateOne(bySeq(5), { $set: { 'to.query': 'y' } }),
      [/^Entry .* \(search\) was changed\.$/],
    ],
    [
      'a detail is put in',
      (trail) => trail.updateOne(bySeq(4), { $set: { reason: 'an accident' } }),
      [/^Entry .* \(source\.stop\) was changed\.$/],
    ],
    [
      'an entry is taken out',
      (trail) => trail.deleteOne(bySeq(5)),
      [/^Link 6 \(entry .*\) follows link 4, not the one before it\.$/],
    ],
    [
      'the first change is taken out',
      (trail) => trail.deleteOne(bySeq(2)),
      [/^Link 4 \(entry .*\) follows link 1, not the one before it\.$/],
    ],
    [
      'the last entry is taken out',
      (trail) => trail.deleteOne(bySeq(7)),
      [/^The chain ends with link 5, but link 7 was written: entries are gone\.$/],
    ],
    [
      'a completion is taken back',
      (trail) => trail.updateOne(bySeq(7), { $set: { outcome: 'begun' }, $pop: { links: 1 }, $unset: { reason: '' } }),
      [/^The chain ends with link 6, but link 7 was written/],
    ],
    [
      'an entry is put in',
      (trail) =>
        trail.insertOne({ _id: new ObjectId(), at: new Date(), actor: 'a', action: 'key.create', outcome: 'done' }),
      [/^There are 1 entries without a link/],
    ],
    [
      'an entry is put in with a link that is taken',
      async (trail) => {
        await trail.dropIndex('links.seq_1');
        const entry = { at: new Date(), actor: 'a', action: 'key.create', outcome: 'done' } as const;
        const _id = new ObjectId();
        return trail.insertOne({ _id, ...entry, links: [linkAfter(await head(trail, 4), _id, entry)] });
      },
      [/^Link 5 \(entry .*\) follows link 5, not the one before it\.$/, /^Link 6 .* does not carry the hash/],
    ],
    [
      'an entry is written anew, with its hashes',
      async (trail) => forge(trail, 5, { actor: 'c' }, await head(trail, 4)),
      [/^Link 6 \(entry .*\) does not carry the hash of the link before it\.$/],
    ],
    [
      'the last entry is written anew, with its hashes',
      async (trail) => forge(trail, 7, { actor: 'c' }, await head(trail, 6)),
      [/^Link 7 \(entry .*\) is not the one that was written\.$/, /^Link 7 \(entry .*\) follows link 5/],
    ],
    [
      'a hash is changed',
      (trail) => trail.updateOne(bySeq(5), { $set: { 'links.0.hash': 'f'.repeat(64) } }),
      [/^Link 5 \(entry .*\) was changed\.$/, /^Link 6 \(entry .*\) does not carry the hash/],
    ],
    [
      'an entry is changed, and is given another link that is no place',
      (trail) =>
        trail.updateOne(bySeq(3), [{ $set: { actor: 'b', links: { $concatArrays: ['$links', [{ seq: -1 }]] } } }]),
      [/^Entry .* \(source\.create\) has links that were not written by this program\.$/],
    ],
    [
      'a change is taken back, and its links change places',
      (trail) => trail.updateOne(bySeq(3), [{ $set: { outcome: 'begun', links: { $reverseArray: '$links' } } }]),
      [/^Entry .* \(source\.create\) has links that were not written by this program\.$/],
    ],
    [
      'an entry is put in that says to be older than the chain',
      (trail) =>
        trail.insertOne({ _id: new ObjectId(), at: new Date(0), actor: 'a', action: 'key.create', outcome: 'done' }),
      [/^There are 1 entries without a link, and not the same 0 as when the chain began/],
    ],
    ['everything is removed', (trail) => trail.deleteMany({}), [/^The chain ends with link 0, but link 7 was written/]],
  ])('is found: %s', (_, meddle, breaks) =>
    withTrail(async (collections) => {
      await fill(collections);
      await meddle(raw(collections).auditTrail);
      const found = await verifyTrail(collections);
      expect(found.isIntact).toBe(false);
      expect(found.breaks).toEqual(breaks.map((each) => expect.stringMatching(each)));
    }),
  );

  test.each([-2, 0, 1.5, null, '7'])('is found: an entry is put in at the place %j', (seq) =>
    withTrail(async (collections) => {
      await fill(collections);
      const link = { seq, prev: '0'.repeat(64), digest: '0'.repeat(64), hash: '0'.repeat(64) };
      const entry = { at: new Date(0), actor: 'a', action: 'key.create', outcome: 'done', links: [link] };
      await databaseOf(collections).collection('audit_trail').insertOne(entry);
      const { breaks } = await verifyTrail(collections);
      expect(breaks).toContainEqual(expect.stringMatching(/\(key\.create\) has links that were not written by this/));
    }),
  );

  test('is found even where the whole chain was written anew, by a head that was kept elsewhere', () =>
    withTrail(async (collections) => {
      await fill(collections);
      const kept = await newestLink(collections);
      await drop(collections);
      const anew = collectionsIn(databaseOf(collections).client.db(databaseOf(collections).databaseName));
      await fill(anew);
      expect(await verifyTrail(anew)).toMatchObject({ isIntact: true, head: { seq: 7 } });
      const { breaks } = await verifyTrail(anew, { since: kept });
      expect(breaks).toEqual([`The chain does not go through link 7 with the hash ${kept.hash}.`]);
    }));
});

test('from a known head on, only what follows is checked', () =>
  withTrail(async (collections) => {
    await fill(collections);
    const kept = await newestLink(collections);
    await raw(collections).auditTrail.updateOne(bySeq(3), { $set: { actor: 'b' } });
    await fill(collections);
    expect(await verifyTrail(collections, { after: kept })).toMatchObject({
      isIntact: true,
      entries: 4,
      head: { seq: 13 },
    });
    await raw(collections).auditTrail.updateOne(bySeq(10), { $set: { actor: 'b' } });
    expect(await verifyTrail(collections, { after: kept })).toMatchObject({ isIntact: false, entries: 4 });
  }));

test('entries of versions without a chain are counted', () =>
  withTrail(async (collections) => {
    const at = new Date(Date.now() - 60_000);
    const earlier = { at, actor: 'a', action: 'x.y', outcome: 'done' } as const;
    await raw(collections).auditTrail.insertMany([1, 2].map(() => ({ _id: new ObjectId(), ...earlier })));
    await fill(collections);
    expect(await verifyTrail(collections)).toMatchObject({ isIntact: true, entries: 5, earlier: 2 });
    await raw(collections).auditTrail.updateOne({ links: { $exists: false } }, { $set: { actor: 'b' } });
    expect((await verifyTrail(collections)).breaks).toEqual([
      expect.stringContaining('There are 2 entries without a link, and not the same 2 as when the chain began'),
    ]);
  }));

test.each<[string, object, object, boolean]>([
  ['the order of keys', { a: 1, b: { c: 2, d: 3 } }, { b: { d: 3, c: 2 }, a: 1 }, true],
  ['what is undefined', { a: 1, b: undefined }, { a: 1 }, true],
  ['the order of a list', { a: [1, 2] }, { a: [2, 1] }, false],
  ['a number and its text', { a: 1 }, { a: '1' }, false],
  ['a time and its text', { a: new Date(0) }, { a: new Date(0).toISOString() }, false],
  ['nothing and null', { a: 1 }, { a: 1, b: null }, false],
  ['a list and the same as an object', { a: ['x'] }, { a: { 0: 'x' } }, false],
  ['an object and the list of its entries', { a: { b: 'c' } }, { a: [['b', 'c']] }, false],
  ['bytes', { a: new Binary(Buffer.from([1])) }, { a: new Binary(Buffer.from([2])) }, false],
])('a digest tells what differs: %s', (_, one, other, isSame) => {
  expect(digestOf(one) === digestOf(other)).toBe(isSame);
});

test.each([
  ['1:'.padEnd(66, 'a'), true],
  ['1:'.padEnd(66, 'A'), false],
  ['1:'.padEnd(65, 'a'), false],
  [`${headText(NO_HEAD)}\n`, false],
  ['', false],
])('whether %s is a head', (text, isHead) => {
  expect(headOf(text) !== undefined).toBe(isHead);
});
