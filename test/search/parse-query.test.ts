import ipaddr from 'ipaddr.js';
import { describe, expect, test } from 'vitest';
import type { Condition, FieldTest } from '../../src/domain/search/condition.js';
import { MAX_DEPTH, MAX_QUERY_LENGTH, MAX_TERMS } from '../../src/search/limits.js';
import { parseQuery } from '../../src/search/parse-query.js';
import { QueryError } from '../../src/search/query-error.js';
import { withoutBracketsBehind } from '../../src/search/tokens.js';

/** A tree in one line. */
function told(condition: Condition): string {
  switch (condition.kind) {
    case 'everything':
      return '*';
    case 'all':
    case 'any':
      return `${condition.kind}(${condition.of.map(told).join(', ')})`;
    case 'not':
      return `not(${told(condition.of)})`;
    case 'field':
      return `${condition.path} ${toldTest(condition.test)}`;
    case 'text':
      return toldTest(condition.test);
    case 'indicator':
      return `<${condition.keys.join(' ')}>`;
  }
}

function toldTest(test: FieldTest): string {
  switch (test.by) {
    case 'words':
      return `${test.boundary === 'part' ? 'is ' : ''}"${test.text}"`;
    case 'pattern':
      return `~${test.parts.map((part) => (typeof part === 'object' ? part.literal : { any: '*', one: '?' }[part])).join('|')}`;
    case 'exists':
      return 'exists';
    case 'network':
      return `in ${ipaddr.fromByteArray([...test.bytes])}/${test.bits}`;
    case 'range': {
      const end = (bound: typeof test.min) => (bound === undefined ? '*' : JSON.stringify(bound.value));
      return `${test.min?.isIncluded === true ? '[' : '{'}${end(test.min)} ${end(test.max)}${test.max?.isIncluded === true ? ']' : '}'}`;
    }
  }
}

describe('structure', () => {
  test.each([
    ['', '*'],
    ['  \n\t ', '*'],
    ['*', '*'],
    ['a', '"a"'],
    ['a b', 'all("a", "b")'],
    ['a AND b OR c d', 'any(all("a", "b"), all("c", "d"))'],
    ['a && b || c', 'any(all("a", "b"), "c")'],
    ['a OR  NOT b', 'any("a", not("b"))'],
    ['a\nNOT\tb', 'all("a", not("b"))'],
    ['-a !b', 'all(not("a"), not("b"))'],
    ['+a +b', 'all("a", "b")'],
    ['NOT (a OR b) c', 'all(not(any("a", "b")), "c")'],
    ['NOT (NOT a)', 'not(not("a"))'],
    ['-(a b)', 'not(all("a", "b"))'],
    ['(a)(b)', 'all("a", "b")'],
    ['((((a))))', '"a"'],
    ['a OR(b c)', 'any("a", all("b", "c"))'],
    ['x:(a OR y:b) c', 'all(any(x "a", y "b"), "c")'],
    ['x:(a OR (b c))', 'any(x "a", all(x "b", x "c"))'],
    ['and or not', 'all("and", "or", "not")'],
    ['ANDROID NOTHING', 'all("ANDROID", "NOTHING")'],
    ['"a AND b"', '"a AND b"'],
    ['a-b a!b a&&b', 'all("a-b", "a!b", "a&&b")'],
  ])('%j', (query, tree) => {
    expect(told(parseQuery(query))).toBe(tree);
  });
});

describe('terms', () => {
  test.each([
    ['subject:invoice', 'subject "invoice"'],
    ['subject: invoice', 'subject "invoice"'],
    ['subject:"monthly  \\"big\\" invoice"', 'subject "monthly  "big" invoice"'],
    ['subject:inv*ce?', 'subject ~inv|*|ce|?'],
    ['subject:a\\*b\\?', 'subject "a*b?"'],
    ['subject:*', 'subject exists'],
    ['_exists_:from.emailAddress', 'from.emailAddress exists'],
    ['a\\:b', '"a:b"'],
    ['x:12:30', 'x "12:30"'],
    ["don't", '"don\'t"'],
    ['größe:日本', 'größe "日本"'],
    ['x:-5', 'x "-5"'],
    ['x:[1 TO 5}', 'x [1 5}'],
    ['x:{1.5 TO *]', 'x {1.5 *}'],
    ['x:>=5 x:<7', 'all(x [5 *}, x {* 7})'],
    ['x:["a b" TO c]', 'x ["a b" "c"]'],
    ['x:[1 TO b]', 'x ["1" "b"]'],
    [
      '_messageTime:[2026-01-31 TO 2026-02-01T12:00]',
      '_messageTime ["2026-01-31T00:00:00.000Z" "2026-02-01T12:00:00.000Z"]',
    ],
    ['_receiptTime:>2026-01-31T12:00:00+02:00', '_receiptTime {"2026-01-31T10:00:00.000Z" *}'],
    ['__proto__:x constructor:y', 'all(__proto__ "x", constructor "y")'],
    ['"$where"', '"$where"'],
    ['$where', '"$where"'],
    ['subject:$ne', 'subject "$ne"'],
  ])('%j', (query, tree) => {
    expect(told(parseQuery(query))).toBe(tree);
  });
});

