import { BlockList, isIP } from 'node:net';
import { TroubleError, type TroubleOrigin } from '../source/failure.js';

/** Loopback, private, link-local, shared and unspecified addresses; IPv4 rules also match IPv4-mapped IPv6. */
const PRIVATE = new BlockList();
const PRIVATE_NETS: readonly (readonly [string, number, 'ipv4' | 'ipv6'])[] = [
  ['0.0.0.0', 8, 'ipv4'],
  ['10.0.0.0', 8, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['127.0.0.0', 8, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['::', 127, 'ipv6'],
  ['fc00::', 7, 'ipv6'],
  ['fe80::', 10, 'ipv6'],
];
for (const [net, prefix, family] of PRIVATE_NETS) PRIVATE.addSubnet(net, prefix, family);

/** Names that never belong to a public server; a name without a dot belongs to the local network. */
const PRIVATE_NAME = /^[^.]+$|\.(localhost|local|internal|lan|home\.arpa)$/;

function isPrivateHost(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  const family = isIP(host);
  if (family === 0) return PRIVATE_NAME.test(host);
  return PRIVATE.check(host, family === 4 ? 'ipv4' : 'ipv6');
}

/**
 * The address as a URL that may be called: `https:` and no host of a private network, unless `allowInsecure`. Batch
 * file URLs come from an answer, and a forged one must not reach into the network this program runs in.
 *
 * @throws {TroubleError} when it may not be called; the message names the host only, as the query may be a signature.
 */
export function allowedUrl(
  address: string,
  { allowInsecure, origin, endpoint }: { allowInsecure: boolean; origin: TroubleOrigin; endpoint: string },
): URL {
  const refuse = (message: string) => new TroubleError({ origin, endpoint, message, code: 'address_refused' });
  const url = URL.parse(address);
  if (url === null) throw refuse('the address is not a URL');
  if (url.username !== '' || url.password !== '') throw refuse(`the address of ${url.host} contains credentials`);
  if (url.protocol !== 'https:' && !(allowInsecure && url.protocol === 'http:')) {
    throw refuse(`the address of ${url.host} does not begin with https://`);
  }
  if (!allowInsecure && isPrivateHost(url.hostname)) throw refuse(`${url.host} is a host of a private network`);
  return url;
}
