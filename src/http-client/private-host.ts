/** Which hosts belong to a private network: no public API, file store or bucket lives there. */

import ipaddr from 'ipaddr.js';

/** Ranges, as `ipaddr.js` names them, whose addresses no public server has. */
const PRIVATE_RANGES: ReadonlySet<string> = new Set([
  'unspecified',
  'loopback',
  'private',
  'uniqueLocal',
  'linkLocal',
  'carrierGradeNat',
]);
/** An IPv4 address translated by NAT64, in the last four bytes of one of IPv6. */
const TRANSLATED = 'rfc6052';

/** Names that never belong to a public server; a name without a dot belongs to the local network. */
const PRIVATE_NAME = /^[^.]+$|(^|\.)(localhost|local|internal|lan|home\.arpa)$/;

/**
 * Whether a URL's host is loopback, private, link-local, shared or unspecified.
 *
 * @param hostname `URL.hostname`: IPv6 in brackets, and IPv4 as four decimal numbers however it was written (`0x7f.1`,
 * `2130706433`).
 */
export function isPrivateHost(hostname: string): boolean {
  const host = hostname.toLowerCase().replace(/^\[(.*)\]$|\.$/, '$1');
  return ipaddr.isValid(host) ? isPrivateAddress(host) : PRIVATE_NAME.test(host);
}

/** @param address of IPv4 or IPv6; an IPv4 address mapped into IPv6 is judged as itself. */
export function isPrivateAddress(address: string): boolean {
  const parsed = ipaddr.process(address);
  const range = parsed.range();
  return range === TRANSLATED
    ? isPrivateAddress(ipaddr.fromByteArray(parsed.toByteArray().slice(-4)).toString())
    : PRIVATE_RANGES.has(range);
}