describe('indicators', () => {
  test.each([
    ['192.0.2.1', '<ip4:192.0.2.1>'],
    ['2001:db8::1', '<ip6:2001:0db8:0000:0000:0000:0000:0000:0001>'],
    ['198.51.100.0/24', '<ip4/24:198.51.100.0>'],
    ['2001:db8::/32 x', 'all(<ip6/32:2001:0db8:0000:0000:0000:0000:0000:0000>, "x")'],
    ['ip:2001:DB8::1', '<ip6:2001:0db8:0000:0000:0000:0000:0000:0001>'],
    ['ip:192.0.2.0/31', '<ip4:192.0.2.0 ip4:192.0.2.1>'],
    ['senderIp:192.0.2.0/24', 'all(<ip4/24:192.0.2.0>, senderIp in 192.0.2.0/24)'],
    ['Alice@Example.com', '<email:alice@example.com>'],
    ['"alice@example.com"', '"alice@example.com"'],
    ['<A@b.example>', '<message:a@b.example>'],
    ['message:<A@b.example>', '<message:a@b.example>'],
    ['https://Example.com/a?b=c:d', '<url:example.com/a?b=c:d>'],
    ['(url:https://example.com/a)', '<url:example.com/a>'],
    ['(https://example.com/a_(b))', '<url:example.com/a_(b)>'],
    ['D41D8CD98F00B204E9800998ECF8427E', '<md5:d41d8cd98f00b204e9800998ecf8427e>'],
    ['domain:*.Example.com', '<domain:example.com>'],
    ['file:"My Report.PDF"', '<file:my report.pdf>'],
    [
      'senderEnvelope:"Alice <Alice@example.com>"',
      'all(<email:alice@example.com>, senderEnvelope is "alice@example.com")',
    ],
    ['senderEnvelope:*@example.com', 'all(<domain:example.com>, senderEnvelope ~*|@example.com)'],
    ['senderEnvelope:example.com', 'senderEnvelope "example.com"'],
    ['senderDomain:example.com', 'all(<domain:example.com>, senderDomain is "example.com")'],
    ['messageId:<A@b.example>', 'all(<message:a@b.example>, messageId is "A@b.example")'],
    [
      'destinationIp:"2001:db8::1"',
      'all(<ip6:2001:0db8:0000:0000:0000:0000:0000:0001>, destinationIp in 2001:db8::1/128)',
    ],
    [
      'NOT senderIp:2001:db8::/32',
      'not(all(<ip6/32:2001:0db8:0000:0000:0000:0000:0000:0000>, senderIp in 2001:db8::/32))',
    ],
    ['senderIp:2001:db8::/20', 'senderIp in 2001:db8::/20'],
    ['\\ip:192.0.2.1', 'ip "192.0.2.1"'],
    ['url:"javascript:alert(1)"', 'url is "javascript:alert(1)"'],
    [
      'recipients:"<a@x.com>, <b@x.com>"',
      'all(<email:a@x.com>, <email:b@x.com>, recipients is "<a@x.com>, <b@x.com>")',
    ],
    [
      'attachments:"\\"a, b.pdf\\", \\"c.doc\\""',
      'all(<file:a, b.pdf>, <file:c.doc>, attachments is ""a, b.pdf", "c.doc"")',
    ],
    ['attachments:"a, b.pdf"', 'all(<file:a, b.pdf>, attachments is "a, b.pdf")'],
    ['NOT ip:192.0.2.1', 'not(<ip4:192.0.2.1>)'],
  ])('%j', (query, tree) => {
    expect(told(parseQuery(query))).toBe(tree);
  });

  test.each([
    ['ip:2001:db8::/20', '2001:db8::/20'],
    ['2001::/16', '2001::/16'],
    ['ip:0.0.0.0/0', '0.0.0.0/0'],
    ['0.0.0.0/0', '0.0.0.0/0'],
  ])('a range that is too wide for indicators is asked of the fields: %s', (query, range) => {
    const tree = told(parseQuery(query));
    for (const field of ['senderIp', 'destinationIp', 'Hostname']) expect(tree).toContain(`${field} in ${range}`);
    expect(tree).not.toContain('<');
  });

  test('a range without a field is asked of the fields of records without indicators', () => {
    expect(parseQuery('198.51.100.0/24')).toMatchObject({
      otherwise: {
        kind: 'any',
        of: expect.arrayContaining([{ kind: 'field', path: 'senderIp', test: expect.anything() }]),
      },
    });
  });
});

