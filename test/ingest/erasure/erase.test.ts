/** A person is erased from all that is stored, stays erased when everything is read again, and nobody else is. */

import type { Document } from 'mongodb';
import { expect, onTestFinished, test, vi } from 'vitest';
import { present } from '../../../src/domain/present.js';
import { definitionOf } from '../../../src/domain/streams/streams.js';
import { insertWithIndicators } from '../../../src/ingest/slice/insert-with-indicators.js';
import { Erasures } from '../../../src/management/erasure/erasures.js';
import { identityOfFile, identityOfId, identityOfStableId } from '../../../src/records/identity.js';
import { stableIdOf } from '../../../src/records/sealed-id.js';
import { noteRead } from '../../../src/store/audit-trail.js';
import { verifyTrail } from '../../../src/store/audit-verification.js';
import { QUARANTINE } from '../../../src/store/erased-records.js';
import { erasureOf } from '../../../src/store/erasures.js';
import { followInserts } from '../../../src/store/follow-inserts.js';
import { quarantine } from '../../../src/store/quarantine.js';
import { absentRecords } from '../../../src/store/records.js';
import { findAll, formsOf } from '../../support/byte-search.js';
import { collectorDatabase } from '../../support/collector-database.js';
import { AV, FileApi, gzipOf } from '../../support/file-api.js';
import { databaseOf, raw, withMethods } from '../../support/raw-collections.js';
import { auditId } from '../../support/sealed-ids.js';
import type { SimulatedSource } from '../../support/simulated-source.js';
import { recordOf } from '../../support/store-fixtures.js';
import { documentsOf } from '../../support/stored-bytes.js';
import { temporalConnection } from '../../support/temporal-connection.js';

const collections = collectorDatabase();
const { client } = temporalConnection();
// No worker: what it would run is run here.
const erasures = new Erasures({ collections, client });

const lineOf = (n: number, to: string) => `{${AV},"timestamp":"redacted","n":${n},"recipients":"${to}"}`;

interface Stored {
  readonly source: SimulatedSource;
  readonly address: string;
  readonly read: (
    kind: 'verify' | 'backfill',
  ) => Promise<{ readonly read: number; readonly missing: number; readonly restored: number }>;
}

let made = 0;

/** Six records, of which two name the person, a third one's neighbor only, and a line that is none. */
async function stored(): Promise<Stored> {
  made += 1;
  const address = `bob${made}@example.com`;
  const api = await FileApi.open();
  api.pages.set(undefined, { files: ['f1'], next: 'end', isCaughtUp: true });
  const lines = [
    ...[lineOf(1, address), lineOf(2, 'ann@example.com'), lineOf(3, `X <${address.toUpperCase()}>`)],
    ...[lineOf(4, `jim-${address}`), lineOf(5, `https://example.net/?u=${address.replace('@', '%40')}`)],
    ...[lineOf(6, 'eve@example.com'), `{"broken": "${address}"`],
  ];
  api.files.set('f1', gzipOf(...lines));
  const source = await api.source(collections);
  await source.collectAll('av');
  const read = async (kind: 'verify' | 'backfill') => {
    made += 1;
    const range = {
      ...{ kind, run: `run ${made}`, from: new Date(0).toISOString() },
      to: new Date(Date.now() + 60_000).toISOString(),
    };
    const { counts, done } = await source.run((activities, id) => activities.reread(id, 'av', range));
    expect(done).toBe(true);
    return counts;
  };
  return { source, address, read };
}

/** Holds up whoever waits until it is opened. */
function gate() {
  let open: () => void = () => undefined;
  const isOpen = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { isOpen, open: () => open() };
}

async function run({ source }: Stored, id: number): Promise<void> {
  const { isDone } = await source.run((activities) => activities.erase(id));
  expect(isDone).toBe(true);
}

const places = (address: string) =>
  findAll(documentsOf(databaseOf(collections)), { it: formsOf(address), shouted: formsOf(address.toUpperCase()) });
const countOf = ({ source }: Stored) => raw(collections).records('av').countDocuments({ _sourceId: source.id });

