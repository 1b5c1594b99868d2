import { describe, expect, test } from 'vitest';
import { addressKeys, rangeKeys } from '../../../src/domain/indicators/address-keys.js';
import { aggregateKey, indicatorKey, LONGEST_VALUE, messageKey } from '../../../src/domain/indicators/indicator.js';

test.each([
  ['<ABC.1@mail.example.com>', 'message:abc.1@mail.example.com'],
  [' abc@x ', 'message:abc@x'],
  ['<>', undefined],
  ['', undefined],
])('message ID %j', (id, key) => {
  expect(messageKey(id)).toBe(key);
});

test('an aggregate belongs to its account', () => {
  expect(aggregateKey('C0A0', 'xYz_1')).toBe('aggregate:C0A0/xYz_1');
  expect(aggregateKey('', 'xYz_1')).toBe('aggregate:/xYz_1');
  expect(aggregateKey('C0A0', '')).toBeUndefined();
});

test('a long value is cut, the same way wherever it comes from', () => {
  const long = `example.com/${'a'.repeat(5_000)}`;
  expect(indicatorKey('url', long)).toHaveLength('url:'.length + LONGEST_VALUE);
  expect(indicatorKey('url', `${long}b`)).toBe(indicatorKey('url', long));
});

const IP6 = [0x20, 0x01, 0x0d, 0xb8, 0xab, 0xcd, 0x12, 0x34, 0, 0, 0, 0, 0, 0, 0, 9];

test('an address carries the networks that it lies in', () => {
  expect(addressKeys([203, 0, 113, 7])).toEqual([
    'ip4:203.0.113.7',
    'ip4/8:203.0.0.0',
    'ip4/16:203.0.0.0',
    'ip4/24:203.0.113.0',
  ]);
  expect(addressKeys(IP6)).toEqual([
    'ip6:2001:0db8:abcd:1234:0000:0000:0000:0009',
    'ip6/32:2001:0db8:0000:0000:0000:0000:0000:0000',
    'ip6/40:2001:0db8:ab00:0000:0000:0000:0000:0000',
    'ip6/48:2001:0db8:abcd:0000:0000:0000:0000:0000',
    'ip6/56:2001:0db8:abcd:1200:0000:0000:0000:0000',
    'ip6/64:2001:0db8:abcd:1234:0000:0000:0000:0000',
  ]);
});

describe('a range is few equal values', () => {
  test.each<[readonly number[], number, number, string, string]>([
    [[10, 1, 2, 3], 8, 1, 'ip4/8:10.0.0.0', 'ip4/8:10.0.0.0'],
    [[10, 1, 2, 3], 9, 128, 'ip4/16:10.0.0.0', 'ip4/16:10.127.0.0'],
    [[10, 200, 2, 3], 9, 128, 'ip4/16:10.128.0.0', 'ip4/16:10.255.0.0'],
    [[10, 1, 2, 3], 1, 128, 'ip4/8:0.0.0.0', 'ip4/8:127.0.0.0'],
    [[172, 20, 2, 3], 12, 16, 'ip4/16:172.16.0.0', 'ip4/16:172.31.0.0'],
    [[10, 1, 2, 3], 24, 1, 'ip4/24:10.1.2.0', 'ip4/24:10.1.2.0'],
    [[10, 1, 2, 3], 25, 128, 'ip4:10.1.2.0', 'ip4:10.1.2.127'],
    [[10, 1, 2, 3], 31, 2, 'ip4:10.1.2.2', 'ip4:10.1.2.3'],
    [[10, 1, 2, 3], 32, 1, 'ip4:10.1.2.3', 'ip4:10.1.2.3'],
    [IP6, 29, 8, 'ip6/32:2001:0db8:0000:0000:0000:0000:0000:0000', 'ip6/32:2001:0dbf:0000:0000:0000:0000:0000:0000'],
    [IP6, 44, 16, 'ip6/48:2001:0db8:abc0:0000:0000:0000:0000:0000', 'ip6/48:2001:0db8:abcf:0000:0000:0000:0000:0000'],
    [IP6, 121, 128, 'ip6:2001:0db8:abcd:1234:0000:0000:0000:0000', 'ip6:2001:0db8:abcd:1234:0000:0000:0000:007f'],
    [IP6, 127, 2, 'ip6:2001:0db8:abcd:1234:0000:0000:0000:0008', 'ip6:2001:0db8:abcd:1234:0000:0000:0000:0009'],
    [IP6, 128, 1, 'ip6:2001:0db8:abcd:1234:0000:0000:0000:0009', 'ip6:2001:0db8:abcd:1234:0000:0000:0000:0009'],
  ])('%j / %d', (bytes, bits, size, first, last) => {
    const { keys = [], between } = rangeKeys(bytes, bits) ?? {};
    expect([keys.length, keys[0], keys.at(-1), between]).toEqual([size, first, last, undefined]);
  });

  test('within the last network of IPv6, by comparing addresses too', () => {
    expect(rangeKeys(IP6, 120)).toEqual({
      keys: ['ip6/64:2001:0db8:abcd:1234:0000:0000:0000:0000'],
      between: {
        from: 'ip6:2001:0db8:abcd:1234:0000:0000:0000:0000',
        to: 'ip6:2001:0db8:abcd:1234:0000:0000:0000:00ff',
      },
    });
  });

  test.each([
    [[10, 0, 0, 0], 0],
    [IP6, 24],
  ])('too wide: %j / %d', (bytes, bits) => {
    expect(rangeKeys(bytes, bits)).toBeUndefined();
  });

  test('each address has one of the values of each range that it lies in, and none of the others', () => {
    for (const address of [[10, 1, 2, 3], [0, 0, 0, 0], [255, 255, 255, 255], IP6]) {
      const mine = addressKeys(address);
      for (let bits = address.length === 4 ? 1 : 25; bits <= address.length * 8; bits += 1) {
        const around = rangeKeys(address, bits);
        expect(around?.keys.filter((key) => mine.includes(key))).toHaveLength(1);
        const other = address.with(
          Math.floor((bits - 1) / 8),
          (address[Math.floor((bits - 1) / 8)] ?? 0) ^ (0x80 >> ((bits - 1) % 8)),
        );
        const beside = rangeKeys(other, bits);
        const isBeside = ({ keys, between }: NonNullable<typeof beside>) =>
          keys.some((key) => mine.includes(key)) &&
          (between === undefined || mine.some((key) => key >= between.from && key <= between.to));
        expect(beside !== undefined && isBeside(beside), `${address} ${bits}`).toBe(false);
      }
    }
  });
});
