/** Readers of what people type and paste: queries, tokens, lists, rules and patterns of keys. */

import { BSON } from 'mongodb';
import { DatedPrefix, datedPrefixMistake } from '../../../src/domain/streams/dated-prefix.js';
import { STREAMS } from '../../../src/domain/streams/streams.js';
import { indicatorsOf, MOST_INDICATORS } from '../../../src/indicators/extract.js';
import { parseList } from '../../../src/indicators/lists/parse-list.js';
import { ListTooLong } from '../../../src/indicators/lists/wanted.js';
import { decodeText } from '../../../src/records/decode.js';
import { applyRules, MAX_TEXT } from '../../../src/rules/apply.js';
import { compileRules } from '../../../src/rules/compile.js';
import { KeyPatterns, keyPatternMistake } from '../../../src/rules/key-patterns.js';
import { parseQuery } from '../../../src/search/parse-query.js';
import { QueryError } from '../../../src/search/query-error.js';
import { behindOf, PageTokenError } from '../../../src/store/list-page.js';
import { filterOf } from '../../../src/store/search/filter.js';
import { behindFilter, positionOf, tokenOf } from '../../../src/store/search/position.js';
import { type FuzzTarget, holds, refusing, refusingLater, same, textOf } from '../target.js';

const NOW = Date.parse('2026-06-01T00:00:00Z');

const query: FuzzTarget = {
  name: 'query',
  seeds: [
    'a AND (b OR NOT c) -d +e',
    'subject:"two words" _messageTime:[2026-01-01 TO 2026-02-01}',
    'ip:192.0.2.0/24 from:<id@mail> https://example.com/a?b=(c)',
    'size:>5 size:<=9 x:/a.*b/ y:* z:a?c*',
    '2001:db8::1 user@example.com a\\:b d41d8cd98f00b204e9800998ecf8427e',
  ],
  words: [
    'AND',
    ' OR ',
    'NOT ',
    '(',
    ')',
    '((((',
    '[',
    ' TO ',
    '}',
    ':',
    '_messageTime:',
    '"',
    '\\',
    '*',
    '?',
    '/',
    '<',
    '>=',
    '~',
    '^2',
    '&&',
    '::',
    'ip:',
    '2026-02-31',
    '1e5',
  ],
  run: (input) => {
    const text = textOf(input);
    const condition = refusing([QueryError], () => parseQuery(text));
    if (condition === undefined) return;
    for (const stream of STREAMS.slice(0, 2)) {
      const filter = filterOf(condition, { stream, hasIndicators: false });
      BSON.serialize(filter);
      holds(!JSON.stringify(filter).includes('"$where"'), 'a query becomes code');
    }
  },
};

const tokens: FuzzTarget = {
  name: 'page-token',
  seeds: [
    tokenOf({ time: new Date(NOW) }),
    Buffer.from('[1777629600000,"00ff",3]').toString('base64url'),
    Buffer.from(
      BSON.EJSON.stringify([new Date(NOW), new BSON.ObjectId('0123456789abcdef01234567')], { relaxed: false }),
    ).toString('base64url'),
    ...[
      '["a",1]',
      '[{"$date":"x"},{"$oid":"x"}]',
      '[{"$regex":"a"},{"$gt":1}]',
      '[{"$binary":{"base64":"","subType":"00"}},1]',
    ],
  ],
  words: [
    '{"$date":{"$numberLong":"',
    '{"$numberDouble":"NaN"}',
    '{"$code":"x"}',
    '{"$minKey":1}',
    '{"$undefined":true}',
    '[[',
    '{"$uuid":"x"}',
  ],
  run: (input) => {
    for (const token of [textOf(input), Buffer.from(input).toString('base64url')]) {
      const position = refusing([PageTokenError], () => positionOf(token));
      if (position !== undefined) {
        same(positionOf(tokenOf(position)), position, 'a position changes when it is told again');
        BSON.serialize(behindFilter(position, 'receipt'));
      }
      const behind = refusing([PageTokenError], () => behindOf('at', token));
      if (behind === undefined) continue;
      BSON.serialize(behind);
      const operators = JSON.stringify(behind).match(/"\$[a-z]+"/g) ?? [];
      holds(
        operators.every((each) => each === '"$or"' || each === '"$lt"'),
        'a token brings an operator',
      );
    }
  },
};

const list: FuzzTarget = {
  name: 'ioc-list',
  seeds: [
    'evil[.]com\n# comment\n192.0.2.0/24, hxxp://evil.example/a\n"a,b.exe";x@evil.com\n',
    'ip,domain\n192.0.2.1,evil.com\n192.0.2.2,"evil.org"\n',
    '{"type":"bundle","objects":[{"type":"indicator","id":"i","pattern":"[ipv4-addr:value = \'192.0.2.1\' OR (file:hashes.MD5 = \'d41d8cd98f00b204e9800998ecf8427e\')]"}]}',
    '{"objects":[{"type":"observed-data","objects":{"0":{"type":"url","value":"http://a"}}}]}',
    '["192.0.2.1", "evil.com"]',
    'd41d8cd98f00b204e9800998ecf8427e  file.exe\n2001:db8::/64\n<id@mail>\nfile:a b.txt',
  ],
  words: [
    '[.]',
    '(dot)',
    'hxxp://',
    '//',
    '"',
    '""',
    ',',
    ';',
    '\t',
    ' #',
    '"#',
    '[ipv4-addr:value',
    ' OR ',
    "'",
    "\\'",
    '/0',
    '/33',
    '::',
    'a.',
    '.a',
    'xn--',
    '{"type":"indicator","id":"',
    '[[',
    '{"a":',
    ' . ',
    'h**p',
    '<',
  ],
  run: async (input) => {
    // Each further line costs as much as the one before; more only take longer.
    const text = textOf(input.subarray(0, 100_000));
    const parsed = await refusingLater([ListTooLong], () => parseList(text));
    for (const { keys, between } of parsed?.wanted ?? []) {
      holds(keys.length > 0 && keys.length <= 128, 'an indicator has no key, or too many');
      holds(
        keys.every((key) => /^[a-z0-9/]+:/.test(key)),
        'a key has no type',
      );
      if (between !== undefined) holds(between.from <= between.to, 'a range ends before it begins');
    }
    for (const each of parsed?.notUnderstood ?? []) holds(typeof each.text === 'string', 'an entry has no text');
  },
};

