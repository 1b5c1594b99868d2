/** Exports of any length, and records as they are stored. */

import { beforeAll, describe, expect, test } from 'vitest';
import type { StreamName } from '../../src/domain/streams/streams.js';
import { insertRecords } from '../../src/store/records.js';
import { followRecords } from '../../src/store/search/follow-records.js';
import { apiServer, basic } from '../support/api-server.js';
import { collectionsIn, raw } from '../support/raw-collections.js';
import { storedDocument } from '../support/search-records.js';
import { numbers } from '../support/store-fixtures.js';
import { temporalConnection } from '../support/temporal-connection.js';
import { testDatabase } from '../support/test-database.js';
import { until } from '../support/until.js';

const { db, client: mongo, name } = testDatabase();
const collections = collectionsIn(db);
const { client } = temporalConnection();
const { api, get } = apiServer({ collections, client: () => client });

const BEGIN = Date.UTC(2026, 0, 31, 12);
const document = (stream: StreamName, record: Readonly<Record<string, unknown>>, ms: number) =>
  storedDocument(stream, record, 1, new Date(BEGIN + ms));
const store = (stream: StreamName, records: readonly Readonly<Record<string, unknown>>[]) =>
  insertRecords(
    collections,
    stream,
    records.map((record, at) => document(stream, record, at)),
  );

/** A request whose answer is read line by line, as fast as the test likes. */
async function opened(path: string, body: unknown) {
  const { url, viewer } = get();
  const leaving = new AbortController();
  const response = await fetch(`${url}/api/v1/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: basic(viewer.accessId, viewer.accessKey) },
    body: JSON.stringify(body),
    signal: leaving.signal,
  });
  return { response, lines: lines(response), leave: () => leaving.abort() };
}

async function* lines(response: Response): AsyncGenerator<string, void, undefined> {
  let rest = '';
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const parts = (rest + chunk).split('\n');
    rest = parts.pop() ?? '';
    yield* parts;
  }
}

const COUNT = 2_600;
beforeAll(async () => {
  await collections.ensureIndexes();
  await store(
    'receipt',
    numbers(COUNT).map((n) => ({ n, subject: n % 2 === 0 ? 'even' : 'odd', aggregateId: `a${n}` })),
  );
  await store('dlp', [
    { subject: '=HYPERLINK("http://evil.test")', policy: '+1', action: '@x', route: 'a "quoted", one\nwith a line' },
    { subject: '\t=1', policy: '-2+3', action: 'plain', senderAddress: 'größe@example.com' },
  ]);
});

describe('an export', () => {
  test('has all records as NDJSON, newest first', async () => {
    const { response, lines: all } = await opened('search/export', { query: 'subject:even' });
    expect(response.headers.get('content-type')).toContain('application/x-ndjson');
    const numbersSeen: unknown[] = [];
    for await (const line of all) numbersSeen.push(JSON.parse(line).record.n);
    expect(numbersSeen).toEqual(numbers(COUNT / 2).map((at) => COUNT - 2 - 2 * at));
  });

  test('is CSV that no spreadsheet takes for a formula', async () => {
    const { response } = await opened('search/export', {
      collections: ['dlp'],
      format: 'csv',
      columns: ['subject', 'policy', 'action', 'route', 'senderAddress', '_fields', 'absent'],
    });
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="records.csv"');
    expect((await response.text()).split('\r\n')).toEqual([
      'subject,policy,action,route,senderAddress,_fields,absent',
      `'\t'=1,'-2+3,plain,,größe@example.com,"{""office"":""Berlin""}",`,
      `"'=HYPERLINK(""http://evil.test"")",'+1,'@x,"a ""quoted"", one\nwith a line",,"{""office"":""Berlin""}",`,
      '',
    ]);
  });

  test('is also at an address that a browser can download', async () => {
    const asked = 'format=csv&query=action:plain&collections=dlp&columns=subject&columns=action';
    const { headers, text } = await api('GET', `v1/search/export?${asked}`, { key: get().viewer });
    expect(headers.get('content-disposition')).toBe('attachment; filename="records.csv"');
    expect(text).toBe("subject,action\r\n'\t'=1,plain\r\n");
    const elsewhere = await api('GET', `v1/search/export?${asked}&sourceIds=77&sourceIds=78`);
    expect(elsewhere.text).toBe('subject,action\r\n');
    expect((await api('GET', `v1/search/export?${asked}&sourceIds=x`)).status).toBe(400);
    const refused = await api('GET', 'v1/search/export?query=(');
    expect(refused.json).toMatchObject({ status: 400, code: 'search.query.invalid' });
  });

  test('of a query that cannot be understood is refused before it begins', async () => {
    for (const path of ['search/export', 'search/follow'])
      expect((await api('POST', `v1/${path}`, { body: { query: '(' } })).json).toMatchObject({
        status: 400,
        code: 'search.query.invalid',
      });
  });

  test('waits for a reader who is slow, and ends with one who leaves', async () => {
    const big = 'x'.repeat(400_000);
    await store(
      'spam',
      numbers(120).map((n) => ({ n, subject: big })),
    );
    const { lines: all, leave } = await opened('search/export', { collections: ['spam'] });
    expect(JSON.parse((await all.next()).value ?? '').record.n).toBe(119);
    const cursors = () =>
      mongo
        .db('admin')
        .aggregate([{ $currentOp: { idleCursors: true } }, { $match: { ns: { $regex: `^${name}[.]mimecast_spam` } } }])
        .toArray();
    leave();
    await until(cursors, (open) => open.length === 0);
    await raw(collections).records('spam').deleteMany({});
  });
});