test('a preview counts and changes nothing; confirmed, all that names the person goes, and stays away', async () => {
  const one = await stored();
  const { source, address, read } = one;
  await noteRead(collections, { actor: 'a', action: 'search', to: { query: `recipients:${address}` } });
  expect(await countOf(one)).toBe(6);

  const { id } = await erasures.preview({ addresses: [address], reason: 'request 17' });
  await run(one, id);
  const preview = await erasures.get(id);
  expect(preview).toMatchObject({
    ...{ state: 'Previewed', addresses: 1, erased: {}, left: {} },
    found: { mimecast_av_logs_v2: 3, quarantine: 1, audit_trail: 1 },
  });
  expect(await countOf(one)).toBe(6);

  await erasures.confirm(id);
  await run(one, id);
  expect(await erasures.get(id)).toMatchObject({
    ...{ state: 'Completed', reason: 'request 17', left: {} },
    erased: { mimecast_av_logs_v2: 3, quarantine: 1, audit_trail: 1 },
    similar: { mimecast_av_logs_v2: 1 },
  });
  expect(await countOf(one)).toBe(3);
  // The neighbor's address has the person's in it.
  expect(await places(` ${address}`)).toEqual([]);
  expect(await places(`"${address}`)).toEqual([]);
  expect(await places(`<${address}`)).toEqual([]);
  expect(await places(`:${address}`)).toEqual([]);
  expect((await erasureOf(collections, id))?.addresses).toBeUndefined();
  expect(await verifyTrail(collections)).toMatchObject({ isIntact: true, breaks: [] });

  expect(await read('verify')).toMatchObject({ read: 6, missing: 0 });
  expect(await read('backfill')).toMatchObject({ read: 6, missing: 0, restored: 0 });
  expect(await countOf(one)).toBe(3);
  const { totals } = await source.checkpoint('av');
  expect(totals).toMatchObject({ stored: 3, quarantined: 1 });
});

test('a collection that begins anew takes what was erased for known', async () => {
  const one = await stored();
  const { id } = await erasures.preview({ addresses: [one.address], reason: 'request 18' });
  await run(one, id);
  await erasures.confirm(id);
  await run(one, id);
  await raw(collections).checkpoints.updateOne(
    { _id: `${one.source.id}/av` },
    { $set: { filesDone: [] }, $unset: { pageToken: true } },
  );
  await one.source.collectAll('av');
  expect(await countOf(one)).toBe(3);
  expect((await one.source.checkpoint('av')).totals).toMatchObject({ stored: 3, quarantined: 1 });
});

test('what is stored while it is being erased goes, too', async () => {
  const one = await stored();
  const { id } = await erasures.preview({ addresses: [one.address], reason: 'request 19' });
  await run(one, id);
  await erasures.confirm(id);
  const before = await raw(collections).records('av').find({ _sourceId: one.source.id }).toArray();
  await raw(collections).records('av').deleteMany({ _sourceId: one.source.id });
  // An attempt has asked what was erased, is held up, and stores it once all of that is over.
  const asked = gate();
  const erased = gate();
  const held = withMethods(collections, /^mimecast_av/, (records) => ({
    insertMany: async (...args: Parameters<typeof records.insertMany>) => {
      asked.open();
      await erased.isOpen;
      return records.insertMany(...args);
    },
  }));
  const inserting = insertWithIndicators({ collections: held, writer: held }, 'av', before);
  await asked.isOpen;
  await raw(collections).records('av').insertMany(before);
  await run(one, id);
  expect(await countOf(one)).toBe(3);
  erased.open();
  expect(await inserting).toMatchObject({ stored: 0, duplicates: 6 });
  expect(await countOf(one)).toBe(3);
});

test('what came after it was confirmed is not meant, and told', async () => {
  const one = await stored();
  const { id } = await erasures.preview({ addresses: [one.address], reason: 'request 23' });
  await run(one, id);
  await erasures.confirm(id);
  const later = { $set: { _receiptTime: new Date(Date.now() + 60_000) } };
  await raw(collections).records('av').updateOne({ _sourceId: one.source.id, n: 1 }, later);
  await run(one, id);
  expect(await erasures.get(id)).toMatchObject({
    ...{ state: 'Completed', left: {}, later: { mimecast_av_logs_v2: 1 } },
    erased: { mimecast_av_logs_v2: 2 },
  });
  expect(await countOf(one)).toBe(4);
});

test('what was erased is not even stored for a moment when it is read again', async () => {
  const one = await stored();
  const before = await raw(collections).records('av').find({ _sourceId: one.source.id }).toArray();
  const { id } = await erasures.preview({ addresses: [one.address], reason: 'request 24' });
  await run(one, id);
  await erasures.confirm(id);
  await run(one, id);
  let sent = 0;
  const watched = withMethods(collections, /^mimecast_av/, (records) => ({
    insertMany: (...[documents, options]: Parameters<typeof records.insertMany>) => {
      sent += documents.length;
      return records.insertMany(documents, options);
    },
  }));
  const inserted = await insertWithIndicators({ collections: watched, writer: watched }, 'av', before);
  expect([sent, inserted.stored, inserted.duplicates]).toEqual([3, 0, 6]);
});

