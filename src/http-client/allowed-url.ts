import { type ErrorOrigin, RawError } from '../domain/failures/failure.js';
import { isPrivateHost } from './private-host.js';

export interface AllowedUrlOptions {
  readonly allowInsecure: boolean;
  /** Hosts of a private network that may be called all the same, encrypted. Default none. */
  readonly privateHosts?: ReadonlySet<string>;
  readonly origin: ErrorOrigin;
  readonly endpoint: string;
}

/**
 * The address as a URL that may be called: `https:` and no host of a private network, unless `allowInsecure`. Batch
 * file URLs come from an answer, and a forged one must not reach into the network this program runs in.
 *
 * @throws {RawError} when it may not be called; the message names the host only, as the query may be a signature.
 */
export function allowedUrl(
  address: string,
  { allowInsecure, privateHosts = new Set(), origin, endpoint }: AllowedUrlOptions,
): URL {
  const refuse = (message: string) => new RawError({ origin, endpoint, message, code: 'address_refused' });
  const url = URL.parse(address);
  if (url === null) throw refuse('the address is not a URL');
  if (url.username !== '' || url.password !== '') throw refuse(`the address of ${url.host} contains credentials`);
  if (url.protocol !== 'https:' && !(allowInsecure && url.protocol === 'http:')) {
    throw refuse(`the address of ${url.host} does not begin with https://`);
  }
  if (!allowInsecure && !privateHosts.has(url.hostname) && isPrivateHost(url.hostname))
    throw refuse(`${url.host} is a host of a private network`);
  return url;
}
