/** Which hosts belong to a private network: no public API, file store or bucket lives there. */

/** Blocks of IPv4: first address, and how many of its bits count. */
const IPV4_BLOCKS: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
];

/** Names that never belong to a public server; a name without a dot belongs to the local network. */
const PRIVATE_NAME = /^[^.]+$|(^|\.)(localhost|local|internal|lan|home\.arpa)$/;

/**
 * Whether a URL's host is loopback, private, link-local, shared or unspecified.
 *
 * @param hostname `URL.hostname`: in lower case, IPv6 in brackets, and IPv4 as four decimal numbers however it was
 * written (`0x7f.1`, `2130706433`).
 */
export function isPrivateHost(hostname: string): boolean {
  const host = hostname.toLowerCase().replace(/\.$/, '');
  if (host.startsWith('[')) return isPrivateIpv6(host.slice(1, -1));
  const ipv4 = ipv4Bits(host);
  return ipv4 === undefined ? PRIVATE_NAME.test(host) : isPrivateIpv4(ipv4);
}

/** The address as a number of 32 bits; `undefined` for a name. */
function ipv4Bits(host: string): number | undefined {
  if (!/^\d{1,3}(\.\d{1,3}){3}$/.test(host)) return undefined;
  return host.split('.').reduce((bits, part) => bits * 256 + Number(part), 0);
}

function isPrivateIpv4(address: number): boolean {
  return IPV4_BLOCKS.some(([first, length]) => {
    const size = 2 ** (32 - length);
    return Math.floor(address / size) === Math.floor((ipv4Bits(first) ?? 0) / size);
  });
}

/** Unspecified, loopback, unique local, link-local, and the IPv4 blocks mapped into IPv6 or translated by NAT64. */
function isPrivateIpv6(text: string): boolean {
  const groups = ipv6Groups(text);
  const [first = 0, second = 0] = groups;
  const [high = 0, low = 0] = groups.slice(6);
  if (groups.slice(0, 7).every((group) => group === 0)) return low <= 1;
  if ((first & 0xfe00) === 0xfc00 || (first & 0xffc0) === 0xfe80) return true;
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  const isTranslated = first === 0x64 && second === 0xff9b && groups.slice(2, 6).every((group) => group === 0);
  return (isMapped || isTranslated) && isPrivateIpv4(high * 65_536 + low);
}

/** Its eight numbers of 16 bits. A URL has brought the address into hexadecimal form already. */
function ipv6Groups(text: string): number[] {
  const [head = [], tail = []] = text.split('::').map((part) => part.split(':').filter((group) => group !== ''));
  const zeros = Array.from({ length: Math.max(0, 8 - head.length - tail.length) }, () => '0');
  return [...head, ...zeros, ...tail].map((group) => Number.parseInt(group, 16));
}