test('whoever follows from before is not told of what was erased', async () => {
  const none = { 'ns.coll': /^mimecast_av/ };
  const idOf = ({ document }: { readonly document: Document }) => String(document['_id'].toString('hex'));
  let token: string | undefined;
  for await (const followed of followInserts(collections, none, idOf, {})) {
    token = followed.token;
    break;
  }
  const one = await stored();
  const { id } = await erasures.preview({ addresses: [one.address], reason: 'request 25' });
  await run(one, id);
  await erasures.confirm(id);
  await run(one, id);
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 60_000 });
  onTestFinished(() => void vi.useRealTimers());
  const told: string[] = [];
  for await (const { item } of followInserts(collections, none, idOf, present({ token }))) {
    if (item !== undefined) told.push(item);
    if (told.length === 3) break;
  }
  const left = await raw(collections).records('av').find({ _sourceId: one.source.id }).toArray();
  expect(told.toSorted()).toEqual(left.map(({ _id }) => _id.toString('hex')).toSorted());
});

test('of a file that is kept as a whole only the lines of the person go', async () => {
  const { source, address } = await stored();
  const entry = identityOfFile(source.id, 'av', 'a file');
  const text = `to ann@example.com\nto ${address}\nto eve@example.com\n`;
  const bad = { id: entry, reason: 'cannot be read', place: 'a file', text, size: text.length };
  await quarantine(collections, source.id, 'av', [bad]);
  const { id } = await erasures.preview({ addresses: [address], reason: 'request 20' });
  const all = { source, address, read: () => Promise.reject(new Error('not here')) };
  await run(all, id);
  await erasures.confirm(id);
  await run(all, id);
  const [kept] = await databaseOf(collections).collection(QUARANTINE).find({ place: 'a file' }).toArray();
  expect(kept?.['text']).toBe('to ann@example.com\nto eve@example.com\n');
});

test('one that an earlier version stored under another identity is known under that of today', async () => {
  const one = await stored();
  const { id: sourceId } = one.source;
  const id = auditId(4711, 'x');
  const time = new Date('2026-11-01T00:00:00Z');
  const document = { _id: identityOfId(sourceId, 'audit', id), _sourceId: sourceId, _messageTime: time, id };
  await raw(collections)
    .records('audit')
    .insertOne({ ...recordOf({ user: one.address }, sourceId, 'audit'), ...document });
  const { id: erasure } = await erasures.preview({ addresses: [one.address], reason: 'request 26' });
  await run(one, erasure);
  await erasures.confirm(erasure);
  await run(one, erasure);
  const { identity } = definitionOf('audit');
  const stableId = identity.by === 'content' ? undefined : stableIdOf(identity, auditId(4711, 'y'), time);
  const today = identityOfStableId(sourceId, 'audit', String(stableId));
  expect(await absentRecords(collections, 'audit', [today])).toEqual(new Set());
  expect(await erasures.get(erasure)).toMatchObject({ erased: { mimecast_audit_events: 1 } });
});

test('what somebody has entered is named, and stays', async () => {
  const one = await stored();
  await raw(collections).fields.insertOne({ _id: 'f', key: `k ${one.address}` } as never);
  const { id } = await erasures.preview({ addresses: [one.address], reason: 'request 21' });
  await run(one, id);
  expect(await erasures.get(id)).toMatchObject({ left: { fields: 1 } });
  await erasures.confirm(id);
  await run(one, id);
  expect(await erasures.get(id)).toMatchObject({ state: 'Completed', left: { fields: 1 } });
  await raw(collections).fields.deleteOne({ _id: 'f' } as never);
});

test.each([
  [{ addresses: ['nobody'], reason: 'x' }, /"nobody" is no e-mail address/],
  [{ addresses: [], reason: ' ' }, /at least one[\s\S]*reason: say why/],
  [{ addresses: ['a@example.com'], reason: 'a@example.com wants it' }, /must not name the person/],
])('%j is refused', async (wish, message) => {
  await expect(erasures.preview(wish)).rejects.toThrow(message);
});

test('one that was canceled, is counting, or is over cannot be confirmed or canceled', async () => {
  const one = await stored();
  const { id } = await erasures.preview({ addresses: [one.address], reason: 'request 22' });
  await expect(erasures.confirm(id)).rejects.toThrow('still counting');
  await erasures.cancel(id);
  await expect(erasures.confirm(id)).rejects.toThrow('was canceled');
  expect((await erasureOf(collections, id))?.addresses).toBeUndefined();
  await run(one, id);
  await expect(erasures.get(id + 1_000)).rejects.toThrow('There is no erasure');
});
