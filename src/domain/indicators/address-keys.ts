/**
 * IP addresses as indicators. Beside the address itself a record carries the networks that it lies in, at a few lengths:
 * so every range is at most 128 equal values, and MongoDB merges those in the order of time. As a range of strings it
 * would have to read and sort all hits for the first page. Pure.
 */

import { type IndicatorType, indicatorKey } from './indicator.js';

/** Lengths of the networks, in bits; whole bytes. */
const NETWORKS = { ip4: [8, 16, 24], ip6: [32, 40, 48, 56, 64] } as const;
/** With fewer bits a range would be more than 128 values. */
const FEWEST_BITS = { ip4: 1, ip6: 25 } as const;
/** From so many bits on, a range is looked up by each of its addresses. */
const BY_ADDRESS_BITS = { ip4: 25, ip6: 121 } as const;

type AddressType = Extract<IndicatorType, 'ip4' | 'ip6'>;

/** @param bytes of the address: 4 or 16. */
export function addressKeys(bytes: readonly number[]): string[] {
  const type = typeOf(bytes);
  return [indicatorKey(type, textOf(bytes)), ...NETWORKS[type].map((bits) => networkKey(type, bytes, bits))];
}

export interface RangeKeys {
  /** A record with an address in the range has one of these. */
  readonly keys: readonly string[];
  /**
   * Set when records outside of the range have one of them, too: one indicator has to lie between these, both included.
   * It is so only of IPv6 ranges of 65 to 120 bits.
   */
  readonly between?: { readonly from: string; readonly to: string };
}

/** Whether a record that has one of the keys is a hit. @param indicators of the record. */
export function isWithin({ between }: Pick<RangeKeys, 'between'>, indicators: readonly string[]): boolean {
  return between === undefined || indicators.some((key) => key >= between.from && key <= between.to);
}

/** @returns `undefined` for a range that is too wide to be looked up. */
export function rangeKeys(bytes: readonly number[], bits: number): RangeKeys | undefined {
  const type = typeOf(bytes);
  const all = bytes.length * 8;
  if (bits < FEWEST_BITS[type]) return undefined;
  if (bits === all) return { keys: [indicatorKey(type, textOf(bytes))] };
  const length = bits >= BY_ADDRESS_BITS[type] ? all : NETWORKS[type].find((each) => each >= bits);
  if (length === undefined) {
    const from = indicatorKey(type, textOf(masked(bytes, bits, 0)));
    const to = indicatorKey(type, textOf(masked(bytes, bits, 255)));
    return { keys: [networkKey(type, bytes, 64)], between: { from, to } };
  }
  const first = masked(bytes, bits, 0);
  const last = length / 8 - 1;
  const keys = Array.from({ length: 2 ** (length - bits) }, (_, at) => {
    const network = first.with(last, (first[last] ?? 0) + at);
    return length === all ? indicatorKey(type, textOf(network)) : networkKey(type, network, length);
  });
  return { keys };
}

/** The widest ranges that can be looked up, for people. */
export const WIDEST_RANGES = `/${FEWEST_BITS.ip4} for IPv4, /${FEWEST_BITS.ip6} for IPv6`;

/** Its length stands in the type, so that it never lies between two addresses. */
function networkKey(type: AddressType, bytes: readonly number[], bits: number): string {
  return `${type}/${bits}:${textOf(masked(bytes, bits, 0))}`;
}

function typeOf(bytes: readonly number[]): AddressType {
  return bytes.length === 4 ? 'ip4' : 'ip6';
}

/** IPv6 at full width, so that addresses compare as their texts do. */
function textOf(bytes: readonly number[]): string {
  if (bytes.length === 4) return bytes.join('.');
  const digits = bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return digits.match(/.{4}/g)?.join(':') ?? '';
}

/** The bytes with the bits behind the first so many cleared, or set. */
function masked(bytes: readonly number[], bits: number, rest: 0 | 255): number[] {
  return bytes.map((byte, at) => {
    const mask = (0xff00 >> Math.min(8, Math.max(0, bits - at * 8))) & 0xff;
    return (byte & mask) | (rest & ~mask & 0xff);
  });
}
