import { expect, test } from 'vitest';
import { type GivenFields, type RecordFields, recordFieldsOf } from '../../../src/domain/fields/record-fields.js';

/** The schema has these, spelt so. */
const SCHEMA = new Map(['team', 'Site', 'n', 'yes'].map((name) => [name.toLowerCase(), name]));
const NOTHING: RecordFields = { fields: {}, siemForward: false, dropped: [] };

test.each<[string, GivenFields, GivenFields, Partial<RecordFields>]>([
  ['nothing', undefined, undefined, {}],
  ['null', null, null, {}],
  ['of the source', { team: 'a' }, undefined, { fields: { team: 'a' } }],
  ['of the collector', undefined, { team: 'a' }, { fields: { team: 'a' } }],
  ['of both', { team: 'a' }, { Site: 'b' }, { fields: { team: 'a', Site: 'b' } }],
  ['the source over the collector', { team: 'a' }, { team: 'b' }, { fields: { team: 'a' } }],
  ['also when the case differs', { TEAM: 'a' }, { team: 'b' }, { fields: { team: 'a' } }],
  ['an empty value over another', { team: '' }, { team: 'b' }, { fields: { team: '' } }],
  ['the spelling of the schema', { sITE: 'a' }, undefined, { fields: { Site: 'a' } }],
  ['values as texts', { n: 1, yes: true }, undefined, { fields: { n: '1', yes: 'true' } }],
  [
    'unknown names dropped',
    { team: 'a', Other: 'b' },
    { more: 'c' },
    { fields: { team: 'a' }, dropped: ['Other', 'more'] },
  ],
  ['dropped once of both', { other: 'a' }, { OTHER: 'b' }, { dropped: ['other'] }],
  [
    'built-in ones without the schema',
    { _budget: 'a', _parser: 'b' },
    undefined,
    { fields: { _budget: 'a', _parser: 'b' } },
  ],
  ['Forward to SIEM', { _siemForward: true }, undefined, { siemForward: true }],
  ['as a text', { _siemForward: 'true' }, undefined, { siemForward: true }],
  ['not', { _siemForward: false }, undefined, {}],
  ['not, as a text', { _siemForward: 'false' }, undefined, {}],
  ['from the collector', undefined, { _siemForward: 'true' }, { siemForward: true }],
  ['not, over the collector', { _siemForward: false }, { _siemForward: 'true' }, {}],
])('%s', (_, source, collector, expected) => {
  expect(recordFieldsOf(source, collector, SCHEMA)).toEqual({ ...NOTHING, ...expected });
});
