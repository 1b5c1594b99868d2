/** Lists of indicators to search for: common ones, rare ones, absent ones and ranges of addresses. */

import { IocSearch } from '../src/management/indicators/ioc-search.js';
import type { Collections } from '../src/store/collections.js';
import { type Cost, costOf } from './search-cost.js';

export interface IocCost extends Cost {
  readonly list: string;
  /** Indicators that have hits. */
  readonly met: number;
  readonly complete: boolean;
}

const times = (count: number, text: (n: number) => string) => Array.from({ length: count }, (_, n) => text(n + 1));
const rare = times(500, (n) => `rare${n * 90}@example.com`);
const absent = times(400, (n) => `absent${n}@absent.test`);
const common = times(9, (n) => `common${n}@example.com`);
const ranges = times(91, (n) => `10.${n % 4}.${n}.0/24`);

const all = [...rare, ...absent, ...common, ...ranges];

const LISTS: Readonly<Record<string, readonly string[]>> = {
  '500 rare addresses': rare,
  '400 absent addresses': absent,
  '9 common addresses': common,
  '91 ranges (/24)': ranges,
  '8 ranges (/20, of 16 values each)': times(8, (n) => `10.1.${n * 16}.0/20`),
  'a range (/9, of 128 values)': ['10.0.0.0/9'],
  'a domain that every record has': ['example.com'],
  'that domain and 400 absent addresses': ['example.com', ...absent],
  '1,000 of all kinds': all,
};
/** As the page asks first. */
const FIRST = { list: '1,000 of all kinds, the first 200', indicators: all, limit: 200 };

export async function* iocCosts(collections: Collections, rounds: number): AsyncGenerator<IocCost> {
  const search = new IocSearch(collections);
  const lists = Object.entries(LISTS).map(([list, indicators]) => ({ list, indicators, limit: indicators.length }));
  for (const { list, indicators, limit } of [...lists, FIRST]) {
    const ask = () => search.search({ indicators, limit });
    const { findings, isComplete } = await ask();
    const hits = findings.flatMap(({ found }) => found.map((one) => one.hits.length)).reduce((a, b) => a + b, 0);
    const cost = await costOf(collections, ask, rounds, hits);
    yield { list, met: findings.length, complete: isComplete, ...cost };
  }
}
