/** Searches through the API: pages, counts over time, values, records, their stories and what happened around them. */

import { Binary } from 'mongodb';
import { beforeAll, describe, expect, test } from 'vitest';
import type { StreamName } from '../../src/domain/streams/streams.js';
import { insertRecords } from '../../src/store/records.js';
import { apiServer } from '../support/api-server.js';
import { noteFilledIn } from '../support/filled-in.js';
import { collectionsIn, databaseOf, raw } from '../support/raw-collections.js';
import { storedDocument } from '../support/search-records.js';
import { numbers } from '../support/store-fixtures.js';
import { temporalConnection } from '../support/temporal-connection.js';
import { testDatabase } from '../support/test-database.js';

const collections = collectionsIn(testDatabase().db);
const { client } = temporalConnection();
const { api, get } = apiServer({ collections, client: () => client });

interface Shown {
  readonly collection: string;
  readonly stream: string;
  readonly id: string;
  readonly time: string;
  readonly record: Readonly<Record<string, unknown>>;
}
interface Page {
  readonly data: readonly Shown[];
  readonly plan: string;
  readonly complete: boolean;
  readonly next?: string;
}

const BEGIN = Date.UTC(2026, 0, 31, 12);
const at = (seconds: number) => new Date(BEGIN + seconds * 1_000);

async function store(stream: StreamName, record: Readonly<Record<string, unknown>>, seconds: number, sourceId = 1) {
  const document = storedDocument(stream, record, sourceId, at(seconds));
  await insertRecords(collections, stream, [document]);
  return document._id.toString('hex');
}

const message = { accountId: 'C1', aggregateId: 'agg1', messageId: '<m1@example.com>' };
const ids: Record<string, string> = {};
beforeAll(async () => {
  await collections.ensureIndexes();
  await noteFilledIn(collections);
  ids.receipt = await store(
    'receipt',
    { ...message, subject: 'Invoice 42', senderEnvelope: 'alice@example.com', senderIp: '192.0.2.1', action: 'Acc' },
    10,
  );
  ids.process = await store('process', { ...message, subject: 'Invoice 42', emailSize: '1200' }, 20);
  ids.delivery = await store('delivery', { ...message, recipients: 'bob@example.net' }, 30);
  ids.click = await store(
    'ttp url',
    { messageId: '<M1@example.com>', url: 'https://evil.test/a', userEmailAddress: 'bob@example.net' },
    40,
  );
  ids.copy = await store('receipt', { ...message, aggregateId: 'agg2', subject: 'Invoice 42' }, 50);
  ids.elsewhere = await store('delivery', { ...message }, 60, 2);
  ids.journal = await store('journal', { accountId: 'C1', aggregateId: 'agg3', recipients: 'carol@example.net' }, 70);
  ids.hostile = await store(
    'audit',
    {
      eventInfo: '<script>alert(1)</script>',
      $where: 'sleep(1)',
      'a.b': 1,
      ['__proto__']: 'kept',
      auditType: '\u202eevil\u0000',
    },
    80,
  );
  await store('hold', { subject: 'waits', from: { emailAddress: 'dave@example.org' }, size: 12 }, 90);
});

const search = (body: unknown, key?: { accessId: string; accessKey: string }) =>
  api<Page>('POST', 'v1/search', { body, ...(key && { key }) });
const subjects = ({ data }: Page) => data.map(({ record }) => record.subject ?? null);

