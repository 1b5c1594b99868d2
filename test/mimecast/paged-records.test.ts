import { describe, expect, test } from 'vitest';
import type { RecordStream } from '../../src/domain/streams/streams.js';
import { readRecordPage, recordsCall } from '../../src/mimecast/paged-records.js';

const WINDOW = { from: new Date('2024-01-31T00:00:00.900Z'), to: new Date('2024-01-31T01:00:00.001Z') };
const FROM = '2024-01-31T00:00:00+0000';
const TO = '2024-01-31T01:00:01+0000';

const answer = (body: Record<string, unknown>) => ({
  endpoint: 'the page',
  body,
  text: JSON.stringify(body),
});

test.each<[RecordStream, string, Record<string, unknown>]>([
  ['audit', 'api/audit/get-audit-events', { startDateTime: FROM, endDateTime: TO }],
  ['dlp', 'api/dlp/get-logs', { from: FROM, to: TO, oldestFirst: true }],
  ['hold', 'api/gateway/get-hold-message-list', { admin: true, start: FROM, end: TO }],
  ['ttp url', 'api/ttp/url/get-logs', { from: FROM, to: TO, oldestFirst: true, route: 'all', scanResult: 'all' }],
])('asks for %s', (stream, path, data) => {
  expect(recordsCall(stream, WINDOW)).toMatchObject({
    method: 'POST',
    path,
    body: { meta: { pagination: { pageSize: 500 } }, data: [data] },
  });
  expect(recordsCall(stream, { ...WINDOW, pageToken: 'n1', pageSize: 2 })).toMatchObject({
    path,
    body: { meta: { pagination: { pageSize: 2, pageToken: 'n1' } }, data: [data] },
  });
});

test('an end on the second stays there, and the first page has no token', () => {
  const to = new Date('2024-01-31T01:00:00.000Z');
  const { body } = recordsCall('audit', { ...WINDOW, to, pageToken: '' });
  expect(body).toEqual({
    meta: { pagination: { pageSize: 500 } },
    data: [{ startDateTime: FROM, endDateTime: '2024-01-31T01:00:00+0000' }],
  });
});

const RECORD = { id: 'a', subject: 's' };
const META = { status: 200, pagination: { pageSize: 2, next: 'n2', previous: 'n0' } };

test.each<[string, RecordStream, Record<string, unknown>, unknown[]]>([
  ['records', 'audit', { meta: META, data: [RECORD, { id: 'b' }], fail: [] }, [RECORD, { id: 'b' }]],
  ['held messages', 'hold', { meta: META, data: [RECORD] }, [RECORD]],
  ['nested records', 'dlp', { meta: META, data: [{ dlpLogs: [RECORD] }, { dlpLogs: [{}] }] }, [RECORD, {}]],
  ['clicks', 'ttp url', { meta: META, data: [{ clickLogs: [RECORD] }] }, [RECORD]],
  ['no data', 'audit', { meta: META }, []],
  ['data of null', 'dlp', { meta: META, data: null }, []],
  ['an empty list', 'dlp', { meta: META, data: [] }, []],
  ['an empty nested list', 'dlp', { meta: META, data: [{ dlpLogs: [] }] }, []],
  ['a nested list of null', 'dlp', { meta: META, data: [{ dlpLogs: null }, {}] }, []],
  [
    'no list where one should be',
    'dlp',
    { meta: META, data: [{ dlpLogs: 'x' }, { dlpLogs: { a: 1 } }, { dlpLogs: [RECORD] }] },
    [{ dlpLogs: 'x' }, { dlpLogs: { a: 1 } }, RECORD],
  ],
  ['records that are not nested', 'dlp', { meta: META, data: [RECORD] }, [RECORD]],
  ['no objects', 'audit', { meta: META, data: [null, 'x', 7, [RECORD], RECORD] }, [null, 'x', 7, [RECORD], RECORD]],
  ['no objects, nested', 'dlp', { meta: META, data: [{ dlpLogs: ['x', RECORD] }, 'y'] }, ['x', RECORD, 'y']],
])('a page with %s', (_, stream, body, rows) => {
  const page = readRecordPage(stream, answer(body));
  expect(page.rows.map(({ value }) => value)).toEqual(rows);
  expect(page.rows.map(({ text }) => text)).toEqual(rows.map((row) => JSON.stringify(row)));
  expect(page.nextPageToken).toBe('n2');
});

test.each<[string, Record<string, unknown>]>([
  ['nowhere', {}],
  ['an empty text', { meta: { pagination: { next: '' } } }],
  ['null', { meta: { pagination: { next: null, totalCount: null } } }],
  ['in no pagination', { meta: { pagination: null } }],
  ['only the one that was sent', { meta: { pagination: { pageToken: 'n1', previous: 'n0' } } }],
])('no next page when the token is %s', (_, rest) => {
  const page = readRecordPage('audit', answer({ data: [RECORD], ...rest }));
  expect(page).not.toHaveProperty('nextPageToken');
  expect(page).not.toHaveProperty('failure');
});

