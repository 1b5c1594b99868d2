import { describe, expect, test } from 'vitest';
import { parseList } from '../../src/indicators/lists/parse-list.js';
import { numbers } from '../support/store-fixtures.js';

/** `type key key…` of each, without the length of ranges. */
async function keysOf(text: string | readonly string[]): Promise<string[]> {
  return (await parseList(text)).wanted.map(({ type, keys }) => [type, ...keys.slice(0, 3)].join(' '));
}

describe('an indicator', () => {
  test.each([
    ['203.0.113.7', 'ip4 ip4:203.0.113.7'],
    ['203[.]0[.]113[.]7', 'ip4 ip4:203.0.113.7'],
    ['203.0.113.7:8080', 'ip4 ip4:203.0.113.7'],
    ['203.0.113.0/24', 'ip4 ip4/24:203.0.113.0'],
    ['203.0.113.9/23', 'ip4 ip4/24:203.0.112.0 ip4/24:203.0.113.0'],
    ['2001:DB8::1', 'ip6 ip6:2001:0db8:0000:0000:0000:0000:0000:0001'],
    ['[2001:db8::1]', 'ip6 ip6:2001:0db8:0000:0000:0000:0000:0000:0001'],
    ['2001:db8::/32', 'ip6 ip6/32:2001:0db8:0000:0000:0000:0000:0000:0000'],
    ['::ffff:203.0.113.7', 'ip4 ip4:203.0.113.7'],
    ['Evil.COM', 'domain domain:evil.com'],
    ['evil[.]com', 'domain domain:evil.com'],
    ['evil(dot)com', 'domain domain:evil.com'],
    ['*.evil.com', 'domain domain:evil.com'],
    ['@evil.com', 'domain domain:evil.com'],
    ['evil.com:443', 'domain domain:evil.com'],
    ['bücher.de', 'domain domain:xn--bcher-kva.de'],
    ['invoice.zip', 'domain domain:invoice.zip file:invoice.zip'],
    ['hxxps://evil[.]com/a?b=1#c', 'url url:evil.com/a?b=1'],
    ['evil.com/a', 'url url:evil.com/a'],
    ['http://203.0.113.7', 'url url:203.0.113.7/'],
    ['203.0.113.7/x', 'url url:203.0.113.7/x'],
    ['John[at]Evil[.]com', 'email email:john@evil.com message:john@evil.com'],
    ['John <john@evil.com>', 'email email:john@evil.com'],
    ['<ABC.1@mail>', 'message message:abc.1@mail email:abc.1@mail'],
    ['D41D8CD98F00B204E9800998ECF8427E', 'md5 md5:d41d8cd98f00b204e9800998ecf8427e'],
    ['a'.repeat(40), `sha1 sha1:${'a'.repeat(40)}`],
    ['a'.repeat(64), `sha256 sha256:${'a'.repeat(64)}`],
    ['evil.exe', 'file file:evil.exe'],
    ['My Report (1).PDF', 'file file:my report (1).pdf'],
    ['mail.corp.lan', 'file file:mail.corp.lan domain:mail.corp.lan'],
    ['file:README', 'file file:readme'],
    ['message:20210101', 'message message:20210101'],
    ['aggregate:C0A0/xY', 'aggregate aggregate:C0A0/xY'],
    ['domain:invoice.zip', 'domain domain:invoice.zip'],
  ])('%s', async (text, expected) => {
    expect(await keysOf(text)).toEqual([expected]);
  });

  test('within one IPv6 network, addresses are compared', async () => {
    expect((await parseList('2001:db8::/120')).wanted[0]?.between?.to).toBe(
      'ip6:2001:0db8:0000:0000:0000:0000:0000:00ff',
    );
  });

  test.each([
    ['010.0.0.1', 'four decimal parts'],
    ['1.2.3', 'four decimal parts'],
    ['1.2.3.4/33', 'has 32 bits'],
    ['0.0.0.0/0', 'too wide'],
    ['2001::/16', 'too wide'],
    ['fe80::1%eth0', 'not an address'],
    ['hello', 'not an address'],
    ['some words here', 'not an address'],
    ['a'.repeat(33), 'not the length'],
    ['a'.repeat(128), 'SHA-512'],
    ['md5:abc', 'not of type md5'],
    ['x'.repeat(5_000), 'longer than'],
    ['../../etc/passwd', 'not an address'],
    ['$where', 'not an address'],
  ])('not understood: %s', async (text, reason) => {
    const { wanted, notUnderstood } = await parseList(['evil.com', text]);
    expect(wanted).toHaveLength(1);
    expect(notUnderstood).toEqual([{ line: 2, text: text.slice(0, 200), reason: expect.stringContaining(reason) }]);
  });
});

