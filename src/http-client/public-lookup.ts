/** Looks up a name for a connection, and hands on public addresses only. */

import dns from 'node:dns';
import type { LookupFunction } from 'node:net';
import { isPrivateAddress } from './private-host.js';

/** Thrown by a connection to a name that belongs to a private network although it does not look so. */
export class PrivateAddressError extends Error {
  override readonly name = 'PrivateAddressError';
  readonly code = 'ERR_PRIVATE_ADDRESS';

  constructor(
    host: string,
    readonly address: string,
  ) {
    super(`${host} is at the private address ${address}`);
  }
}

/**
 * The lookup of a connection itself, so that the addresses that were judged are those that are connected to, whatever the
 * name is resolved to a moment later.
 */
export const publicLookup: LookupFunction = (hostname, options, done) => {
  dns.lookup(hostname, { ...options, all: true }, (error, addresses) => {
    const [first] = error ? [] : addresses;
    if (first === undefined) return done(error ?? notFound(hostname), []);
    const usable = addresses.filter(({ address }) => !isPrivateAddress(address));
    const [best] = usable;
    if (best === undefined) return done(new PrivateAddressError(hostname, first.address), []);
    if (options.all) return done(null, usable);
    done(null, best.address, best.family);
  });
};

function notFound(hostname: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`getaddrinfo ENOTFOUND ${hostname}`), { code: 'ENOTFOUND' });
}
