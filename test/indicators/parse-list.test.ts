import { describe, expect, test } from 'vitest';
import { parseList } from '../../src/indicators/lists/parse-list.js';
import { keysOf } from '../support/listed-keys.js';
import { numbers } from '../support/store-fixtures.js';

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
    ['hXXps://evil[.]com/a', 'url url:evil.com/a'],
    ['HXXP://evil.com/a', 'url url:evil.com/a'],
    ['hxXp[:]//evil.com/a', 'url url:evil.com/a'],
    ['h**ps://evil.com/a', 'url url:evil.com/a'],
    ['htxp://evil.com', 'url url:evil.com/'],
    ['hxtp://evil.com', 'url url:evil.com/'],
    ['hxxp:\\\\evil.com\\a', 'url url:evil.com/a'],
    ['meow://evil.com/a', 'url url:evil.com/a'],
    ['fxp://evil.com/a', 'url url:ftp://evil.com/a'],
    ['url:hXXps://evil[.]com/a', 'url url:evil.com/a'],
    ['<hXXps://evil.com/a>', 'url url:evil.com/a'],
    ['<evil.com>', 'domain domain:evil.com'],
    ['evil.com:8080/x', 'url url:evil.com:8080/x'],
    ['http://localhost/x', 'url url:localhost/x'],
    ['Doe, John <john@evil.com>', 'email email:john@evil.com'],
    ['report, final.pdf', 'file file:report, final.pdf'],
    ['Invoice 12.zip', 'file file:invoice 12.zip'],
    ['file:evil.com invoice.pdf', 'file file:evil.com invoice.pdf'],
    ['http://evil.com/a,b;c=1', 'url url:evil.com/a,b;c=1'],
    ['url:http://evil.com/?u=a,b', 'url url:evil.com/?u=a,b'],
  ])('%s', async (text, expected) => {
    expect(await keysOf([text])).toEqual([expected]);
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
    ['hppt://evil.com', 'hppt:// is not the beginning of a URL'],
    ['url:hppt://evil.com', 'hppt:// is not the beginning of a URL'],
    ['http://evil,com/a', 'evil,com is neither a domain nor an address'],
    ['http://[bad', 'not an address'],
    ['1.2.3.4-1.2.3.10', 'such as 192.0.2.0/24'],
    ['1.2.3.4 – 1.2.3.10', 'such as 192.0.2.0/24'],
    ['1.2.3.4 to 1.2.3.10', 'such as 192.0.2.0/24'],
    ['1.2.3.4-10', 'such as 192.0.2.0/24'],
    ['2001:db8::1-2001:db8::5', 'such as 192.0.2.0/24'],
    ['1.2.3.0/255.255.255.0', 'such as 192.0.2.0/24'],
    ['1.2.3.x', 'four decimal parts'],
    ['1.2.3.4o', 'four decimal parts'],
    ['１.2.3.4', 'four decimal parts'],
    ['1.2.3.4,5.6.7.8', 'and something else'],
    ['evil.com;bad.com', 'and something else'],
    ['a@evil.com, b@bad.com', 'and something else'],
    ['"A" <a@evil.com>, "B" <b@bad.com>', 'and something else'],
    ['email:A <a@evil.com>, B <b@bad.com>', 'and something else'],
    ['<a@evil.com>,<b@evil.com>', 'and something else'],
    ['http://evil.com/a,http://bad.com/b', 'and something else'],
    ['file:a.exe,file:b.exe', 'and something else'],
    ['evil.com, bad.exe', 'and something else'],
    ['evil.com bad.exe', 'and something else'],
    ['1.2.3.4 evil.exe', 'and something else'],
    ['evil.com bad.com', 'and something else'],
    ['evil.com\tbad.com', 'a tab, a line break'],
    ['bücher.de\nevil.com', 'a tab, a line break'],
    ['.'.repeat(3_000), 'four decimal parts'],
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

  test.each([
    ['1.2.3.4,5.6.7.8', ['ip4 ip4:1.2.3.4', 'ip4 ip4:5.6.7.8']],
    ['evil.com;bad.com', ['domain domain:evil.com', 'domain domain:bad.com']],
    ['evil.com\tbad.com', ['domain domain:evil.com', 'domain domain:bad.com']],
    ['a@x.com,b@y.com', ['email email:a@x.com message:a@x.com', 'email email:b@y.com message:b@y.com']],
    ['"Doe, A" <a@x.com>, "B" <b@y.com>', ['email email:a@x.com', 'email email:b@y.com']],
    ['<a@x>,<b@y>', ['message message:a@x email:a@x', 'message message:b@y email:b@y']],
    ['evil.com, bad.exe', ['domain domain:evil.com', 'file file:bad.exe']],
    ['file:a.exe,file:b.exe', ['file file:a.exe', 'file file:b.exe']],
    [
      '1.2.3.4,evil.com\n5.6.7.8,x.com,y.com',
      ['ip4 ip4:1.2.3.4', 'domain domain:evil.com', 'ip4 ip4:5.6.7.8', 'domain domain:x.com', 'domain domain:y.com'],
    ],
    ['http://evil.com/a,http://bad.com/b', ['url url:evil.com/a', 'url url:bad.com/b']],
    ['http://evil.com/a,b', ['url url:evil.com/a,b', 'url url:evil.com/a']],
    ['evil.com/a,1.2.3.4', ['url url:evil.com/a,1.2.3.4', 'url url:evil.com/a', 'ip4 ip4:1.2.3.4']],
    ['"http://evil.com/a,b.html"', ['url url:evil.com/a,b.html']],
    ['report, final.pdf', ['file file:report, final.pdf', 'file file:final.pdf']],
    ['D41D8CD98F00B204E9800998ECF8427E  evil.exe', ['md5 md5:d41d8cd98f00b204e9800998ecf8427e', 'file file:evil.exe']],
    ['d41d8cd98f00b204e9800998ecf8427e *evil.exe', ['md5 md5:d41d8cd98f00b204e9800998ecf8427e', 'file file:evil.exe']],
    ['hash;domain\n;evil.com\n; a comment', ['domain domain:evil.com']],
    ['"Invoice #12.pdf",evil.com # bad', ['file file:invoice #12.pdf', 'domain domain:evil.com']],
    ['["evil.com", "1.2.3.4"]', ['domain domain:evil.com', 'ip4 ip4:1.2.3.4']],
    ['[2001:db8::1]', ['ip6 ip6:2001:0db8:0000:0000:0000:0000:0000:0001']],
  ])('what holds several is taken apart, whatever stands between them: %j', async (text, expected) => {
    expect(await keysOf(text)).toEqual(expected);
  });

  test.each([
    ['1.2.3.4,some malware.exe,seen', ['seen']],
    ['1.2.3.4-1.2.3.9,evil.com', ['1.2.3.4-1.2.3.9']],
    ['d41d8cd98f00b204e9800998ecf8427e  ./samples/evil', ['./samples/evil']],
    ['//evil.com/a', ['//evil.com/a']],
    ['domain,type\n1.2.3,x\nevil.com,y', ['type', '1.2.3']],
    ['1.2.3,x\nevil.com,y', ['x', '1.2.3']],
    ['["evil.com", 7, {"a": 1}]', ['7', '{"a":1}']],
  ])('what is not understood among them is named: %j', async (text, expected) => {
    expect((await parseList(text)).notUnderstood.map((entry) => entry.text)).toEqual(expected);
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

  test('a list of JSON, with something nested too deep in it', async () => {
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
    const { wanted, notUnderstood } = await parseList(`["evil.com", ${deep}]`);
    expect(wanted.map(({ text }) => text)).toEqual(['evil.com']);
    expect(notUnderstood).toMatchObject([{ line: 2, text: 'a list' }]);
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
    ['lines of a body of 16 MiB', Array(8_000_000).fill('a'), 'split it'],
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
    ['[{"type": "indicator", ', 'begins like JSON'],
    ['{"type": "indicator"}', 'not a STIX bundle'],
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
