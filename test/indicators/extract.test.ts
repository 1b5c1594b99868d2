import { describe, expect, test } from 'vitest';
import { DEFINITIONS } from '../../src/domain/streams/definitions/list.js';
import type { StreamName } from '../../src/domain/streams/streams.js';
import { indicatorsOf, MOST_INDICATORS } from '../../src/indicators/extract.js';
import { CONTROL_RECORDS } from '../support/control-records.js';

const IP = ['ip4:203.0.113.7', 'ip4/8:203.0.0.0', 'ip4/16:203.0.0.0', 'ip4/24:203.0.113.0'];

describe('typed fields', () => {
  test.each<[string, StreamName, Record<string, unknown>, string[]]>([
    ['IPv4', 'receipt', { senderIp: '203.0.113.7' }, IP],
    ['IPv4 written as IPv6', 'receipt', { senderIp: '::ffff:203.0.113.7' }, IP],
    ['not four decimal parts', 'receipt', { senderIp: '010.0.0.1' }, []],
    ['three parts', 'receipt', { senderIp: '1.2.3' }, []],
    ['masked', 'receipt', { senderIp: '203.0.113.###' }, []],
    [
      'a host',
      'delivery',
      { Hostname: 'MX1.Mail.Example.co.uk.' },
      ['domain:mx1.mail.example.co.uk', 'domain:example.co.uk', 'domain:mail.example.co.uk'],
    ],
    ['a host that is an address', 'delivery', { Hostname: '[203.0.113.7]' }, IP],
    ['a domain in Unicode', 'spam', { senderDomain: 'Bücher.example' }, ['domain:xn--bcher-kva.example']],
    ['not a domain', 'spam', { senderDomain: 'localhost' }, []],
    ['a number is not a domain', 'spam', { senderDomain: '1.2.3' }, []],
    ['a public suffix', 'spam', { senderDomain: 'co.uk' }, ['domain:co.uk']],
    ['a message ID', 'dlp', { messageId: '<A.b@C>' }, ['message:a.b@c']],
    ['no message', 'receipt', { messageId: null }, []],
    ['no message, as text', 'receipt', { messageId: 'null', aggregateId: 'null', accountId: 'C1' }, []],
    ['a message ID that a rule masks', 'receipt', { messageId: '<####>', aggregateId: '***', accountId: 'C1' }, []],
    ['no file, as text', 'av', { fileName: 'null' }, []],
    ['file names that a rule masks', 'process', { attachments: '###, NULL, "**"' }, []],
    ['no sender', 'dlp', { senderAddress: '<>' }, []],
    [
      'an address',
      'dlp',
      { senderAddress: 'John.Doe@Example.COM' },
      ['email:john.doe@example.com', 'domain:example.com'],
    ],
    ['an address at an IP address', 'dlp', { senderAddress: 'x@[203.0.113.7]' }, ['email:x@[203.0.113.7]', ...IP]],
    [
      'several addresses',
      'receipt',
      { recipients: 'a@x.com, "Doe, J" <B@x.com>; ceo@bank.com <c@evil.net>,' },
      ['email:a@x.com', 'domain:x.com', 'email:b@x.com', 'email:c@evil.net', 'domain:evil.net'],
    ],
    [
      'a list of addresses',
      'receipt',
      { recipients: ['a@x.com', 'b@x.com', 7] },
      ['email:a@x.com', 'domain:x.com', 'email:b@x.com'],
    ],
    [
      'a URL',
      'url protect',
      { url: 'https://WWW.Evil.com/Path?q=1#top' },
      ['url:www.evil.com/Path?q=1', 'url:www.evil.com/Path', 'domain:www.evil.com', 'domain:evil.com'],
    ],
    ['a URL without scheme or path', 'url protect', { url: 'evil.com' }, ['url:evil.com/', 'domain:evil.com']],
    ['a URL at an address', 'ttp url', { url: 'http://203.0.113.7:8080/x' }, ['url:203.0.113.7:8080/x', ...IP]],
    ['not a URL', 'ttp url', { url: 'http://' }, []],
    [
      'hashes',
      'av',
      { md5: 'D'.repeat(32), sha1: 'e'.repeat(40), sha256: 'HASH_REDACTED' },
      [`sha1:${'e'.repeat(40)}`, `md5:${'d'.repeat(32)}`],
    ],
    ['a file', 'av', { fileName: 'Invoice.ZIP' }, ['file:invoice.zip']],
    ['attachments', 'process', { attachments: 'A.pdf, b.doc' }, ['file:a.pdf', 'file:b.doc', 'file:a.pdf, b.doc']],
    ['attachments in quotes', 'process', { attachments: '"a, b.pdf", "c.doc"' }, ['file:a, b.pdf', 'file:c.doc']],
    ['an aggregate', 'journal', { aggregateId: 'xY', accountId: 'C0A0' }, ['aggregate:C0A0/xY']],
    ['an aggregate that is a number', 'journal', { aggregateId: 12 }, ['aggregate:/12']],
    [
      'addresses in objects',
      'hold',
      { from: { emailAddress: 'a@x.com', displayableName: 'b@y.com' }, to: [{ emailAddress: 'c@x.com' }] },
      ['email:a@x.com', 'domain:x.com', 'email:c@x.com'],
    ],
    ['who did it', 'audit', { user: 'a@x.com', eventInfo: 'IP: 203.0.113.7' }, ['email:a@x.com', 'domain:x.com']],
    ['free text', 'receipt', { subject: 'see http://evil.com and invoice.zip' }, []],
    [
      'values of other kinds',
      'receipt',
      { senderIp: { a: 1 }, recipients: true, messageId: [[['<x@y>']]] },
      ['message:x@y'],
    ],
  ])('%s', (_, stream, record, expected) => {
    expect(indicatorsOf(stream, record)).toEqual(expected);
  });
});

describe('however much there is', () => {
  test('so many indicators, those of the message first', () => {
    const recipients = Array.from({ length: 9_000 }, (_, at) => `u${at}@x.com`).join(',');
    const found = indicatorsOf('receipt', { recipients, messageId: '<m@x>' });
    expect(found).toHaveLength(MOST_INDICATORS + 1);
    expect([found[0], found.at(-1)]).toEqual(['message:m@x', 'cut:1']);
  });

  test('a value that is cut at the limit is left out, and the record says that it is cut', () => {
    const recipients = `${'"x" <a@x.com>,'.repeat(7_142)}b@y.community`.padEnd(100_050, ' ');
    expect(recipients.slice(0, 100_000)).toMatch(/b@y\.communit$/);
    expect(indicatorsOf('receipt', { recipients })).toEqual(['email:a@x.com', 'domain:x.com', 'cut:1']);
  });

  test.each([
    ['quotes', '"'.repeat(200_000)],
    ['opened brackets', '<'.repeat(200_000)],
    ['commas', ','.repeat(200_000)],
    ['a long domain', `x@${'a.'.repeat(90)}com`],
    ['a long name', 'a'.repeat(1_000_000)],
    ['zeros', '\0'.repeat(1_000)],
    ['half a character', '\ud800@\ud800.com'],
  ])('%s', (_, text) => {
    for (const { name, indicators } of DEFINITIONS) {
      const record = Object.fromEntries(Object.keys(indicators).map((path) => [path, text]));
      const found = indicatorsOf(name, record);
      expect(found.join('').length).toBeLessThanOrEqual(70_000);
    }
  });
});

test.each(CONTROL_RECORDS)('a public sample of %s has indicators', (stream, line) => {
  expect(indicatorsOf(stream, JSON.parse(line) as Record<string, unknown>)).not.toEqual([]);
});
