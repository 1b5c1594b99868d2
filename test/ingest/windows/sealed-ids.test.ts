/** Records whose id has parts that change from one listing to the next. */

import { Binary } from 'mongodb';
import { describe, expect, test } from 'vitest';
import { identityOfId } from '../../../src/records/identity.js';
import type { QueueTimes } from '../../../src/store/held-messages.js';
import { collectorDatabase } from '../../support/collector-database.js';
import { raw } from '../../support/raw-collections.js';
import { type RecordServer, recordServer } from '../../support/record-server.js';
import { auditId, heldId } from '../../support/sealed-ids.js';
import { type SimulatedSource, simulatedSource } from '../../support/simulated-source.js';

const collections = collectorDatabase();
const MINUTE = 60_000;
const TIME = Math.floor((Date.now() - 2 * MINUTE) / 1_000) * 1_000;
const ID_OF = { hold: heldId, audit: auditId } as const;
type IdStream = keyof typeof ID_OF;

/** Each listing is told by the other of two nodes. */
function rows(stream: IdStream, node: string, count = 3) {
  return Array.from({ length: count }, (_, n) => ({
    n,
    id: ID_OF[stream](n, node),
    subject: 's',
    user: 'u',
    time: TIME,
  }));
}

async function sourceAt(
  stream: IdStream,
  config: object = {},
): Promise<{ server: RecordServer; source: SimulatedSource }> {
  const server = await recordServer(rows(stream, 'node11'));
  return { server, source: await simulatedSource(collections, { config: { baseUrl: server.url, ...config } }) };
}

const storedOf = ({ id }: SimulatedSource, stream: IdStream) =>
  raw(collections).records(stream).find({ _sourceId: id }).sort({ n: 1, _id: 1 }).toArray();

/** Makes what is stored look as an earlier version has stored it. */
async function asBefore(source: SimulatedSource, stream: IdStream): Promise<void> {
  const documents = await storedOf(source, stream);
  await raw(collections).records(stream).deleteMany({ _sourceId: source.id });
  const idOf = (n: unknown) => ID_OF[stream](Number(n), 'node11');
  await raw(collections)
    .records(stream)
    .insertMany(documents.map((document) => ({ ...document, _id: identityOfId(source.id, stream, idOf(document.n)) })));
}

async function left(source: SimulatedSource): Promise<unknown[]> {
  const documents = await storedOf(source, 'hold');
  return documents.filter(({ _queue }) => (_queue as QueueTimes).leftAt !== undefined).map(({ n }) => n);
}

describe.each<IdStream>(['hold', 'audit'])('%s', (stream) => {
  test('a record is stored once, whichever node lists it', async () => {
    const { server, source } = await sourceAt(stream);
    for (const node of ['node11', 'node13', 'node11', 'node13']) {
      server.rows = rows(stream, node);
      await source.collectAll(stream);
    }
    const stored = await storedOf(source, stream);
    expect(stored.map(({ n, id }) => [n, id])).toEqual(rows(stream, 'node11').map(({ n, id }) => [n, id]));
    expect((await source.checkpoint(stream)).totals.stored).toBe(3);
  });

  test.each(['node11', 'node13'])('records of an earlier version are known again, reported by %s', async (node) => {
    const { server, source } = await sourceAt(stream);
    await source.collectAll(stream);
    await asBefore(source, stream);
    const before = await storedOf(source, stream);
    server.rows = rows(stream, node, 4);
    expect((await source.collectAll(stream)).counts.stored).toBe(1);
    const stored = await storedOf(source, stream);
    expect(stored.map(({ n }) => n)).toEqual([0, 1, 2, 3]);
    expect(stored.slice(0, 3).map(({ _id }) => _id)).toEqual(before.map(({ _id }) => _id));
    const range = {
      run: `${stream} ${node}`,
      from: new Date(TIME - MINUTE).toISOString(),
      to: new Date().toISOString(),
    };
    for (const kind of ['verify', 'backfill'] as const) {
      const outcome = await source.run(({ reread }, id) => reread(id, stream, { kind, ...range }));
      expect(outcome.counts).toMatchObject({ read: 4, missing: 0, restored: 0 });
    }
    expect(await storedOf(source, stream)).toHaveLength(4);
  });

  test('a record of an earlier version is known by its whole id where a rule hides that', async () => {
    const filters = [{ filterType: 'Mask', name: 'ids', regexp: '"id":"([^"]*)"' }];
    const { source } = await sourceAt(stream, { filters });
    await source.collectAll(stream);
    await asBefore(source, stream);
    await source.collectAll(stream);
    expect(await storedOf(source, stream)).toHaveLength(3);
  });
});

test('a held message stays held whichever node lists it, also when an earlier version stored it', async () => {
  const { server, source } = await sourceAt('hold');
  await source.collectAll('hold');
  await asBefore(source, 'hold');
  for (const node of ['node13', 'node11', 'node13']) {
    server.rows = rows('hold', node);
    await source.collectAll('hold');
    expect(await left(source)).toEqual([]);
  }
  server.rows = rows('hold', 'node11').slice(1);
  await source.collectAll('hold');
  expect(await left(source)).toEqual([0]);
  server.rows = rows('hold', 'node13');
  await source.collectAll('hold');
  expect(await left(source)).toEqual([]);
});

test('of two copies that an earlier version has stored, one stays held and the other leaves', async () => {
  const { server, source } = await sourceAt('hold');
  await source.collectAll('hold');
  await asBefore(source, 'hold');
  const [first] = await storedOf(source, 'hold');
  const receipt = new Date((first?._receiptTime.getTime() ?? 0) + MINUTE);
  const copy = {
    ...first,
    id: heldId(0, 'node13'),
    _receiptTime: receipt,
    _sourceId: source.id,
    _messageTime: new Date(TIME),
  };
  const copyId = identityOfId(source.id, 'hold', copy.id);
  await raw(collections)
    .records('hold')
    .insertOne({ ...copy, _id: copyId });
  for (const node of ['node13', 'node11', 'node13']) {
    server.rows = rows('hold', node);
    await source.collectAll('hold');
    const gone = (await storedOf(source, 'hold')).filter(({ _queue }) => (_queue as QueueTimes).leftAt !== undefined);
    expect(gone.map(({ _id }) => new Binary(_id.buffer).toString('hex'))).toEqual([copyId.toString('hex')]);
  }
});

test('one number at two times is two messages', async () => {
  const { source, server } = await sourceAt('hold');
  const [row] = rows('hold', 'node11', 1);
  if (row === undefined) throw new Error('no row');
  server.rows = [row, { ...row, id: heldId(0, 'node13'), time: TIME - MINUTE }];
  await source.collectAll('hold');
  await source.collectAll('hold');
  expect(await storedOf(source, 'hold')).toHaveLength(2);
});

test('two messages of one second stay two', async () => {
  const { source, server } = await sourceAt('hold');
  await source.collectAll('hold');
  server.rows = rows('hold', 'node13', 5);
  await source.collectAll('hold');
  expect((await storedOf(source, 'hold')).map(({ n }) => n)).toEqual([0, 1, 2, 3, 4]);
});
