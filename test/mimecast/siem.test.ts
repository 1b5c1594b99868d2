import { expect, test } from 'vitest';
import { type BatchQuery, batchListCall, readBatchPage } from '../../src/mimecast/siem.js';

const answer = (body: Record<string, unknown>) => ({ endpoint: 'batch list', requestId: 'r1', body, text: '' });

test.each<[string, BatchQuery, Record<string, string>]>([
  ['the oldest', { type: 'receipt' }, { type: 'receipt', pageSize: '100' }],
  [
    'a range of days',
    { type: 'url protect', from: new Date('2024-01-30T23:59:59Z'), to: new Date('2024-01-31T00:00:00Z'), pageSize: 1 },
    { type: 'url protect', pageSize: '1', dateRangeStartsAt: '2024-01-30', dateRangeEndsAt: '2024-01-31' },
  ],
  [
    'a token, without days',
    { type: 'av', pageToken: 't', from: new Date(0), to: new Date(1) },
    { type: 'av', pageSize: '100', nextPage: 't' },
  ],
])('asks for %s', (_, query, expected) => {
  expect(batchListCall(query)).toMatchObject({
    method: 'GET',
    path: 'siem/v1/batch/events/cg',
    endpoint: 'batch list',
    query: expected,
  });
});

test('each file comes once, with what is known about it', () => {
  const page = readBatchPage(
    answer({
      value: [
        { url: 'https://s3.example.com/b/1.json.gz?sig=1', size: 354, expiry: '2024-06-05T11:50:06.389Z' },
        { url: 'https://s3.example.com/b/2.json.gz?sig=2', expiry: 'soon' },
        { url: 'https://s3.example.com/b/1.json.gz?sig=3' },
      ],
      '@nextPage': 't2',
      isCaughtUp: false,
    }),
  );
  expect(page).toEqual({
    files: [
      {
        name: 's3.example.com/b/1.json.gz',
        path: '/b/1.json.gz',
        url: 'https://s3.example.com/b/1.json.gz?sig=1',
        size: 354,
        expiresAt: Date.parse('2024-06-05T11:50:06.389Z'),
      },
      {
        name: 's3.example.com/b/2.json.gz',
        path: '/b/2.json.gz',
        url: 'https://s3.example.com/b/2.json.gz?sig=2',
      },
    ],
    pageToken: 't2',
    isCaughtUp: false,
    isFull: false,
    rejected: [],
  });
});

test('entries that name no file are handed back', () => {
  const value = [
    null,
    'x',
    {},
    { url: 7 },
    { url: '/relative' },
    { url: `https://s3.example.com/${'x'.repeat(9_000)}` },
  ];
  expect(readBatchPage(answer({ value })).rejected.map((rejected) => rejected.value)).toEqual(value);
});

test('an entry that is handed back has no signature', () => {
  const value = [{ url: '/b/1.json.gz?sig=hush', size: 1 }];
  expect(readBatchPage(answer({ value })).rejected[0]?.value).toEqual({ url: '/b/1.json.gz', size: 1 });
});

test.each<[string, Record<string, unknown>, { pageToken?: string; isCaughtUp: boolean | undefined }]>([
  ['caught up', { value: [], '@nextPage': 't', isCaughtUp: true }, { pageToken: 't', isCaughtUp: true }],
  ['no token', { value: [], isCaughtUp: false }, { isCaughtUp: false }],
  ['an empty token', { value: [], '@nextPage': '' }, { isCaughtUp: undefined }],
  ['no list', { isCaughtUp: true }, { isCaughtUp: true }],
  ['a list of null', { value: null, '@nextPage': 't' }, { pageToken: 't', isCaughtUp: undefined }],
  ['a boolean as text', { value: [], '@nextPage': 't', isCaughtUp: 'false' }, { pageToken: 't', isCaughtUp: false }],
  ['nothing but null', { value: [], '@nextPage': null, isCaughtUp: null }, { isCaughtUp: undefined }],
])('an empty page: %s', (_, body, expected) => {
  expect(readBatchPage(answer(body))).toEqual({ files: [], rejected: [], isFull: false, ...expected });
});

test.each<[string, Record<string, unknown>]>([
  ['nothing', {}],
  ['no list', { value: {} }],
  ['a text', { value: 'x', isCaughtUp: true }],
  ['a page of something else', { data: [] }],
  ['a list under another name', { files: [{ url: 'https://s3.example.com/1' }], '@nextPage': 't', isCaughtUp: false }],
  ['a page of more files than any has', { value: Array.from({ length: 100_001 }, () => null) }],
])('%s is no page', (_, body) => {
  expect(() => readBatchPage(answer(body))).toThrow(
    expect.objectContaining({
      facts: expect.objectContaining({ cause: 'unreadable', endpoint: 'batch list', requestId: 'r1' }),
    }),
  );
});

const FILE = { url: 'https://s3.example.com/b/1.json.gz' };

test.each<[string, Record<string, unknown>, string]>([
  ['a token that is an object', { '@nextPage': { token: 't' } }, '@nextPage is an object'],
  ['a token that is a number', { '@nextPage': 7 }, '@nextPage is a number'],
  ['an isCaughtUp that is a number', { '@nextPage': 't', isCaughtUp: 0 }, 'isCaughtUp is a number'],
  ['a token under another name', { nextPage: 't' }, 'there is nextPage instead of a next page'],
  ['a link', { isCaughtUp: false, '@nextLink': 'https://x' }, 'there is @nextLink instead of a next page'],
])('paging of an unknown shape is no end, and the files of the page are there: %s', (_, rest, what) => {
  const { files, failure } = readBatchPage(answer({ value: [FILE], ...rest }));
  expect(files).toHaveLength(1);
  expect(failure).toMatchObject({
    incompleteness: 'paging',
    facts: {
      code: 'unknown_paging',
      endpoint: 'batch list',
      requestId: 'r1',
      message: expect.stringContaining(what),
    },
  });
});

test('a link beside a token, and one after all was listed, change nothing', () => {
  const more = { value: [FILE], '@nextPage': 't', isCaughtUp: false, '@nextLink': 'x' };
  expect(readBatchPage(answer(more))).not.toHaveProperty('failure');
  expect(readBatchPage(answer({ value: [], isCaughtUp: true, '@nextLink': 'x' }))).not.toHaveProperty('failure');
});

test('a page with as many entries as were asked for is full', () => {
  const value = [FILE, { url: 'https://s3.example.com/b/2.json.gz' }];
  expect(readBatchPage(answer({ value }), 2).isFull).toBe(true);
  expect(readBatchPage(answer({ value }), 3).isFull).toBe(false);
});