describe('pages', () => {
  test('all records, newest first, a few at a time', async () => {
    const seen: Shown[] = [];
    for (let token: string | undefined; ; ) {
      const { status, json } = await search({ limit: 2, ...(token !== undefined && { token }) });
      expect(status).toBe(200);
      expect(json).toMatchObject({ plan: 'index', complete: true });
      seen.push(...json.data);
      token = json.next;
      if (token === undefined) break;
    }
    expect(seen.map(({ time }) => time)).toEqual(
      [90, 80, 70, 60, 50, 40, 30, 20, 10].map((seconds) => at(seconds).toISOString()),
    );
    expect(new Set(seen.map(({ id }) => id)).size).toBe(9);
  });

  test.each([
    ['subject:invoice', 'scan', ['Invoice 42', 'Invoice 42', 'Invoice 42']],
    ['alice@example.com', 'index', ['Invoice 42']],
    ['domain:example.org', 'index', ['waits']],
    ['senderIp:192.0.2.0/24', 'index', ['Invoice 42']],
    ['size:>=12', 'scan', ['waits']],
    ['domain:absent.test', 'index', []],
  ])('%s', async (query, plan, found) => {
    const { json } = await search({ query });
    expect(json.plan).toBe(plan);
    expect(subjects(json)).toEqual(found);
    expect((await api('POST', 'v1/search/plan', { body: { query } })).json).toEqual({
      plan,
      ...(plan === 'scan' && { reason: 'noIndex' }),
    });
  });

  test('of some collections, sources and times', async () => {
    expect((await search({ collections: ['mimecast_delivery_logs_v2', 'process'] })).json.data).toHaveLength(3);
    expect((await search({ sourceIds: [2] })).json.data.map(({ id }) => id)).toEqual([ids.elsewhere]);
    const { json } = await search({ from: at(20).toISOString(), to: at(40).toISOString() });
    expect(json.data.map(({ id }) => id)).toEqual([ids.delivery, ids.process]);
  });

  test('oldest first', async () => {
    const newest = (await search({})).json.data.map(({ id }) => id);
    expect((await search({ order: 'oldest' })).json.data.map(({ id }) => id)).toEqual(newest.reverse());
  });

  test('a viewer may search, nobody without a key may', async () => {
    expect((await search({}, get().viewer)).status).toBe(200);
    expect((await api('POST', 'v1/search', { body: {}, key: null })).status).toBe(401);
  });

  test('what a record holds stays what it is', async () => {
    const { json, text } = await search({ collections: ['audit'] });
    const [{ record = {} } = {}] = json.data;
    expect(record).toMatchObject({
      eventInfo: '<script>alert(1)</script>',
      $where: 'sleep(1)',
      'a.b': 1,
      auditType: '\u202eevil\u0000',
    });
    expect(text).toContain('"__proto__":"kept"');
    expect((await search({ query: '"<script>"' })).json.data).toHaveLength(1);
  });
});

test('as long as older records have no indicators yet, their fields are asked, unless the time is newer', async () => {
  const fillIns = databaseOf(collections).collection('indicator_fill_in');
  const filter = { stream: 'receipt' };
  try {
    const before = { _id: new Binary(Buffer.alloc(16)), _messageTime: at(5) };
    await fillIns.updateOne(filter, { $set: { isDone: false, before } });
    const body = { query: 'email:alice@example.com' };
    expect((await search(body)).json).toMatchObject({ plan: 'scan', data: [{ id: ids.receipt }] });
    expect((await search({ ...body, from: at(6).toISOString() })).json).toMatchObject({
      plan: 'index',
      data: [{ id: ids.receipt }],
    });
    expect((await search({ ...body, collections: ['dlp'] })).json.plan).toBe('index');
    const planOf = async (query: string) => (await api('POST', 'v1/search/plan', { body: { query } })).json;
    expect(await planOf(body.query)).toEqual({ plan: 'scan', reason: 'fillIn' });
    expect(await planOf('subject:invoice')).toEqual({ plan: 'scan', reason: 'noIndex' });
  } finally {
    await fillIns.updateOne(filter, { $set: { isDone: true } });
  }
});

test('a plan names the streams whose records hold more indicators than are indexed', async () => {
  const recipients = numbers(2_000).map((n) => `u${n}@many.test`);
  const id = await store('receipt', { recipients }, -1_000);
  const body = { query: 'email:u1999@many.test' };
  const planOf = async (more: object) => (await api('POST', 'v1/search/plan', { body: { ...body, ...more } })).json;
  try {
    expect((await search(body)).json.data).toEqual([]);
    expect(await planOf({})).toEqual({ plan: 'index', mayMiss: ['receipt'] });
    expect(await planOf({ query: 'subject:x AND NOT (a OR ip:192.0.2.1)' })).toMatchObject({ mayMiss: ['receipt'] });
    expect(await planOf({ collections: ['dlp'] })).toEqual({ plan: 'index' });
    // As the page says.
    expect(await planOf({ query: '"u1999@many.test"' })).toEqual({ plan: 'scan', reason: 'noIndex' });
    expect((await search({ query: '"u1999@many.test"' })).json.data).toMatchObject([{ id }]);
  } finally {
    await raw(collections)
      .records('receipt')
      .deleteOne({ _messageTime: at(-1_000) });
  }
});

