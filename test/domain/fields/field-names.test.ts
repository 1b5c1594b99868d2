import { describe, expect, test } from 'vitest';
import {
  BUILTIN_FIELDS,
  invalidFieldReason,
  invalidSchemaFieldReason,
  SETTABLE_BUILTINS,
} from '../../../src/domain/fields/field-names.js';

const LONGEST = 'n'.repeat(255);

test.each(['team', 'Team', 'host.name', 'app.kubernetes.io/name', 'a b', 'größe', '_own', '-', '5', LONGEST])(
  '%s is fit for the schema and for a source',
  (name) => {
    expect(invalidSchemaFieldReason(name)).toBeUndefined();
    expect(invalidFieldReason(name)).toBeUndefined();
  },
);

test.each(['', ' ', ' a', 'a ', 'a\tb', 'a\nb', 'a"b', 'a$b', '$a', 'a=b', 'a*', 'a,b', 'a\u0000', `${LONGEST}n`])(
  '%j is fit for neither',
  (name) => {
    expect(invalidSchemaFieldReason(name)).toMatch(/name/);
    expect(invalidFieldReason(name)).toMatch(/name/);
  },
);

describe('reserved names', () => {
  test.each(BUILTIN_FIELDS)('%s is built-in, in any case', (name) => {
    for (const spelling of [name, name.toUpperCase()]) expect(invalidSchemaFieldReason(spelling)).toMatch(/built-in/);
  });

  test.each(SETTABLE_BUILTINS)('%s may be given a value', (name) => {
    expect(invalidFieldReason(name)).toBeUndefined();
  });

  test.each([
    '_id',
    '_messageTime',
    '_dataType',
    '_vendor',
    '__proto__',
    'X-Sumo-Fields',
    'x-sumo-name',
    'webhook-authid',
  ])('%s means something else', (name) => {
    expect(invalidSchemaFieldReason(name)).toMatch(/reserved/);
    expect(invalidFieldReason(name)).toMatch(/reserved/);
  });

  test('_received may be one: sources had it before documents did', () => {
    expect(invalidFieldReason('_received')).toBeUndefined();
  });
});
