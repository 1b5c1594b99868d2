/** IP addresses and domain names, spelled in one way. */

import { domainToASCII } from 'node:url';
import ipaddr from 'ipaddr.js';
import { getDomain } from 'tldts';
import { indicatorKey } from '../../domain/indicators/indicator.js';

/**
 * The bytes of an address: 4 or 16. IPv4 in four decimal parts only, since programs disagree about what others mean; an
 * IPv4 address written as IPv6 is IPv4.
 */
export function addressBytes(text: string): readonly number[] | undefined {
  // Most texts are neither, and the library takes its time to say so.
  if (DIGITS.test(text)) return ipaddr.IPv4.isValidFourPartDecimal(text) ? ipaddr.IPv4.parse(text).octets : undefined;
  if (!text.includes(':') || text.includes('%') || !ipaddr.IPv6.isValid(text)) return undefined;
  const address = ipaddr.IPv6.parse(text);
  return address.isIPv4MappedAddress() ? address.toIPv4Address().octets : address.toByteArray();
}

const DIGITS = /^[\d.]+$/;
const LONGEST_NAME = 253;
const LABELS = /^(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;
const NUMBER_AT_END = /\.\d+$/;
const ASCII = /^[\x20-\x7e]*$/;

/** Lower case, in ASCII, of two labels at least; `undefined` for what is not a domain name. */
export function domainOf(text: string): string | undefined {
  if (text.length > LONGEST_NAME + 1) return undefined;
  const bare = text.toLowerCase().replace(/\.$/, '');
  const name = ASCII.test(bare) ? bare : domainToASCII(bare);
  return name.length <= LONGEST_NAME && LABELS.test(name) && !NUMBER_AT_END.test(name) ? name : undefined;
}

/** Parents of a domain that are kept; a hostile name may have more than a hundred. */
const MOST_PARENTS = 7;

/** The domain and its parents, down to the one that somebody can register. */
export function domainKeys(domain: string): string[] {
  const registrable = getDomain(domain, { extractHostname: false, validateHostname: false, detectIp: false });
  const names = [domain];
  let parent = registrable ?? domain;
  const parents: string[] = [];
  while (parent.length < domain.length && parents.length < MOST_PARENTS) {
    parents.push(parent);
    const before = domain.lastIndexOf('.', domain.length - parent.length - 2);
    parent = domain.slice(before + 1);
  }
  return [...names, ...parents].map((name) => indicatorKey('domain', name));
}
