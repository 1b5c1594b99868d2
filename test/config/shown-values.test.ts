/** What a refusal shows of the values that it refuses: nothing that may be a secret in a wrong place. */

import { describe, expect, test } from 'vitest';
import { parseSourceFile } from '../../src/config/source-config.js';

const SECRET = 'Zo7~kQ-w9';
const CONFIG = { name: 'mail', clientID: 'id', clientSecret: SECRET, dataCollection: ['siem'] };

function refused(changes: object, around: object = {}): readonly string[] {
  const source = { config: { ...CONFIG, ...changes }, schemaRef: { type: 'Mimecast' }, sourceType: 'Universal' };
  const parsed = parseSourceFile({ source: { ...source, ...around } });
  return parsed.ok ? [] : parsed.mistakes;
}

test.each<[object, string]>([
  [{ category: { clientSecret: 'S' } }, 'category: must be a string (found an object)'],
  [{ clientID: ['S'] }, 'clientID: must be a string (found a list)'],
  [{ name: ['S'] }, 'name: must be a string (found a list)'],
  [{ fields: { a: { b: 'S' } } }, 'fields.a: must be a text, a number, true or false (found an object)'],
  [
    { siemTypes: [['S']] },
    'siemTypes[0]: must be one of: receipt, process, delivery, journal, av, spam, internal email protect, impersonation protect, url protect, attachment protect (found a list)',
  ],
])('of an object or a list only what it is: %j', (changes, mistake) => {
  expect(refused(changes)).toEqual([`source.config.${mistake}`]);
});

describe('the client secret is shown nowhere', () => {
  const RULE = { filterType: 'Mask', name: 'a', regexp: '(a)' };
  test.each<[string, object, object?]>([
    ['as an address', { baseUrl: SECRET }],
    ['in an address', { baseUrl: `http://${SECRET}/x` }],
    ['as a duration', { pollInterval: SECRET }],
    ['in another case', { pollInterval: SECRET.toUpperCase() }],
    ['in a longer text', { lag: `client secret: ${SECRET}` }],
    ['in a list', { dataCollection: [SECRET] }],
    ['as a type', {}, { sourceType: SECRET }],
    ['as a kind', {}, { schemaRef: { type: SECRET } }],
    ['as a key', { [SECRET]: 1 }],
    ['at the end of a long key', { [`${'x'.repeat(55)}${SECRET}`]: 1 }],
    ['as the name of a field', { fields: { [SECRET]: 'x' } }],
    ['as fields that are the same', { fields: { secretZo7: 'x', SecretZo7: 'y' }, clientSecret: 'secretZo7' }],
    ['in a type of a rule', { filters: [{ ...RULE, filterType: SECRET }] }],
    ['in the name of two rules', { filters: [RULE, RULE].map((rule) => ({ ...rule, name: SECRET })) }],
    ['in a pattern', { filters: [{ ...RULE, regexp: `[${SECRET}` }] }],
    ['in a mask', { filters: [{ ...RULE, mask: `:${SECRET}` }] }],
    ['with a short one', { clientSecret: 'hush', pollInterval: 'hush' }],
  ])('%s', (_, changes, around) => {
    const { clientSecret } = { ...CONFIG, ...changes };
    const mistakes = refused({ nothing: 1, ...changes }, around);
    expect(mistakes.join('\n').toLowerCase()).not.toContain(clientSecret.toLowerCase());
  });

  test('and its length says enough', () => {
    expect(refused({ pollInterval: SECRET })).toEqual([
      'source.config.pollInterval: must be a duration from 1s to 1d, such as "5m" or "24h" (found a text of 9 characters)',
    ]);
  });

  test('a placeholder hides no name of a key', () => {
    expect(refused({ clientSecret: 'clientSecret', clientID: 5 })).toEqual([
      'source.config.clientID: must be a string (found 5)',
    ]);
  });
});

describe('a long text that may be a key', () => {
  const OPAQUE = 'Abcdefghij1234567890Z';
  test.each<[string, object, object?]>([
    ['pollInterval', { pollInterval: OPAQUE }],
    ['baseUrl', { baseUrl: OPAQUE }],
    ['hashAlgorithm', { hashAlgorithm: OPAQUE }],
    ['dataCollection[0]', { dataCollection: [OPAQUE] }],
    ['filters[0].filterType', { filters: [{ filterType: OPAQUE, name: 'a', regexp: 'a' }] }],
  ])('is not shown in %s', (path, changes) => {
    expect(refused(changes)).toEqual([expect.stringMatching(/ \(found a text of 21 characters\)$/)]);
    expect(refused(changes)[0]?.startsWith(`source.config.${path}: `)).toBe(true);
  });

  test.each(['https://192.168.10.100/a/b', 'every 5 minutes or 2', 'twenty-five-minutes-or-so', 'a1'])(
    'unlike %j',
    (pollInterval) => {
      expect(refused({ pollInterval })[0]).toMatch(`(found "${pollInterval}")`);
    },
  );
});
