/** Who is meant by an address, and who only looks like it. */

import { describe, expect, test } from 'vitest';
import { formsOf, holdsAddress, isAddress, withoutAddresses } from '../../../src/domain/erasure/person.js';

const BOB = formsOf('Bob@Example.com');

test.each([
  'bob@example.com',
  'BOB@EXAMPLE.COM',
  'Bob <bob@example.com>, ann@example.com',
  'ann@example.com;bob@example.com',
  '"bob@example.com"',
  'mailto:bob@example.com?subject=x',
  'https://example.net/?to=bob@example.com&x=1',
  'https://example.net/?to=bob%40example.com',
  'https://example.net/%3Cbob%40example.com%3E',
  '{"to":"bob\\u0040example.com"}',
  'written to bob@example.com.',
  'https://example.net/unsubscribe/bob@example.com',
  `https://example.net/${'a/'.repeat(60)}sales/bob@example.com`,
  'https://example.net/x?bob@example.com&y',
  'a|bob@example.com|b',
  'see ...bob@example.com',
  "'bob@example.com'",
  'https://a.example/?u=https%3A%2F%2Fb.example%2F%3Fto%3Dbob%2540example.com',
  '%FF%20bob%40example.com',
  '"to:\\nbob@example.com"',
])('%s names the person', (text) => {
  expect(holdsAddress(text, BOB)).toBe(true);
  expect(holdsAddress(withoutAddresses(text, BOB, '[erased]'), BOB)).toBe(false);
});

test.each([
  'jimbob@example.com',
  'jim-bob@example.com',
  'jim.bob@example.com',
  'jim+bob@example.com',
  "o'bob@example.com",
  'd’bob@example.com',
  'sales/bob@example.com',
  'bob@example.community',
  'bob@example.com.au',
  'bob@example.com-mail.net',
  'bob+news@example.com',
  'bob at example.com',
  'ébob@example.com',
  '',
])('%s does not', (text) => {
  expect(holdsAddress(text, BOB)).toBe(false);
  expect(withoutAddresses(text, BOB, '[erased]')).toBe(text);
});

test('only the address itself is masked', () => {
  const text = 'from:bob@example.com OR jim-bob@example.com and Bob@example.com';
  expect(withoutAddresses(text, BOB, '[erased]')).toBe('from:[erased] OR jim-bob@example.com and [erased]');
});

test('a domain of other letters is found in both of its forms', () => {
  const forms = formsOf('jürgen@müller.example');
  expect(forms).toEqual(['jürgen@müller.example', 'jürgen@xn--mller-kva.example']);
  expect(holdsAddress('JÜRGEN@MÜLLER.EXAMPLE', forms)).toBe(true);
  expect(holdsAddress('to jürgen@xn--mller-kva.example', forms)).toBe(true);
  expect(holdsAddress('ju\u0308rgen@müller.example', forms)).toBe(true);
});

describe('an address', () => {
  test.each(['a@b.example', ' A.B+c@sub.example.com ', "o'neil@example.com", 'ü@example.com'])('is %s', (text) => {
    expect(isAddress(text)).toBe(true);
  });
  test.each([
    '',
    'a',
    '@example.com',
    'a@',
    'a@b',
    'a b@example.com',
    'a@b@example.com',
    '<a@example.com>',
    'a@example.com/x',
    'a@example.com?s=1',
    'a@example.com.',
    "'a@example.com'",
    'a@1.2',
    `${'a'.repeat(250)}@b.example`,
  ])('is not "%s"', (text) => {
    expect(isAddress(text)).toBe(false);
  });
});