test.each<[string, Record<string, unknown>, string]>([
  ['next is an object', { pagination: { next: { pageToken: 'n2' } } }, 'meta.pagination.next is an object'],
  ['next is a number', { pagination: { next: 7 } }, 'meta.pagination.next is a number'],
  ['next is a list', { pagination: { next: ['n2'] } }, 'meta.pagination.next is a list'],
  ['next is a boolean', { pagination: { next: true } }, 'meta.pagination.next is a boolean'],
  ['the pagination is a list', { pagination: [{ next: 'n2' }] }, 'meta.pagination is a list'],
  ['the total is an object', { pagination: { totalCount: { value: 3 } } }, 'meta.pagination.totalCount is an object'],
  ['next beside the pagination', { next: 'n2' }, 'there is meta.next instead'],
  ['next under another name', { pagination: { nextPage: 'n2' } }, 'there is meta.pagination.nextPage instead'],
  ['more is only said to be there', { pagination: { hasMore: true } }, 'there is meta.pagination.hasMore instead'],
])('paging of an unknown shape is no end, and the rows of the page are there: %s', (_, meta, what) => {
  const { rows, failure } = readRecordPage('audit', answer({ meta, data: [RECORD] }));
  expect(rows).toHaveLength(1);
  expect(failure).toMatchObject({
    incompleteness: 'paging',
    facts: { code: 'unknown_paging', endpoint: 'the page', message: expect.stringContaining(what) },
  });
});

test('sizes are numbers, also as text; one below zero says nothing', () => {
  const sizes = { pageSize: '50', totalCount: '7', hasMore: false, next: null };
  const page = readRecordPage('audit', answer({ meta: { pagination: sizes }, data: [RECORD] }));
  expect(page).toMatchObject({ pageSize: 50, totalCount: 7 });
  expect(page).not.toHaveProperty('failure');
  const untold = answer({ meta: { pagination: { totalCount: -1 } }, data: [RECORD] });
  expect(readRecordPage('audit', untold)).not.toHaveProperty('totalCount');
});

test.each([{}, { data: {} }, { data: 'x', meta: {} }, { value: [] }])('%o is no page', (body) => {
  expect(() => readRecordPage('audit', answer(body))).toThrow(
    expect.objectContaining({ facts: expect.objectContaining({ cause: 'unreadable', endpoint: 'the page' }) }),
  );
});

describe('an answer whose entries are no records, all of them, is a failed answer', () => {
  const ERROR = { code: 'err_internal', message: 'try later' };

  test.each<[RecordStream, unknown[]]>([
    ['audit', [{}]],
    ['audit', [{}, 'x', null, 7, [RECORD]]],
    ['audit', [{ msg: 'Service temporarily unavailable' }]],
    ['hold', [ERROR]],
    ['dlp', [ERROR]],
    ['dlp', [{ dlpLogs: [{}] }]],
    ['dlp', [{ dlpLogs: [ERROR, ERROR] }]],
    ['dlp', [{ dlpLogs: 'x' }]],
  ])('%s: %j', (stream, data) => {
    const facts = expect.objectContaining({ cause: 'unreadable', endpoint: 'the page', origin: 'mimecast' });
    expect(() => readRecordPage(stream, answer({ meta: META, data }))).toThrow(expect.objectContaining({ facts }));
  });

  test('one that is beside them makes it a page', () => {
    expect(readRecordPage('audit', answer({ data: [ERROR, RECORD] })).rows).toHaveLength(2);
  });
});

describe('rows come with their text as received', () => {
  const received = (text: string) => ({ endpoint: 'the page', body: JSON.parse(text), text });
  const textsOf = (stream: RecordStream, text: string) =>
    readRecordPage(stream, received(text)).rows.map((row) => row.text);
  const ROWS = [
    '{ "id" :\t"a", "action":"hold" }',
    String.raw`{"s":"\/\u0064 \"]}"}`,
    '{"n":12345678901234567890,"m":1e400}',
    '{"a":1,"a":2}',
    '{"data":[{"dlpLogs":[{"x":[]}]}]}',
    '[ {} ]',
    'null',
    '1.0',
  ];
  const AROUND = '"before":[{"dlpLogs":[1]}],"more":{"data":[2],"dlpLogs":[3]}';

  test.each<[string, RecordStream, (rows: string) => string]>([
    ['audit', 'audit', (rows) => `{"data":[${rows}]}`],
    ['hold, with white space', 'hold', (rows) => ` {\r\n"meta" : {} , "data" : [ ${rows} ] } `],
    ['audit between other keys', 'audit', (rows) => `{${AROUND},"data":[${rows}],"fail":[],${AROUND}}`],
    ['audit, data twice', 'audit', (rows) => `{"data":[{"not":"this"}],"data":[${rows}]}`],
    ['audit, data in escapes', 'audit', (rows) => String.raw`{"\u0064ata":[${rows}]}`],
    ['dlp', 'dlp', (rows) => `{"data":[{"dlpLogs":[${rows}]}]}`],
    [
      'dlp between other keys',
      'dlp',
      (rows) => `{${AROUND},"data":[{${AROUND.replaceAll('dlpLogs', 'logs')},"dlpLogs":[${rows}],"z":[[4]]}]}`,
    ],
    ['dlp, the list twice', 'dlp', (rows) => `{"data":[{"dlpLogs":[0],"dlpLogs":[${rows}]}]}`],
    [
      'dlp in several entries',
      'dlp',
      (rows) => `{"data":[{},{"dlpLogs":[]}, {"dlpLogs": [${rows}] },{"dlpLogs":null}]}`,
    ],
  ])('%s', (_, stream, body) => {
    expect(textsOf(stream, body(ROWS.join(' , ')))).toEqual(ROWS);
    expect(readRecordPage(stream, received(body(ROWS.join()))).rows.map(({ value }) => value)).toEqual(
      ROWS.map((row) => JSON.parse(row)),
    );
    expect(textsOf(stream, body(''))).toEqual([]);
  });

  test('dlp: rows of all entries, and an entry that holds no list', () => {
    const text = '{"data":[{"dlpLogs":[{"route": 1},{"b":2.0}]},{ "c":[3] },"x",{"dlpLogs":[ 7 ]}]}';
    expect(textsOf('dlp', text)).toEqual(['{"route": 1}', '{"b":2.0}', '{ "c":[3] }', '"x"', '7']);
  });
});