describe('refused, with the place', () => {
  test.each([
    ['a AND', 3, /has to follow/],
    ['OR a', 1, /nothing before OR/],
    ['a AND OR b', 7, /nothing before OR/],
    ['NOT NOT a', 5, /twice/],
    ['()', 2, /missing before this bracket/],
    ['a (b', 4, /not closed/],
    ['a) b', 2, /closes nothing/],
    ['a "b', 3, /quote is not closed/],
    ['subject:', 1, /has to follow/],
    ['subject:)', 9, /closes nothing|missing/],
    ['$where:1', 1, /cannot be the name of a field/],
    ['a OR from.$ne:1', 6, /cannot be the name of a field/],
    ['a..b:1', 1, /cannot be the name of a field/],
    ['_exists_:$where', 10, /cannot be the name of a field/],
    ['_id:00', 1, /cannot be searched/],
    ['/a+/', 1, /regular expressions/],
    ['subject:/(a+)+$/', 9, /regular expressions/],
    ['roam~', 5, /fuzzy/],
    ['"a b"~3', 6, /proximity/],
    ['a^2', 2, /boosts/],
    ['[1 TO 5]', 1, /needs the name of a field/],
    ['x:[* TO *]', 3, /at least one end/],
    ['_messageTime:yesterday', 14, /takes a range/],
    ['_messageTime:>yesterday', 14, /not a time/],
    ['_messageTime:>2026-02-31', 14, /not a time/],
    ['timestamp:>2026-01-01', 11, /_messageTime/],
    ['""', 1, /nothing to search for/],
    ['subject:""', 9, /nothing to search for/],
    ['ip:010.0.0.1', 4, /not an IP address/],
    ['ip:1.2.3', 4, /not an IP address/],
    ['ip:1.2.3.4/33', 4, /not an IP address/],
    ['hash:abc', 6, /not an MD5/],
    ['senderIp:1.2.3.4/33', 10, /not an IP address/],
    ['senderIp:2001:db8::/129', 10, /not an IP address/],
    ['senderIp:[192.0.2.1 TO 192.0.2.9]', 10, /192\.0\.2\.0\/24/],
    ['senderIp:>192.0.2.1', 10, /192\.0\.2\.0\/24/],
    ['x:********a?*?*?*?*?*?*', 3, /at most 10 wildcards/],
    [`${'('.repeat(MAX_DEPTH + 1)}a${')'.repeat(MAX_DEPTH + 1)}`, MAX_DEPTH + 1, /nested more than 30/],
    ['a '.repeat(MAX_TERMS + 1), 2 * MAX_TERMS + 1, /at most 200 terms/],
    ['a'.repeat(MAX_QUERY_LENGTH + 1), 1, /at most 10000 characters, and this one 10001/],
    ['(a OR '.repeat(17_000), 1, /at most 10000 characters/],
    [`${'x'.repeat(301)}:1`, 1, /too long/],
    ['\\', 1, /stands before nothing/],
  ])('%.40j', (query, position, message) => {
    const error = refusalOf(query);
    expect(error.message).toMatch(message);
    expect(error.position).toBe(position);
    expect(error.message).toContain(`(at character ${position})`);
  });
});

function refusalOf(query: string): QueryError {
  try {
    parseQuery(query);
  } catch (error) {
    if (error instanceof QueryError) return error;
    throw error;
  }
  throw new Error('it is not refused');
}

test('the brackets behind a URL are found in one pass', () => {
  expect(withoutBracketsBehind('https://a/(b))')).toBe('https://a/(b)');
  const many = 1_000_000;
  expect(withoutBracketsBehind(`https://a/(${')'.repeat(many)}`)).toBe('https://a/()');
});

test('as deep and as long as it may be', () => {
  expect(told(parseQuery(`${'('.repeat(MAX_DEPTH)}a${')'.repeat(MAX_DEPTH)}`))).toBe('"a"');
  expect(parseQuery('a '.repeat(MAX_TERMS))).toMatchObject({ kind: 'all' });
  expect(parseQuery(Array(MAX_TERMS).fill('NOT a').join(' OR '))).toMatchObject({ kind: 'any' });
});

test('whatever is typed is understood or refused, and never fails otherwise', () => {
  const signs = ['&&', '||', ' AND ', ' OR ', ' NOT ', ' TO ', ...'a1"()[]{}: \\/*?-+!~^<>$.@=\0\u202e'];
  let state = 1;
  const next = () => {
    state = (state * 48_271) % 2_147_483_647;
    return state;
  };
  for (let round = 0; round < 20_000; round += 1) {
    const query = Array.from({ length: (next() % 12) + 1 }, () => signs[next() % signs.length]).join('');
    try {
      parseQuery(query);
    } catch (error) {
      expect(error, JSON.stringify(query)).toBeInstanceOf(QueryError);
    }
  }
});
