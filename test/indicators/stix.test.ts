import { describe, expect, test } from 'vitest';
import { LIST_BODY_LIMIT } from '../../src/api/indicators/ioc-routes.js';
import { parseList } from '../../src/indicators/lists/parse-list.js';
import { keysOf } from '../support/listed-keys.js';
import { numbers } from '../support/store-fixtures.js';

describe('STIX 2.1', () => {
  const bundle = (...patterns: readonly (string | object)[]) =>
    JSON.stringify({
      type: 'bundle',
      id: 'bundle--1',
      objects: [
        { type: 'identity', name: 'x' },
        ...patterns.map((pattern) => ({
          type: 'indicator',
          pattern_type: 'stix',
          ...(typeof pattern === 'string' ? { pattern } : pattern),
        })),
      ],
    });

  test.each([
    ["[ipv4-addr:value = '203.0.113.7']", ['ip4 ip4:203.0.113.7']],
    ["[ipv4-addr:value ISSUBSET '203.0.113.0/24']", ['ip4 ip4/24:203.0.113.0']],
    [
      "[domain-name:value='evil.com' OR url:value = 'http://evil.com/x']",
      ['domain domain:evil.com', 'url url:evil.com/x'],
    ],
    [
      "[domain-name:value = 'a.com'] OR [ domain-name:value = 'b.com' ]",
      ['domain domain:a.com', 'domain domain:b.com'],
    ],
    [`[file:hashes.'SHA-256' = '${'A'.repeat(64)}']`, [`sha256 sha256:${'a'.repeat(64)}`]],
    [
      `[file:hashes.MD5 = '${'a'.repeat(32)}' or file:name = 'it\\'s.exe']`,
      [`md5 md5:${'a'.repeat(32)}`, "file file:it's.exe"],
    ],
    ["[email-addr:value IN ('a@x.com', 'b@x.com')]", ['email email:a@x.com', 'email email:b@x.com']],
    ["[email-message:from_ref.value = 'a@x.com']", ['email email:a@x.com']],
    ["[email-message:to_refs[*].value = 'a@x.com']", ['email email:a@x.com']],
    ["[email-message:message_id = '<a@x>']", ['message message:a@x']],
    ["[email-message:to_refs[0].value = 'a@x.com']", ['email email:a@x.com']],
    ["[email-message:cc_refs[*].value = 'a@x.com']", ['email email:a@x.com']],
    ["[email-message:bcc_refs[*].value = 'a@x.com']", ['email email:a@x.com']],
    ["[email-message:body_multipart[*].body_raw_ref.name = 'a.exe']", ['file file:a.exe']],
    ["[network-traffic:dst_ref.value = '1.2.3.4']", ['ip4 ip4:1.2.3.4']],
    ["[network-traffic:dst_ref.value == '2001:db8::/32']", ['ip6 ip6/32:2001:0db8:0000:0000:0000:0000:0000:0000']],
    ["[network-traffic:src_ref.value = 'evil.com']", ['domain domain:evil.com']],
    ["[ipv4-addr:value == '1.2.3.4']", ['ip4 ip4:1.2.3.4']],
    ["[(ipv4-addr:value = '1.2.3.4' OR (domain-name:value = 'a.com'))]", ['ip4 ip4:1.2.3.4', 'domain domain:a.com']],
    [
      "([domain-name:value = 'a.com'] OR ([domain-name:value = 'b.com']))",
      ['domain domain:a.com', 'domain domain:b.com'],
    ],
    [`[artifact:hashes.MD5 = '${'a'.repeat(32)}']`, [`md5 md5:${'a'.repeat(32)}`]],
    ["[url:value = 'hXXps://evil[.]com/a']", ['url url:evil.com/a']],
  ])('%s', async (pattern, expected) => {
    expect(await keysOf(bundle(pattern))).toEqual(expected);
  });

  test.each<[string | object, string]>([
    ["[ipv4-addr:value = '1.2.3.4' AND domain-name:value = 'a.com']", 'AND is not supported'],
    ["[ipv4-addr:value != '1.2.3.4']", '!= is not supported'],
    ["[url:value LIKE 'http://%']", 'LIKE is not supported'],
    ["[ipv4-addr:value = '1.2.3.4'] FOLLOWEDBY [ipv4-addr:value = '1.2.3.5']", 'FOLLOWEDBY is not supported'],
    ["[process:name = 'x.exe']", 'process:name is not something that records have'],
    ["[ipv4-addr:value = '1.2.3.4'", 'not complete'],
    ["[ipv4-addr:value = 'junk']", 'not of type ip4'],
    ["[ipv4-addr:value <> '1.2.3.4']", '<> is not supported'],
    ["[(ipv4-addr:value = '1.2.3.4' AND url:value = 'a.com')]", 'AND is not supported'],
    ["([ipv4-addr:value = '1.2.3.4']", 'not complete'],
    ["[ipv4-addr:value = '1.2.3.4')]", ') is not supported'],
    [`[${'('.repeat(50_000)}ipv4-addr:value = '1.2.3.4'${')'.repeat(50_000)}]`, 'nested more than 20 deep'],
    ["[network-traffic:dst_ref.value = '1.2.3']", 'not of type'],
    ["[url:value = 'hppt://x.com']", 'hppt://'],
    ['', 'not complete'],
    ['((((', 'not complete'],
    ['\u202e', 'cannot be read'],
    [{ pattern: 'rule x {}', pattern_type: 'yara' }, 'its pattern is yara'],
    [{ pattern: "[url:value = 'x']", revoked: true }, 'revoked'],
    [{ id: 'indicator--1' }, 'no pattern'],
  ])('not understood: %s', async (pattern, reason) => {
    const { wanted, notUnderstood } = await parseList(bundle(pattern));
    expect(wanted).toEqual([]);
    expect(notUnderstood).toEqual([{ line: 2, text: expect.any(String), reason: expect.stringContaining(reason) }]);
  });

  const indicator = { type: 'indicator', id: 'indicator--1', pattern: "[domain-name:value = 'a.com']" };

  test.each<[string, unknown, readonly string[]]>([
    ['an answer of a TAXII server', { more: false, objects: [indicator] }, ['domain domain:a.com']],
    ['a list of objects', [indicator], ['domain domain:a.com']],
    ['one object', indicator, ['domain domain:a.com']],
    [
      'observables alone',
      {
        type: 'bundle',
        objects: [
          { type: 'ipv4-addr', value: '1.2.3.4' },
          { type: 'email-addr', value: 'a@x.com' },
          { type: 'email-message', message_id: '<a@x>' },
          { type: 'file', name: 'a.exe', hashes: { MD5: 'a'.repeat(32), 'SHA-512': 'b'.repeat(128) } },
        ],
      },
      ['ip4 ip4:1.2.3.4', 'email email:a@x.com', 'message message:a@x', 'file file:a.exe', `md5 md5:${'a'.repeat(32)}`],
    ],
    [
      'observed data of STIX 2.0',
      { type: 'bundle', objects: [{ type: 'observed-data', objects: { 0: { type: 'url', value: 'http://x.com/' } } }] },
      ['url url:x.com/'],
    ],
  ])('%s', async (_, json, expected) => {
    expect(await keysOf(JSON.stringify(json))).toEqual(expected);
    expect((await parseList(JSON.stringify(json))).notUnderstood).toEqual([]);
  });

  test.each<[string, readonly unknown[], readonly [line: number, text: string, reason: string][]]>([
    ['nothing', [], [[1, 'objects', 'neither indicators nor observables']]],
    ['descriptions only', [{ type: 'malware', name: 'x' }], [[1, 'objects', 'neither indicators nor observables']]],
    ['what is no object', [indicator, 'a.com'], [[2, 'a.com', 'not an object of STIX']]],
    ['a mutex', [{ type: 'mutex', id: 'mutex--1', name: 'x' }], [[1, 'mutex--1', 'this mutex has nothing']]],
    ['a file without hashes', [{ type: 'file', id: 'file--1', size: 3 }], [[1, 'file--1', 'this file has nothing']]],
    [
      'observables beside indicators, once',
      [indicator, { type: 'ipv4-addr', value: '1.2.3.4' }, { type: 'url', value: 'http://x.com/' }],
      [[2, 'ipv4-addr', 'not looked for where there are indicators']],
    ],
  ])('named: %s', async (_, objects, expected) => {
    const { notUnderstood } = await parseList(JSON.stringify({ type: 'bundle', objects }));
    expect(notUnderstood).toEqual(
      expected.map(([line, text, reason]) => ({ line, text, reason: expect.stringContaining(reason) })),
    );
  });

  test('10,000 indicators as servers write them, indented, fit into a body', async () => {
    const text = JSON.stringify(
      {
        type: 'bundle',
        id: 'bundle--0d0b9b1a-7e0b-4b0e-9d5f-8d3c7a1f0b11',
        objects: numbers(10_000).map((n) => ({
          type: 'indicator',
          spec_version: '2.1',
          id: `indicator--f431f809-377b-45e0-aa1c-6a4751c${String(n).padStart(5, '0')}`,
          created_by_ref: 'identity--f431f809-377b-45e0-aa1c-6a4751cae5ff',
          created: '2026-01-01T00:00:00.000Z',
          modified: '2026-01-01T00:00:00.000Z',
          name: `Domain ${n}`,
          description: 'A domain that was seen in mails with malicious attachments. '.repeat(4),
          indicator_types: ['malicious-activity'],
          pattern: `[domain-name:value = 'evil${n}.com']`,
          pattern_type: 'stix',
          pattern_version: '2.1',
          valid_from: '2026-01-01T00:00:00Z',
          confidence: 80,
          labels: ['phishing', 'botnet'],
          object_marking_refs: ['marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9'],
        })),
      },
      null,
      4,
    );
    expect(Buffer.byteLength(JSON.stringify({ indicators: text }))).toBeLessThan(LIST_BODY_LIMIT);
    expect((await parseList(text)).wanted).toHaveLength(10_000);
  });
});
