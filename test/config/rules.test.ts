/** Processing rules in a configuration: every mistake at once, none of them twice. */

import { expect, test } from 'vitest';
import { SOURCE_CONFIG_JSON_SCHEMA } from '../../src/config/json-schema.js';
import { parseSourceConfig } from '../../src/config/source-config.js';

const CONFIG = { name: 'mail', clientID: 'id', clientSecret: 'hush', dataCollection: ['siem'] };
const TYPES = 'must be one of: Exclude, Include, Mask, Hash';
const RULE = { filterType: 'Mask', name: 'a', regexp: '(a)' };
const RULES = Array.from({ length: 100 }, (_, index) => ({ ...RULE, name: `rule ${index}` }));

function refused(filters: unknown): readonly string[] {
  const parsed = parseSourceConfig({ ...CONFIG, filters });
  return parsed.ok ? [] : parsed.mistakes;
}

test('mistyped keys, values and types are all named, with what was found and what is near', () => {
  const filters = [
    { type: 'Mask', nmae: 'x', regex: '(a)', Mask: '#' },
    { filterType: 'mask' },
    { mask: 7 },
    { name: 5, regexp: 7 },
  ];
  expect(refused(filters)).toEqual([
    `filters[0].filterType: missing; ${TYPES}`,
    'filters[0].name: missing; must be a string',
    'filters[0].regexp: missing; must be a string',
    'filters[0].type: unknown key; did you mean "filterType"?',
    'filters[0].nmae: unknown key; did you mean "name"?',
    'filters[0].regex: unknown key; did you mean "regexp"?',
    'filters[0].Mask: unknown key; did you mean "mask"?',
    `filters[1].filterType: ${TYPES}; did you mean "Mask"? (found "mask")`,
    'filters[1].name: missing; must be a string',
    'filters[1].regexp: missing; must be a string',
    `filters[2].filterType: missing; ${TYPES}`,
    'filters[2].name: missing; must be a string',
    'filters[2].regexp: missing; must be a string',
    'filters[2].mask: must be a string (found 7)',
    `filters[3].filterType: missing; ${TYPES}`,
    'filters[3].name: must be a string (found 5)',
    'filters[3].regexp: must be a string (found 7)',
  ]);
});

test.each<[string, unknown, readonly string[]]>([
  ['no list', {}, ['filters: must be a list of processing rules (found an object)']],
  ['no objects', ['x', null], ['[0]: must be an object (found a text)', '[1]: must be an object (found null)']],
  [
    'a long name',
    [{ ...RULE, name: '🛡'.repeat(33) }],
    [`[0].name: must have at most 32 characters (found "${'🛡'.repeat(28)}…)`],
  ],
  [
    'a wrong pattern in a rule of no known type',
    [{ ...RULE, filterType: 'mask', regexp: '(a' }],
    [
      `[0].filterType: ${TYPES}; did you mean "Mask"? (found "mask")`,
      '[0].regexp: group without its closing ) at position 1 (found "(a")',
    ],
  ],
  ['a name twice', [RULE, RULE], ['[1].name: "a" is the name of another rule too (found "a")']],
  ['a colon', [{ ...RULE, mask: 'a:b' }], ['[0].mask: must not contain a colon (found "a:b")']],
  [
    'no group',
    [{ ...RULE, regexp: 'a' }],
    ['[0].regexp: has no capture group; put what a Mask rule is to replace in parentheses (found "a")'],
  ],
  [
    'a wrong pattern beside a wrong key',
    [{ ...RULE, regexp: '(a', regx: 1 }],
    [
      '[0].regx: unknown key; did you mean "regexp"?',
      '[0].regexp: group without its closing ) at position 1 (found "(a")',
    ],
  ],
  [
    'Forward',
    [{ ...RULE, filterType: 'Forward' }],
    [
      `[0].filterType: ${TYPES}; Forward rules are only for installed collectors, which have sinks to forward to (found "Forward")`,
    ],
  ],
  [
    'a key of the configuration',
    [{ ...RULE, hashAlgorithm: 'MD5' }],
    ['[0].hashAlgorithm: unknown key here; it belongs in "source.config"'],
  ],
  [
    'too many, and mistakes in them',
    Array.from({ length: 101 }, (_, index) => ({ ...RULE, name: `r${index}`, ...(index === 0 ? { regexp: '' } : {}) })),
    [
      '[0].regexp: must be a regular expression (found "")',
      'filters: at most 100 rules are allowed for a source (found 101)',
    ],
  ],
])('%s', (_, filters, mistakes) => {
  expect(refused(filters)).toEqual(mistakes.map((mistake) => mistake.replace(/^(?=\[)/, 'filters')));
});

test('a key of a rule beside them: the mistake says where it belongs', () => {
  expect(parseSourceConfig({ ...CONFIG, regexp: 'x' })).toEqual({
    ok: false,
    mistakes: ['regexp: unknown key here; it belongs in a rule of "filters"'],
  });
});

test.each<[unknown, unknown]>([
  [null, undefined],
  ['', undefined],
  [[], undefined],
  [[{ ...RULE, mask: '' }], [RULE]],
  [[{ ...RULE, mask: null }], [RULE]],
  [[{ ...RULE, name: '🛡'.repeat(32) }], [{ ...RULE, name: '🛡'.repeat(32) }]],
  [RULES, RULES],
  [[{ ...RULE, filterType: 'Hash', mask: 'a:b' }], [{ ...RULE, filterType: 'Hash', mask: 'a:b' }]],
])('%j is accepted', (filters, read) => {
  const parsed = parseSourceConfig({ ...CONFIG, filters });
  expect(parsed).toMatchObject({ ok: true });
  expect(parsed.ok && parsed.value.filters).toStrictEqual(read);
});

test('the JSON Schema knows the keys of a rule', () => {
  const { filters } = (SOURCE_CONFIG_JSON_SCHEMA as { readonly properties: Record<string, object> }).properties;
  expect(filters).toMatchObject({
    maxItems: 100,
    anyOf: [
      {
        type: 'array',
        items: {
          additionalProperties: false,
          required: ['filterType', 'name', 'regexp'],
          properties: {
            filterType: { enum: ['Exclude', 'Include', 'Mask', 'Hash'] },
            name: { maxLength: 32 },
            regexp: { maxLength: 4096 },
            mask: { default: '#' },
          },
        },
      },
      { enum: [null, ''] },
    ],
  });
});
