import { expect, test } from 'vitest';
import { type BatchQuery, batchListCall, readBatchPage } from '../../src/mimecast/siem.js';

const answer = (body: Record<string, unknown>) => ({ endpoint: 'batch list', requestId: 'r1', body });

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
  expect(batchListCall(query)).toEqual({
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
        { url: 'https://s3.example.com/b/2.json.gz?sig=2' },
        { url: 'https://s3.example.com/b/1.json.gz?sig=3' },
      ],
      '@nextPage': 't2',
      isCaughtUp: false,
    }),
  );
  expect(page).toEqual({
    files: [
      {
        path: '/b/1.json.gz',
        url: 'https://s3.example.com/b/1.json.gz?sig=1',
        size: 354,
        expiry: '2024-06-05T11:50:06.389Z',
      },
      { path: '/b/2.json.gz', url: 'https://s3.example.com/b/2.json.gz?sig=2' },
    ],
    pageToken: 't2',
    isCaughtUp: false,
    rejected: [],
    requestId: 'r1',
  });
});

test('entries that name no file are handed back', () => {
  const value = [null, 'x', {}, { url: 7 }, { url: '/relative' }];
  expect(readBatchPage(answer({ value })).rejected.map((rejected) => rejected.value)).toEqual(value);
});

test.each<[string, Record<string, unknown>, { pageToken?: string; isCaughtUp: boolean | undefined }]>([
  ['caught up', { value: [], '@nextPage': 't', isCaughtUp: true }, { pageToken: 't', isCaughtUp: true }],
  ['no token', { value: [], isCaughtUp: false }, { isCaughtUp: false }],
  ['an empty token', { value: [], '@nextPage': '' }, { isCaughtUp: undefined }],
  ['no list', { isCaughtUp: true }, { isCaughtUp: true }],
  ['a list of null', { value: null, '@nextPage': 't' }, { pageToken: 't', isCaughtUp: undefined }],
])('an empty page: %s', (_, body, expected) => {
  expect(readBatchPage(answer(body))).toEqual({ files: [], rejected: [], requestId: 'r1', ...expected });
});

test.each([{}, { value: {} }, { value: 'x', isCaughtUp: true }, { data: [] }])('%o is no page', (body) => {
  expect(() => readBatchPage(answer(body))).toThrow(
    expect.objectContaining({
      trouble: expect.objectContaining({ cause: 'unreadable', endpoint: 'batch list', requestId: 'r1' }),
    }),
  );
});