describe('refused', () => {
  test.each([
    [{ query: 'a AND' }, 'search.query.invalid', /at character 3/],
    [{ query: '$where:1' }, 'search.query.invalid', /cannot be the name of a field/],
    [{ query: 'a'.repeat(100_000) }, 'search.query.invalid', /at most 10000 characters/],
    [{ query: { $ne: '' } }, 'collectors.validation.fields.invalid', /query/],
    [{ query: '', filter: {} }, 'collectors.validation.fields.invalid', /filter/],
    [{ sourceIds: [{ $gt: 0 }] }, 'collectors.validation.fields.invalid', /sourceIds/],
    [{ from: '$now' }, 'collectors.validation.fields.invalid', /from/],
    [{ limit: 1_001 }, 'collectors.validation.fields.invalid', /limit/],
    [{ token: 'x' }, 'collectors.validation.fields.invalid', /token/],
    [{ token: Buffer.from('[{"$gt":0}]').toString('base64url') }, 'collectors.validation.fields.invalid', /token/],
    [{ token: Buffer.from('[1,{"$gt":0},0]').toString('base64url') }, 'collectors.validation.fields.invalid', /token/],
  ])('%.80j', async (body, code, text) => {
    const { status, json } = await search(body);
    expect({ status, code: json }).toMatchObject({ status: 400, code: { code } });
    expect((json as unknown as { message: string }).message).toMatch(text);
  });

  test('unknown collections and records', async () => {
    expect((await search({ collections: ['sources'] })).status).toBe(404);
    expect((await api('GET', `v1/records/api_keys/${ids.receipt}`)).status).toBe(404);
    expect((await api('GET', `v1/records/receipt/${ids.process}`)).status).toBe(404);
    expect((await api('GET', 'v1/records/receipt/xyz')).status).toBe(400);
  });
});

test('counts over time, by collection', async () => {
  const body = { query: 'subject:*', from: at(0).toISOString(), to: at(100).toISOString(), buckets: 5 };
  const { json } = await api<{ buckets: { from: string; counts: object }[] }>('POST', 'v1/search/histogram', { body });
  expect(json).toMatchObject({ widthMs: 20_000, total: 4, complete: true, plan: 'scan' });
  expect(json.buckets).toEqual([
    { from: at(0).toISOString(), counts: { mimecast_receipt_logs_v2: 1 } },
    { from: at(20).toISOString(), counts: { mimecast_process_logs_v2: 1 } },
    { from: at(40).toISOString(), counts: { mimecast_receipt_logs_v2: 1 } },
    { from: at(60).toISOString(), counts: {} },
    { from: at(80).toISOString(), counts: { mimecast_held_messages: 1 } },
  ]);
});

test('the most frequent values of a field', async () => {
  const { json } = await api('POST', 'v1/search/values', { body: { field: 'subject' } });
  expect(json).toMatchObject({
    values: [
      { value: 'Invoice 42', count: 3 },
      { value: 'waits', count: 1 },
    ],
    records: 9,
    withValue: 4,
  });
  const nested = await api('POST', 'v1/search/values', { body: { field: 'from.emailAddress' } });
  expect(nested.json).toMatchObject({ values: [{ value: 'dave@example.org', count: 1 }] });
  for (const field of ['$where', '_messageTime.x', '_id.x'])
    expect((await api('POST', 'v1/search/values', { body: { field } })).status).toBe(400);
});

test('one record', async () => {
  const { json } = await api<Shown>('GET', `v1/records/mimecast_receipt_logs_v2/${ids.receipt}`, { key: get().viewer });
  expect(json).toMatchObject({ stream: 'receipt', id: ids.receipt, time: at(10).toISOString() });
  expect(json.record).toMatchObject({
    _id: ids.receipt,
    _sourceId: 1,
    subject: 'Invoice 42',
    _fields: { office: 'Berlin' },
  });
});

test('what happened around a record, in its source', async () => {
  const { json } = await api<{ newer: Shown[]; record: Shown; older: Shown[] }>(
    'GET',
    `v1/records/delivery/${ids.delivery}/around?minutes=1&limit=2`,
  );
  const shown = (records: readonly Shown[]) => records.map(({ id }) => id);
  expect(shown(json.newer)).toEqual([ids.copy, ids.click]);
  expect(json.record.id).toBe(ids.delivery);
  expect(shown(json.older)).toEqual([ids.process, ids.receipt]);
  const minuteLater = await store('audit', { auditType: 'later' }, 130);
  const ends = await api<{ newer: Shown[]; older: Shown[] }>(
    'GET',
    `v1/records/journal/${ids.journal}/around?minutes=1&limit=50`,
  );
  expect(shown(ends.json.newer).at(0)).toBe(minuteLater);
  expect(shown(ends.json.older).at(-1)).toBe(ids.receipt);
});
