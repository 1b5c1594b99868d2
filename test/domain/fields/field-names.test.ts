import { describe, expect, test } from 'vitest';
import {
  BUILTIN_FIELDS,
  SETTABLE_BUILTINS,
  unfitForOwner,
  unfitForSchema,
} from '../../../src/domain/fields/field-names.js';

const LONGEST = 'n'.repeat(255);

test.each(['team', 'Team', 'host.name', 'app.kubernetes.io/name', 'a b', 'größe', '_own', '-', '5', LONGEST])(
  '%s is fit for the schema and for a source',
  (name) => {
    expect(unfitForSchema(name)).toBeUndefined();
    expect(unfitForOwner(name)).toBeUndefined();
  },
);

test.each(['', ' ', ' a', 'a ', 'a\tb', 'a\nb', 'a"b', 'a$b', '$a', 'a=b', 'a*', 'a,b', 'a\u0000', `${LONGEST}n`])(
  '%j is fit for neither',
  (name) => {
    expect(unfitForSchema(name)).toMatch(/name/);
    expect(unfitForOwner(name)).toMatch(/name/);
  },
);

describe('reserved names', () => {
  test.each(BUILTIN_FIELDS)('%s is built-in, in any case', (name) => {
    for (const spelling of [name, name.toUpperCase()]) expect(unfitForSchema(spelling)).toMatch(/built-in/);
  });

  test.each(SETTABLE_BUILTINS)('%s may be given a value', (name) => {
    expect(unfitForOwner(name)).toBeUndefined();
  });

  test.each([
    '_id',
    '_messageTime',
    '_dataType',
    '_vendor',
    '_received',
    '__proto__',
    'X-Sumo-Fields',
    'x-sumo-name',
    'webhook-authid',
  ])('%s means something else', (name) => {
    expect(unfitForSchema(name)).toMatch(/reserved/);
    expect(unfitForOwner(name)).toMatch(/reserved/);
  });
});
