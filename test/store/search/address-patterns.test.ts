import ipaddr from 'ipaddr.js';
import { expect, test } from 'vitest';
import { networkPattern } from '../../../src/store/search/address-patterns.js';
import { SeededRandom } from '../../support/random.js';
import { numbers } from '../../support/store-fixtures.js';

const patternOf = (bytes: readonly number[], bits: number) => new RegExp(`^${networkPattern(bytes, bits)}$`, 'i');

/** Every way to write the same address. */
function spellingsOf(bytes: readonly number[]): string[] {
  const groups = numbers(8).map((at) => (((bytes[2 * at] ?? 0) << 8) | (bytes[2 * at + 1] ?? 0)).toString(16));
  const ends = [groups.slice(6), [bytes.slice(12).join('.')]];
  const short = numbers(8).flatMap((start) =>
    numbers(8 - start).map((more) => {
      const end = start + more + 1;
      const areZero = groups.slice(start, end).every((group) => group === '0');
      return areZero ? `${groups.slice(0, start).join(':')}::${groups.slice(end).join(':')}` : undefined;
    }),
  );
  return [
    groups.join(':'),
    groups
      .map((group) => group.padStart(4, '0'))
      .join(':')
      .toUpperCase(),
    ...ends.map((end) => [...groups.slice(0, 6), ...end].join(':')),
    ...short.filter((text) => text !== undefined),
  ];
}

test('an IPv6 address is in a range or not, however it is written', () => {
  const random = new SeededRandom(7);
  const byte = () => random.pick([0, 0, 0, 1, 10, random.between(0, 255)]);
  for (let round = 0; round < 400; round += 1) {
    const network = numbers(16).map(byte);
    const bits = random.pick([0, 3, 16, 20, 29, 32, 48, 61, 64, 96, 113, 126, 128]);
    const pattern = patternOf(network, bits);
    const range: [ipaddr.IPv6, number] = [new ipaddr.IPv6([...network]), bits];
    const other = numbers(16).map((at) => (at * 8 < bits - random.between(0, 9) ? (network[at] ?? 0) : byte()));
    for (const bytes of [network, other]) {
      const isIn = new ipaddr.IPv6([...bytes]).match(range);
      for (const text of spellingsOf(bytes)) {
        expect(ipaddr.IPv6.isValid(text), text).toBe(true);
        expect(pattern.test(text), `${text} in ${new ipaddr.IPv6([...network])}/${bits}`).toBe(isIn);
      }
    }
  }
});

test.each([
  ['192.0.2.1', true],
  ['::ffff:192.0.2.1', true],
  ['0:0:0:0:0:FFFF:192.0.2.1', true],
  ['192.0.2.64', false],
  ['192.0.2.1.example', false],
  ['::fff:192.0.2.1', false],
])('an IPv4 address, also as IPv6: %s', (text, isIn) => {
  expect(patternOf([192, 0, 2, 0], 26).test(text)).toBe(isIn);
});

test('the pattern of every range is shorter than MongoDB allows', () => {
  for (const bits of numbers(129))
    expect(
      networkPattern(
        numbers(16).map(() => 0),
        bits,
      ).length,
    ).toBeLessThan(32_764);
});