describe('following', () => {
  interface Line {
    readonly token: string;
    readonly record?: {
      readonly collection: string;
      readonly id: string;
      readonly record: Readonly<Record<string, unknown>>;
    };
  }
  const follow = async (body: unknown) => {
    const { lines: all, leave, response } = await opened('search/follow', body);
    expect(response.status).toBe(200);
    const next = async (): Promise<Line> => JSON.parse((await all.next()).value ?? 'null');
    const nextRecord = async () => {
      for (let line = await next(); ; line = await next()) if (line.record !== undefined) return line;
    };
    return { next, nextRecord, leave };
  };

  test('tells each record that matches when it is stored, and only once', async () => {
    const { next, nextRecord, leave } = await follow({ query: 'domain:follow.test OR subject:followed' });
    await next();
    await store('audit', [{ user: 'x@follow.test', eventInfo: 'one' }, { user: 'x@other.test' }]);
    await store('audit', [{ user: 'x@follow.test', eventInfo: 'one' }]);
    await store('hold', [{ subject: 'it was followed' }]);
    expect((await nextRecord()).record).toMatchObject({
      collection: 'mimecast_audit_events',
      record: { eventInfo: 'one' },
    });
    expect((await nextRecord()).record?.record).toMatchObject({ subject: 'it was followed', _sourceId: 1 });
    leave();
  });

  test('tells of records without indicators, which workers of an earlier version store', async () => {
    const { next, nextRecord, leave } = await follow({ query: 'domain:old.test' });
    await next();
    const { _indicators, ...old } = document('audit', { user: 'x@old.test' }, 0);
    expect(_indicators).toContain('domain:old.test');
    await insertRecords(collections, 'audit', [old]);
    expect((await nextRecord()).record?.record).toMatchObject({ user: 'x@old.test' });
    leave();
  });

  test('takes no other error for a wrong token', async () => {
    const test = { by: 'range', min: { value: 1, isIncluded: true } } as const;
    const condition = { kind: 'field', path: 'a.', test } as const;
    const records = followRecords(collections, { condition, streams: ['hold'], hasIndicators: false }, {});
    await expect(records.next()).rejects.toMatchObject({ codeName: expect.stringMatching(/^Location/) });
  });

  test('resumes behind a token, in the order of commits whatever the times are', async () => {
    const first = await follow({ query: 'subject:resumed' });
    const { token } = await first.next();
    first.leave();
    await insertRecords(collections, 'hold', [document('hold', { subject: 'resumed 1' }, 5_000_000)]);
    await insertRecords(collections, 'process', [document('process', { subject: 'resumed 2' }, -5_000_000)]);
    const second = await follow({ query: 'subject:resumed', token });
    const one = await second.nextRecord();
    const two = await second.nextRecord();
    expect([one, two].map(({ record }) => record?.record.subject)).toEqual(['resumed 1', 'resumed 2']);
    second.leave();
    const third = await follow({ query: 'subject:resumed', token: one.token });
    expect((await third.nextRecord()).record?.id).toBe(two.record?.id);
    third.leave();
  });

  test('loses nothing that many writers commit at once, through breaks', async () => {
    const begin = await follow({ query: 'subject:concurrent' });
    let { token } = await begin.next();
    begin.leave();
    const total = 400;
    const writing = Promise.all(
      numbers(4).map(async (writer) => {
        for (let n = 0; n < total / 4; n += 1) await store('receipt', [{ subject: 'concurrent', writer, n }]);
      }),
    );
    const seen = new Set<string>();
    while (seen.size < total) {
      const part = await follow({ query: 'subject:concurrent', token });
      for (let taken = 0; taken < 30 && seen.size < total; taken += 1) {
        const line = await part.nextRecord();
        seen.add(line.record?.id ?? '');
        token = line.token;
      }
      part.leave();
    }
    await writing;
    expect(seen.size).toBe(total);
  });

  test.each([['AA'], ['82'.repeat(20)], ['{"$ne":1}'], ['xyz']])('refuses the token %s', async (token) => {
    const { status, json } = await api('POST', 'v1/search/follow', { body: { token } });
    expect({ status, json }).toMatchObject({ status: 400, json: { message: expect.stringContaining('token') } });
  });

  test('ends its change stream with its reader, and all of them with the server', async () => {
    const { next, leave } = await follow({ query: 'subject:left' });
    await next();
    leave();
    const streams = () =>
      mongo
        .db('admin')
        .aggregate([
          { $currentOp: { idleCursors: true } },
          { $match: { ns: `${name}.$cmd.aggregate`, 'cursor.tailable': true } },
        ])
        .toArray();
    await until(streams, (open) => open.length === 0);
    const last = await follow({});
    await last.next();
    await get().app.close();
    await until(streams, (open) => open.length === 0);
  });
});
