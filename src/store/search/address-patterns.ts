/** Ranges of IP addresses as regular expressions, for fields of records that carry no indicators, and for one field of many. */

/**
 * Addresses that begin with these bits, however they are spelled: IPv6 with and without leading zeros, with `::` in any of
 * its places, and with an IPv4 address at its end.
 *
 * @param bytes of an address: 4 or 16.
 */
export function networkPattern(bytes: readonly number[], bits: number): string {
  return bytes.length === 4 ? `${MAPPED}${dotted(bytes, bits)}` : `(?:${spellings(bytes, bits).join('|')})`;
}

/** What may stand before an IPv4 address that is written as IPv6. */
const MAPPED = '(?:(?:0{0,4}:){2,6}ffff:)?';
const GROUPS = 8;

function dotted(bytes: readonly number[], bits: number): string {
  const octets = bytes.map((byte, at) => {
    const { first, last } = between(byte, 8, bits - at * 8);
    if (first === last) return String(byte);
    if (last - first === 255) return '\\d{1,3}';
    return `(?:${Array.from({ length: last - first + 1 }, (_, more) => first + more).join('|')})`;
  });
  return octets.join('\\.');
}

function spellings(bytes: readonly number[], bits: number): string[] {
  const groups = Array.from({ length: GROUPS }, (_, at) =>
    between(((bytes[2 * at] ?? 0) << 8) | (bytes[2 * at + 1] ?? 0), 16, bits - at * 16),
  );
  const texts = groups.map(hexadecimal);
  const end = `(?:${texts.slice(6).join(':')}|${dotted(bytes.slice(12), bits - 96)})`;
  /** The groups from one on; the last two together may be an IPv4 address. */
  const from = (at: number) => [...texts.slice(at, 6), ...(at <= 6 ? [end] : texts.slice(at))].join(':');
  const whole = from(0);
  const shortened = groups.flatMap((_, start) =>
    groups.slice(start).flatMap((__, more) => {
      const behind = start + more + 1;
      const areZero = groups.slice(start, behind).every(({ first }) => first === 0);
      return areZero ? [`${texts.slice(0, start).join(':')}::${from(behind)}`] : [];
    }),
  );
  return [whole, ...shortened];
}

interface Span {
  readonly first: number;
  readonly last: number;
}

/** The numbers that begin with the first so many bits of one. @param width of the number. */
function between(value: number, width: number, fixed: number): Span {
  const free = 2 ** (width - Math.min(width, Math.max(0, fixed)));
  const first = value - (value % free);
  return { first, last: first + free - 1 };
}

/** A group of four digits, of which zeros at the beginning may be missing. */
function hexadecimal({ first, last }: Span): string {
  if (first === 0 && last === 0xffff) return '[0-9a-f]{1,4}';
  if (last === 0) return '0{1,4}';
  const [lowest, highest] = [first, last].map((value) => value.toString(16).padStart(4, '0')) as [string, string];
  const leading = Math.min(3, /^0*/.exec(lowest)?.[0].length ?? 0);
  return [...lowest].reduce((before, low, at) => {
    const digits = `${before}${digitPattern(low, highest[at] ?? low)}`;
    return at < leading ? `(?:${digits})?` : digits;
  }, '');
}

function digitPattern(low: string, high: string): string {
  if (low === high) return low;
  if (low === '0' && high === 'f') return '[0-9a-f]';
  return `[${'0123456789abcdef'.slice(Number.parseInt(low, 16), Number.parseInt(high, 16) + 1)}]`;
}
