/** Addresses that a source may not be sent to. */

import { RawError } from '../domain/failures/failure.js';
import { isPrivateHost } from '../http-client/private-host.js';

/** @param what for people. @throws {RawError} with the origin `configuration` for an address in a private network, or without TLS. */
export function refuseInsecure(address: string, what: string): void {
  const url = URL.parse(address);
  if (url?.protocol === 'https:' && !isPrivateHost(url.hostname)) return;
  const message = `${what} ${url?.host ?? ''} is not a public https: address`;
  throw new RawError({ origin: 'configuration', code: 'address_refused', message });
}