const indicators: FuzzTarget = {
  name: 'indicators',
  seeds: [
    '{"senderEnvelope":"A <a@b.com>, c@d.org","recipients":["x@y.com"],"senderIp":"192.0.2.1","messageId":"<m@n>","subject":"s"}',
    '{"url":"https://user@evil.example:8080/a?b#c","sourceIp":"::ffff:192.0.2.1","md5":"d41d8cd98f00b204e9800998ecf8427e","fileName":"\\"a,b\\".exe; c.txt"}',
    '{"from":{"emailAddress":"a@b.com"},"to":[{"emailAddress":"c@d.com"}],"urlDomain":"bücher.example.co.uk"}',
  ],
  words: [
    '"senderEnvelope":"',
    '"recipients":"',
    '"url":"',
    '<',
    '>',
    ',',
    ';',
    '@',
    '.',
    'a.',
    'xn--',
    '[',
    '"attachments":"',
    '%',
    '\\"',
    '@[',
    'ß',
  ],
  run: (input) => {
    const decoded = decodeText(textOf(input));
    if (!decoded.ok) return;
    for (const stream of STREAMS) {
      const keys = indicatorsOf(stream, decoded.record);
      holds(keys.length <= MOST_INDICATORS + 1 && new Set(keys).size === keys.length, 'too many, or one twice');
      same(indicatorsOf(stream, decoded.record), keys, 'a second reading gives others');
    }
  },
};

const RULE_TEXTS = ['{"a":"\\u003cme@example.com\\u003e","b":[1,2]}', `{"x":"${'aab'.repeat(400)}"}`, ''];

const rules: FuzzTarget = {
  name: 'rules',
  seeds: [
    '"a":"([^"]+)"',
    '(?i).*EXAMPLE.*',
    '(\\d{1,3}\\.){3}\\d{1,3}',
    '^(a|ab)*c$',
    '(a)(?:.*z)?',
    '(\\p{L}+)@([\\w.-]+)',
    '\\Q(x)\\E[^\\x00-\\x7f]',
    '((a{10}){10}){10}',
    '(?P<n>x)(?:y)(?i:z)',
  ],
  words: [
    '(',
    ')',
    '(?',
    '(?:',
    '(?=',
    '(?<a>',
    '\\1',
    '\\Q',
    '\\E',
    '\\p{',
    '\\x{10FFFF}',
    '{1000}',
    '{0,}',
    '{,5}',
    '[[:alpha:]]',
    '[^',
    ']',
    '|',
    '*',
    '+?',
    '++',
    '\\z',
    '\\C',
    '^',
    '$',
    '.*',
    '(?i)',
    '(?s-m)',
  ],
  run: (input) => {
    const regexp = textOf(input.subarray(0, 6_000));
    for (const filterType of ['Mask', 'Exclude'] as const) {
      const compiled = compileRules([{ filterType, name: 'one', regexp }]);
      if (!compiled.ok) {
        holds(
          compiled.mistakes.every(({ message }) => message.length < 10_000),
          'a mistake is longer than a page',
        );
        continue;
      }
      for (const text of RULE_TEXTS) {
        const applied = applyRules(compiled.rules, text);
        holds(!applied.isKept || applied.text.length <= MAX_TEXT, 'a text has grown beyond the limit');
      }
    }
  },
};

const keyPatterns: FuzzTarget = {
  name: 'key-patterns',
  seeds: [
    'logs/**/*.gz',
    '{a,b{c,d}}/[!x-z]*',
    '*a*a*a*a*b',
    'logs/{yyyy}/{MM}/{dd}/',
    'a!{timestamp:yyyy/MM/dd}/b',
    '\\*[]]',
  ],
  words: ['**', '/', '{', '}', ',', '[', ']', '[!', '\\', '*?', '{yyyy}', '{MM}', '!{timestamp:', 'dd', '\n'],
  run: (input) => {
    const pattern = textOf(input.subarray(0, 4_000));
    const keys = ['logs/2026/05/01/a.gz', 'a'.repeat(1_000), '', '\n/\u{1f600}'];
    if (keyPatternMistake(pattern) === undefined) {
      const patterns = new KeyPatterns({ include: [pattern] });
      for (const key of keys) patterns.wants(key);
    }
    if (datedPrefixMistake(pattern) === undefined) for (const key of keys) new DatedPrefix(pattern).matches(key);
  },
};

export const TEXT_TARGETS = [query, tokens, list, indicators, rules, keyPatterns];
