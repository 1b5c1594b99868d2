import { expect, test } from 'vitest';
import { ReadBudget } from '../../src/store/indicator-search.js';

test('a page that brings only hits makes the next one larger, up to a thousand', () => {
  const budget = new ReadBudget();
  const limits = Array.from({ length: 6 }, () => {
    const limit = budget.take(5_000, 11);
    budget.settle({ unread: 0, kept: limit });
    return limit;
  });
  expect(limits).toEqual([44, 176, 704, 1_000, 1_000, 1_000]);
});

test('what a search has found pays for other chunks, of which one brings little', () => {
  const budget = new ReadBudget();
  budget.settle({ unread: 0, kept: 100 });
  expect(budget.take(5_000, 11)).toBe(444);
  budget.settle({ unread: 0, kept: 1 });
  // 444 are read and 101 kept: four for each would be 404.
  expect(budget.take(5_000, 11)).toBe(11);
});

test('pages of several chunks at the same time share what may be read', () => {
  const budget = new ReadBudget();
  expect([budget.take(5_000, 11), budget.take(5_000, 11)]).toEqual([44, 11]);
});

test('what a page was allowed and did not read is free for others', () => {
  const budget = new ReadBudget();
  expect(budget.take(5_000, 11)).toBe(44);
  budget.settle({ unread: 40, kept: 0 });
  expect(budget.take(5_000, 11)).toBe(40);
});

test('no page reads more than is wanted', () => {
  expect(new ReadBudget().take(12, 11)).toBe(12);
});
