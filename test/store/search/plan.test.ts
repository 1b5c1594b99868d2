/** Which indicator leads a search, and what is asked to find that out. */

import { expect, test } from 'vitest';
import { parseQuery } from '../../../src/search/parse-query.js';
import { type Ahead, planOf } from '../../../src/store/search/plan.js';

/** Records that carry a key, in the one collection of a world in which no two keys are carried by chance only. */
const RECORDS: Readonly<Record<string, number>> = {
  'domain:all.test': 100_000,
  'domain:many.test': 5_000,
  'domain:few.test': 500,
  'email:a@many.test': 20_000,
  'email:b@few.test': 900,
  'message:m@x.test': 2,
};
/** The leads with which most of the newest records are hits. */
const DENSE = new Set(['domain:all.test']);

function world(): Ahead & { readonly asked: string[] } {
  const asked: string[] = [];
  const countOf = (keys: readonly string[]) => keys.reduce((sum, key) => sum + (RECORDS[key] ?? 0), 0);
  return {
    asked,
    areFewerThan: async (limit, keys) => {
      asked.push(`${keys} < ${limit}`);
      return countOf(keys) < limit;
    },
    look: async (keys) => {
      asked.push(`look ${keys}`);
      return { share: 1 / countOf(keys), isDense: keys.every((key) => DENSE.has(key)) };
    },
  };
}

test.each<[string, string, boolean, string[]]>([
  ['domain:many.test', 'domain:many.test', false, []],
  ['domain:many.test AND <m@x.test>', 'message:m@x.test', true, ['message:m@x.test < 8']],
  [
    'email:a@many.test AND domain:few.test',
    'domain:few.test',
    true,
    [
      ...['email:a@many.test < 8', 'domain:few.test < 8', 'look email:a@many.test', 'look domain:few.test'],
      'domain:few.test < 1000',
    ],
  ],
  [
    'email:a@many.test AND domain:many.test',
    'domain:many.test',
    false,
    [
      ...['email:a@many.test < 8', 'domain:many.test < 8', 'look email:a@many.test', 'look domain:many.test'],
      ...['domain:many.test < 1000', 'email:a@many.test < 1000'],
    ],
  ],
  [
    'domain:all.test AND domain:many.test',
    'domain:all.test',
    true,
    ['domain:all.test < 8', 'domain:many.test < 8', 'look domain:all.test'],
  ],
  [
    '(domain:many.test AND <m@x.test>) OR email:b@few.test',
    'message:m@x.test,email:b@few.test',
    false,
    ['message:m@x.test < 8'],
  ],
])('%s', async (query, keys, isBounded, asked) => {
  const ahead = world();
  const plan = await planOf(parseQuery(query), true, ahead);
  expect({ keys: plan.keys?.join(), isBounded: plan.isBounded }).toEqual({ keys, isBounded });
  expect(ahead.asked).toEqual(asked);
});

test.each([
  ['*', true],
  ['subject:invoice', true],
  ['domain:many.test AND <m@x.test>', false],
])('no indicator leads %s', async (query, hasIndicators) => {
  const ahead = world();
  expect(await planOf(parseQuery(query), hasIndicators, ahead)).toMatchObject({ isBounded: false });
  expect(ahead.asked).toEqual([]);
});
