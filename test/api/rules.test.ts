/** `rules/test`: what rules do to pasted records, with the code of a worker. */

import { expect, test } from 'vitest';
import { apiServer } from '../support/api-server.js';
import { collectionsIn } from '../support/raw-collections.js';
import { temporalConnection } from '../support/temporal-connection.js';
import { testDatabase } from '../support/test-database.js';

const { client } = temporalConnection();
const { api, get } = apiServer({ collections: collectionsIn(testDatabase().db), client: () => client });

const FILTERS = [
  { filterType: 'Exclude', name: 'tests', regexp: '.*"subject":"test.*' },
  { filterType: 'Hash', name: 'users', regexp: '"user":"([^"]+)"' },
];

test('tells of each rule what it does, and shows records before and after; a viewer may try, too', async () => {
  const records = ['{"subject":"test"}', '{"user":"dan@demo.com"}', '{"a":1}', 'no record'].join('\n');
  const { status, json } = await api('POST', 'v1/rules/test', {
    body: { filters: FILTERS, records },
    key: get().viewer,
  });
  expect(status).toBe(200);
  expect(json).toEqual({
    ...{ records: 3, excluded: 1, unchanged: 1, changed: 1, brokenByMask: 0, unreadable: 1 },
    rules: [
      { name: 'tests', filterType: 'Exclude', records: 1, occurrences: 0 },
      { name: 'users', filterType: 'Hash', records: 1, occurrences: 1 },
    ],
    examples: [
      { line: 1, before: '{"subject":"test"}', by: ['tests'] },
      {
        line: 2,
        before: '{"user":"dan@demo.com"}',
        after: '{"user":"38357ee995993f047cce95db89b536b8"}',
        by: ['users'],
      },
    ],
  });
});

test('mistakes in rules are told one by one', async () => {
  const filters = [
    { filterType: 'Mask', name: 'm', regexp: 'a(?=b)' },
    { filterType: 'Mask', name: '', regexp: 'x' },
  ];
  const { status, json } = await api('POST', 'v1/rules/test', { body: { filters, records: '{}' } });
  expect(status).toBe(400);
  expect(json.mistakes).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^filters\[0\]\.regexp: look-ahead/),
      expect.stringMatching(/^filters\[1\]\.name: must not be empty/),
    ]),
  );
});

test.each([
  ['no records', { filters: [] }],
  ['too many', { filters: [], records: 'x'.repeat(100_001) }],
  ['more keys', { filters: [], records: '', config: {} }],
])('%s is refused', async (_, body) => {
  expect((await api('POST', 'v1/rules/test', { body })).status).toBe(400);
});
