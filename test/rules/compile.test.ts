import { describe, expect, test } from 'vitest';
import { applyRules } from '../../src/rules/apply.js';
import { compileRules, NO_RULES } from '../../src/rules/compile.js';

const RIGHT = { filterType: 'Exclude', name: 'a', regexp: '.*a.*' };

function mistakesOf(filters: unknown, hashAlgorithm?: unknown): readonly string[] {
  const compiled = compileRules(filters, hashAlgorithm);
  return compiled.ok ? [] : compiled.mistakes;
}

describe('right rules', () => {
  test.each<[string, unknown, unknown?]>([
    ['none', undefined],
    ['null', null],
    ['an empty list', []],
    [
      'one of each kind',
      ['Exclude', 'Include', 'Mask', 'Hash'].map((filterType) => ({ filterType, name: filterType, regexp: '(a)' })),
    ],
    ['an empty mask on every rule, as the Terraform provider sends it', [{ ...RIGHT, mask: '' }]],
    ['a mask on a rule that masks nothing', [{ ...RIGHT, mask: 'x' }]],
    ['a name of 32 characters', [{ ...RIGHT, name: '😀'.repeat(32) }]],
    ['100 rules', Array.from({ length: 100 }, (_, index) => ({ ...RIGHT, name: `rule ${index}` }))],
    ['no hash algorithm', [], ''],
    ['MD5', [], 'MD5'],
    ['SHA-256', [], 'SHA-256'],
    ['an octal escape', [{ ...RIGHT, regexp: '.*a\\040b.*' }]],
    ['flags at the end', [{ ...RIGHT, regexp: '(?s).*secur.*(?s)' }]],
  ])('%s', (_, filters, hashAlgorithm) => {
    expect(mistakesOf(filters, hashAlgorithm)).toEqual([]);
  });

  test('no rules leave a text alone', () => {
    const compiled = compileRules([]);
    expect(compiled).toEqual({ ok: true, rules: NO_RULES });
    expect(applyRules(NO_RULES, 'x')).toEqual({ isKept: true, text: 'x', changes: [], hidden: new Set(), matched: [] });
  });
});

describe('a mistake is told with its path', () => {
  test.each<[string, unknown, string]>([
    ['no list', {}, 'filters: must be a list of processing rules'],
    ['no object', ['x'], 'filters[0]: must be an object with filterType, name and regexp'],
    ['null', [null], 'filters[0]: must be an object with filterType, name and regexp'],
    [
      'no type',
      [{ ...RIGHT, filterType: undefined }],
      'filters[0].filterType: missing; must be one of: Exclude, Include, Mask, Hash',
    ],
    [
      'another type',
      [{ ...RIGHT, filterType: 'exclude' }],
      'filters[0].filterType: must be one of: Exclude, Include, Mask, Hash',
    ],
    [
      'Forward',
      [{ filterType: 'Forward', name: 'f', regexp: '.*', sinkId: 3 }],
      'filters[0].filterType: Forward rules are only for installed collectors, which have sinks to forward to',
    ],
    ['an unknown key', [{ ...RIGHT, regex: 'x' }], 'filters[0].regex: unknown key'],
    ['no name', [{ ...RIGHT, name: '' }], 'filters[0].name: missing; must be a text'],
    ['a number as name', [{ ...RIGHT, name: 5 }], 'filters[0].name: must be a text'],
    [
      'a name of 33 characters',
      [{ ...RIGHT, name: 'x'.repeat(33) }],
      'filters[0].name: must have at most 32 characters',
    ],
    ['a name twice', [RIGHT, RIGHT], 'filters[1].name: "a" is the name of another rule too'],
    ['no pattern', [{ ...RIGHT, regexp: undefined }], 'filters[0].regexp: missing; must be a regular expression'],
    ['an empty pattern', [{ ...RIGHT, regexp: '' }], 'filters[0].regexp: missing; must be a regular expression'],
    ['a list as pattern', [{ ...RIGHT, regexp: ['a'] }], 'filters[0].regexp: must be a regular expression'],
    [
      'a Mask without a group',
      [{ filterType: 'Mask', name: 'm', regexp: 'a(?:b)' }],
      'filters[0].regexp: has no capture group; put what a Mask rule is to replace in parentheses',
    ],
    [
      'a Hash without a group',
      [{ filterType: 'Hash', name: 'h', regexp: '\\(a\\)' }],
      'filters[0].regexp: has no capture group; put what a Hash rule is to replace in parentheses',
    ],
    [
      'a colon in a mask',
      [{ filterType: 'Mask', name: 'm', regexp: '(a)', mask: 'a:b' }],
      'filters[0].mask: must not hold a colon',
    ],
    [
      'a number as mask',
      [{ filterType: 'Mask', name: 'm', regexp: '(a)', mask: 5 }],
      'filters[0].mask: must be a text',
    ],
    [
      '101 rules',
      Array.from({ length: 101 }, (_, index) => ({ ...RIGHT, name: `rule ${index}` })),
      'filters: at most 100 rules are allowed for a source (found 101)',
    ],
  ])('%s', (_, filters, mistake) => {
    expect(mistakesOf(filters)).toEqual([mistake]);
  });

  test.each([['md5'], ['SHA256'], [5], [{}]])('hash algorithm %j', (algorithm) => {
    expect(mistakesOf([], algorithm)).toEqual(['hashAlgorithm: must be one of: MD5, SHA-256']);
  });

  test('all of them at once', () => {
    const filters = [
      RIGHT,
      { filterType: 'Mask', name: 'x'.repeat(40), regexp: 'a(?=b)', mask: ':' },
      { filterType: 'Drop' },
    ];
    expect(mistakesOf(filters, 'SHA-1')).toEqual([
      'hashAlgorithm: must be one of: MD5, SHA-256',
      'filters[1].name: must have at most 32 characters',
      'filters[1].mask: must not hold a colon',
      'filters[2].filterType: must be one of: Exclude, Include, Mask, Hash',
      'filters[2].name: missing; must be a text',
      'filters[2].regexp: missing; must be a regular expression',
      expect.stringMatching(/^filters\[1\]\.regexp: look-ahead "\(\?=" at position 2 is not supported/),
    ]);
  });
});
