/** What is folded tells exactly what was read, and in which version. */

import { expect, test } from 'vitest';
import { addFolded, countFolded, foldedAmong } from '../../src/store/folded-objects.js';
import { type ObjectDocument, objectId } from '../../src/store/objects.js';
import { collectionsIn, raw } from '../support/raw-collections.js';
import { testDatabase } from '../support/test-database.js';

const collections = collectionsIn(testDatabase().db);

function noteOf(scope: { sourceId: number; bucketName: string }, key: string): ObjectDocument {
  return {
    ...{ _id: objectId({ ...scope, stream: 'receipt' }, key), sourceId: scope.sourceId, stream: 'receipt', key },
    ...{ etag: `"${key}"`, size: key.length, lastModified: new Date(1_780_000_000_000), records: 1 },
    ...{ state: 'read', at: new Date() },
  };
}

const inBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

async function fold(scope: { sourceId: number; bucketName: string }, keys: readonly string[]) {
  const notes = keys.toSorted(inBytes).map((key) => noteOf(scope, key));
  const id = await addFolded(collections, { ...scope, stream: 'receipt' }, notes);
  return { id, notes };
}

test('of many objects in several documents, exactly those are known that were read, in the version that was', async () => {
  const scope = { sourceId: 1, stream: 'receipt', bucketName: 'aws logs' } as const;
  const keysOf = (day: number) => Array.from({ length: 5_000 }, (_, at) => `receipt/2026/06/0${day}/${at * 7}`);
  // An astral sign comes after the others in the order of bytes, and before them in that of JavaScript.
  const strange = ['receipt/2026/06/03/\u{1f600}', 'receipt/2026/06/03/\ufb01', 'receipt/2026/06/03/a b+%2F', 'z'];
  const days = [keysOf(1), keysOf(2), strange];
  const all: ObjectDocument[] = [];
  for (const keys of days) {
    const { id, notes } = await fold(scope, keys);
    expect(await foldedAmong(collections, scope, notes)).toEqual(new Set());
    expect(await countFolded(collections, id)).toBe(true);
    all.push(...notes);
  }
  const others = Array.from({ length: 500 }, (_, at) => noteOf(scope, `receipt/2026/06/01/${at * 7 + 1}`));
  expect(await foldedAmong(collections, scope, [...all, ...others])).toEqual(new Set(days.flat()));
  for (const note of all.filter((_, at) => at % 1_000 === 0 || strange.includes(all[at]?.key ?? ''))) {
    expect(await foldedAmong(collections, scope, [note])).toEqual(new Set([note.key]));
  }
  const changed = all.slice(0, 50).flatMap((note) => [
    { ...note, etag: '"another"' },
    { ...note, size: note.size + 1 },
    { ...note, lastModified: new Date(1_780_000_001_000) },
  ]);
  for (const version of changed) expect(await foldedAmong(collections, scope, [version])).toEqual(new Set());
  for (const other of [{ bucketName: 'aws other' }, { sourceId: 2 }, { stream: 'av' as const }]) {
    expect(await foldedAmong(collections, { ...scope, ...other }, all)).toEqual(new Set());
  }
});

test('sixteen bytes are kept of each object', async () => {
  const { id } = await fold({ sourceId: 3, bucketName: 'aws logs' }, ['a', 'b', 'c']);
  const kept = await raw(collections).folded.findOne({ _id: id });
  expect(kept).toMatchObject({ first: 'a', last: 'c', count: 3, isPending: true });
  expect(kept?.digests.length()).toBe(48);
});