describe('a text', () => {
  test('lines with comments, blanks and the same again', async () => {
    const text = '\ufeff# a list\r\n\r\nevil.com   # bad\n; old\n// older\nEVIL[.]com\n10.0.0.1\nhttp://x.com/#top\n';
    expect(await keysOf(text)).toEqual(['domain domain:evil.com', 'ip4 ip4:10.0.0.1', 'url url:x.com/']);
    expect((await parseList(text)).notUnderstood).toEqual([]);
  });

  test('several in a line; each that is not understood is named', async () => {
    const { notUnderstood } = await parseList('evil.com, 10.0.0.1; junk\n"a, b.pdf"');
    expect(await keysOf('evil.com, 10.0.0.1; junk\n"a, b.pdf"')).toEqual([
      'domain domain:evil.com',
      'ip4 ip4:10.0.0.1',
      'file file:a, b.pdf',
    ]);
    expect(notUnderstood).toEqual([{ line: 1, text: 'junk', reason: expect.any(String) }]);
  });

  test('CSV with a head: columns that say something else are named once, cells among indicators each', async () => {
    const text = 'value,type,"first, seen"\nevil.com,domain,2024-01-01\n"10.0.0.1",ip,2024-01-02\n1.2.3,ip,\n';
    expect(await keysOf(text)).toEqual(['domain domain:evil.com', 'ip4 ip4:10.0.0.1']);
    expect((await parseList(text)).notUnderstood).toEqual([
      { line: 1, text: 'type', reason: 'column 2 has no indicators' },
      { line: 1, text: 'first, seen', reason: 'column 3 has no indicators' },
      { line: 4, text: '1.2.3', reason: expect.stringContaining('four decimal parts') },
    ]);
  });

  test('CSV without one', async () => {
    const text = 'evil.com\tC2 server\nbad.com\tphishing\n';
    expect(await keysOf(text)).toEqual(['domain domain:evil.com', 'domain domain:bad.com']);
    expect((await parseList(text)).notUnderstood.map(({ reason }) => reason)).toEqual(['column 2 has no indicators']);
  });

  test('so many that are not understood are named, all are counted', async () => {
    const { notUnderstood, strange } = await parseList('junk\n'.repeat(3_000));
    expect([notUnderstood.length, strange]).toEqual([1_000, 3_000]);
  });

  test.each([
    ['indicators', numbers(10_001).map((n) => `a${n}.com`), 'at most 10,000 indicators'],
    ['lines that are not understood', Array(10_001).fill('a'), 'at most 10,000 entries that are not understood'],
    ['empty lines', Array(100_001).fill(''), 'at most 100,000 lines'],
    ['cells', [','.repeat(150_000), ','.repeat(150_000)], 'at most 200,000 cells'],
    ['lines of a body of 8 MiB', Array(4_000_000).fill('a'), 'split it'],
  ])('too many %s are refused', async (_, all, message) => {
    await expect(parseList(all.join('\n'))).rejects.toThrow(message);
  });

  test('others have their turn while it is read', async () => {
    let turns = 0;
    const others = setInterval(() => {
      turns += 1;
    });
    await parseList(
      numbers(10_000)
        .map((n) => `http://evil${n}.com/`)
        .join('\n'),
    );
    clearInterval(others);
    expect(turns).toBeGreaterThan(2);
  });

  test.each([
    ['{"a": 1}', 'not a STIX bundle'],
    ['{"a": ', 'begins like JSON'],
  ])('other JSON: %s', async (text, reason) => {
    expect((await parseList(text)).notUnderstood).toEqual([{ line: 1, text, reason: expect.stringContaining(reason) }]);
  });

  test.each([
    ['quotes', '"'.repeat(100_000)],
    ['commas', ','.repeat(100_000)],
    ['brackets', '[.]'.repeat(40_000)],
    ['a pattern', `{"type":"bundle","objects":[{"type":"indicator","pattern":"${'['.repeat(100_000)}"}]}`],
    ['spaces', ' '.repeat(100_000)],
    ['controls', '\0\u202e\ud800'.repeat(10_000)],
  ])('hostile: %s', async (_, text) => {
    expect((await parseList(text)).wanted).toEqual([]);
  });
});

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
    ['', 'not complete'],
    ['((((', 'is not supported'],
    ['\u202e', 'cannot be read'],
    [{ pattern: 'rule x {}', pattern_type: 'yara' }, 'its pattern is yara'],
    [{ pattern: "[url:value = 'x']", revoked: true }, 'revoked'],
    [{ id: 'indicator--1' }, 'no pattern'],
  ])('not understood: %s', async (pattern, reason) => {
    const { wanted, notUnderstood } = await parseList(bundle(pattern));
    expect(wanted).toEqual([]);
    expect(notUnderstood).toEqual([{ line: 2, text: expect.any(String), reason: expect.stringContaining(reason) }]);
  });
});
