import { describe, expect, test } from 'vitest';
import { DatedPrefix, datedPrefixMistake } from '../../../src/domain/streams/dated-prefix.js';

test.each<[string, RegExp | undefined]>([
  ['logs/', undefined],
  ['logs/{yyyy}/{MM}/{dd}/', undefined],
  ['{yyyy}/', undefined],
  ['{yyyy-MM-dd}/{HH}/', undefined],
  ['logs/!{timestamp:yyyy/MM/dd/}', undefined],
  ['logs/year={yyyy}/month={MM}/day={dd}/', undefined],
  ['logs/{YYYY}/', /must not have \{YYYY\}; the parts of a date are \{yyyy\}, \{MM\}, \{dd\}, \{HH\}/],
  ['logs/{date}/', /must not have \{date\}/],
  ['logs/{}/', /must not have \{\}/],
  ['logs/{yyyy/', /must not have \{ or \}/],
  ['logs/yyyy}/', /must not have \{ or \}/],
  ['logs/{MM}/', /must have \{yyyy\} where it has \{MM\}/],
  ['logs/{yyyy}/{dd}/', /must have \{MM\} where it has \{dd\}/],
  ['logs/{yyyy}/{MM}/{HH}/', /must have \{dd\} where it has \{HH\}/],
])('%s: %s', (prefix, mistake) => {
  if (mistake === undefined) expect(datedPrefixMistake(prefix)).toBeUndefined();
  else expect(datedPrefixMistake(prefix)).toMatch(mistake);
});

test.each<[string, string, boolean]>([
  ['logs/', 'logs/a', true],
  ['logs/', 'log', false],
  ['logs/{yyyy}/{MM}/{dd}/', 'logs/2026/06/01/a.json', true],
  ['logs/{yyyy}/{MM}/{dd}/', 'logs/2026/13/01/a.json', false],
  ['logs/{yyyy}/{MM}/{dd}/', 'logs/2026/6/1/a.json', false],
  ['logs/{yyyy}/{MM}/{dd}/', 'logs/tmp/2026/06/01/a.json', false],
  ['logs/{yyyy}/{MM}/{dd}/{HH}/av/', 'logs/2026/06/01/23/av/1', true],
  ['logs/{yyyy}/{MM}/{dd}/{HH}/av/', 'logs/2026/06/01/24/av/1', false],
  ['{yyyy}/{yyyy}{MM}{dd}.', '2026/20260601.json', true],
  ['{yyyy}/{yyyy}{MM}{dd}.', '2026/20250601.json', false],
  ['{yyyy}/{yyyy}{MM}{dd}.', '2026/20260601_json', false],
])('below %s is %s: %s', (prefix, key, isBelow) => {
  expect(new DatedPrefix(prefix).matches(key)).toBe(isBelow);
});

const DAYS = [new Date('2026-02-27T23:59:00Z'), new Date('2026-03-01T00:00:00Z')] as const;

test.each<[string, readonly string[]]>([
  ['logs/', ['logs/']],
  ['l/{yyyy}/{MM}/{dd}/av/', ['l/2026/02/27/av/', 'l/2026/02/28/av/', 'l/2026/03/01/av/']],
  ['l/!{timestamp:yyyy-MM}/', ['l/2026-02/', 'l/2026-03/']],
  ['l/{yyyy}/', ['l/2026/']],
  ['l/{yyyy}/{MM}/{dd}/{HH}/av/', ['l/2026/02/27/', 'l/2026/02/28/', 'l/2026/03/01/']],
])('the days of %s are listed each once', (prefix, listed) => {
  expect(new DatedPrefix(prefix).ofDays(...DAYS)).toEqual(listed);
});

test.each<[string, string, boolean]>([
  ['l/{yyyy}/{MM}/{dd}/', 'l/2026/06/01/a', true],
  ['l/{yyyy}/{MM}/{dd}/', 'l/2026/05/31/a', false],
  ['l/{dd}.{MM}.{yyyy}/', 'l/31.05.2027/a', true],
  ['l/{dd}.{MM}.{yyyy}/', 'l/31.05.2026/a', false],
  ['l/{yyyy}/{MM}/', 'l/2026/06/a', true],
  ['l/{yyyy}/{MM}/', 'l/2026/05/a', false],
  ['l/', 'l/2025/a', true],
])('of %s, %s is from 2026-06-01 or later: %s', (prefix, key, isFrom) => {
  expect(new DatedPrefix(prefix).isFrom('2026-06-01', key)).toBe(isFrom);
});

describe('two overlap', () => {
  test.each<[string, string, boolean]>([
    ['a/', 'a/b/', true],
    ['a/', 'ab/', false],
    ['l/{yyyy}/{MM}/{dd}/av/', 'l/{yyyy}/{MM}/{dd}/spam/', false],
    ['l/{yyyy}/{MM}/{dd}/', 'l/{yyyy}/{MM}/{dd}/spam/', true],
    ['l/{yyyy}/{MM}/', 'l/2026/', true],
    ['l/{yyyy}/{MM}/', 'l/av/', false],
    ['l/{yyyy}-av', 'l/2026', true],
    ['l/{yyyy-MM}/', 'l/{yyyy}/{MM}/', false],
    ['{yyyy}/', 'receipt/', false],
  ])('%s and %s: %s', (a, b, isSame) => {
    expect(new DatedPrefix(a).overlaps(new DatedPrefix(b))).toBe(isSame);
    expect(new DatedPrefix(b).overlaps(new DatedPrefix(a))).toBe(isSame);
  });
});
