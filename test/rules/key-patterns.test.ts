import { expect, test } from 'vitest';
import { KeyPatterns, keyPatternMistake, literalHead } from '../../src/rules/key-patterns.js';

test.each<[string, readonly string[], readonly string[]]>([
  ['*.gz', ['a.gz', 'logs/receipt/a.gz', '.gz'], ['a.gz.tmp', 'a.json', 'a.gz/b']],
  ['logs/*.gz', ['logs/a.gz'], ['a.gz', 'logs/receipt/a.gz', 'other/logs/a.gz']],
  ['logs/**', ['logs/a', 'logs/a/b/c.gz', 'logs/'], ['logs', 'log/a']],
  ['logs/**/*.gz', ['logs/a.gz', 'logs/a/b/c.gz'], ['logs/a/b/c.json', 'x/logs/a.gz']],
  ['**/tmp/**', ['tmp/a', 'logs/tmp/a/b'], ['logs/tmp', 'logs/atmp/a']],
  ['a**b/c', ['ab/c', 'ax/y/b/c'], ['ab/d']],
  ['part-?.json', ['part-1.json', 'x/part-ä.json'], ['part-10.json', 'part-/.json']],
  ['[0-9][!a-c].gz', ['1d.gz', '9z.gz'], ['1a.gz', 'ad.gz', '1/.gz']],
  ['[]-]x', [']x', '-x'], ['ax']],
  ['*.{json,ndjson}{,.gz}', ['a.json', 'a.ndjson.gz', 'x/a.json.gz'], ['a.gz', 'a.json.zip']],
  ['a,b', ['a,b'], ['a', 'b']],
  ['a+(b).$^|', ['a+(b).$^|'], ['aab.']],
  ['\\*\\{x', ['*{x', 'y/*{x'], ['a{x']],
  ['line\n*', ['line\nb'], ['line b']],
])('%s', (pattern, matching, others) => {
  expect(keyPatternMistake(pattern)).toBeUndefined();
  const patterns = new KeyPatterns({ include: [pattern] });
  expect(matching.filter((key) => !patterns.wants(key))).toEqual([]);
  expect(others.filter((key) => patterns.wants(key))).toEqual([]);
});

test('what is excluded is not wanted although it is included, and without patterns every key is', () => {
  const patterns = new KeyPatterns({ include: ['logs/**', '*.gz'], exclude: ['**/tmp/**', '*.bak'] });
  const keys = ['logs/a', 'x/a.gz', 'logs/tmp/a.gz', 'logs/a.bak', 'x/a'];
  expect(keys.filter((key) => patterns.wants(key))).toEqual(['logs/a', 'x/a.gz']);
  expect(new KeyPatterns({}).wants('anything')).toBe(true);
});

test.each([
  ['/logs/*', /must not begin with "\/"/],
  ['logs/[abc', /must have a \] for each \[/],
  ['logs/{a,b', /must have a \} for each \{/],
  ['logs/a}', /must have a \{ for each \}/],
  ['logs/\\', /must not end with \\/],
  ['[z-a]', /a range in \[ \] is out of order/],
])('%s is no pattern', (pattern, mistake) => {
  expect(keyPatternMistake(pattern)).toMatch(mistake);
});

test('many stars take no longer than few', () => {
  expect(new KeyPatterns({ include: ['*a*a*a*a*a*a*a*a*b'] }).wants('a'.repeat(1_000))).toBe(false);
});

test.each([
  ['logs/2026/*.gz', 'logs/2026/'],
  ['*.gz', ''],
  ['name.gz', ''],
  ['a/b', 'a/b'],
  ['a\\*/b', 'a'],
])('all keys that match %s begin with "%s"', (pattern, head) => {
  expect(literalHead(pattern)).toBe(head);
});
