import { describe, expect, test } from 'vitest';
import { applyRules } from '../../src/rules/apply.js';
import { compileChecked, compileRules, NO_RULES, type RuleMistake } from '../../src/rules/compile.js';
import type { Filter } from '../../src/rules/filter.js';

const RIGHT: Filter = { filterType: 'Exclude', name: 'a', regexp: '.*a.*' };

function mistakesOf(filters: readonly Filter[]): readonly RuleMistake[] {
  const compiled = compileRules(filters);
  return compiled.ok ? [] : compiled.mistakes;
}

describe('right rules', () => {
  test.each<[string, Filter[]]>([
    [
      'one of each kind',
      (['Exclude', 'Include', 'Mask', 'Hash'] as const).map((filterType) => ({
        filterType,
        name: filterType,
        regexp: '(a)',
      })),
    ],
    ['a mask on a rule that masks nothing', [{ ...RIGHT, mask: 'x:y' }]],
    ['an octal escape', [{ ...RIGHT, regexp: '.*a\\040b.*' }]],
    ['flags at the end', [{ ...RIGHT, regexp: '(?s).*secur.*(?s)' }]],
  ])('%s', (_, filters) => {
    expect(mistakesOf(filters)).toEqual([]);
  });

  test.each([[undefined], [[]]])('none (%j) leave a text alone', (filters) => {
    expect(compileRules(filters)).toEqual({ ok: true, rules: NO_RULES });
    expect(applyRules(NO_RULES, 'x')).toEqual({ isKept: true, text: 'x', changes: [], hidden: new Set(), matched: [] });
  });
});

test('every mistake is found, with its rule and key', () => {
  const filters: Filter[] = [
    RIGHT,
    { filterType: 'Mask', name: 'a', regexp: 'a(?=b)', mask: 'a:b' },
    { filterType: 'Mask', name: 'm', regexp: 'a(?:b)' },
    { filterType: 'Hash', name: 'h', regexp: '\\(a\\)' },
  ];
  expect(mistakesOf(filters)).toEqual([
    { index: 1, key: 'name', message: '"a" is the name of another rule too' },
    { index: 1, key: 'mask', message: 'must not contain a colon' },
    {
      index: 1,
      key: 'regexp',
      message: expect.stringMatching(/^look-ahead "\(\?=" at position 2 is not supported/),
    },
    { index: 2, key: 'regexp', message: noGroup('Mask') },
    { index: 3, key: 'regexp', message: noGroup('Hash') },
  ]);
  expect(() => compileChecked(filters)).toThrow('rules with mistakes');
});

function noGroup(type: string): string {
  return `has no capture group; put what a ${type} rule is to replace in parentheses`;
}
