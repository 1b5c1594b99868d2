/** Asks the store of batch files, along its redirects. */

import { RawError } from '../domain/failures/failure.js';
import { allowedUrl } from '../http-client/allowed-url.js';
import { concealing } from '../http-client/conceal.js';
import { type HttpRequest, redirectTarget, request } from '../http-client/http.js';

/** A store needs one to name a file's region; more than a few lead nowhere. */
const MAX_REDIRECTS = 5;
/** Shorter values of an address's query are names and times, which an error may well repeat. */
const SHORTEST_SIGNATURE = 24;

export interface FileResponse {
  readonly response: Response;
  /** The request that was answered, which names the last host. */
  readonly sent: HttpRequest;
}

/**
 * Follows redirects to addresses that may be called, each judged like the first. Nothing of ours travels along, as a file
 * is asked for without a token; what an address gives away, its signature, is kept out of errors at every hop.
 *
 * @throws {RawError} as `request` does; `address_refused` for a redirect to an address that may not be called.
 */
export async function requestFile(first: HttpRequest, allowInsecure: boolean): Promise<FileResponse> {
  const signatures: string[] = [];
  let { url } = first;
  for (let redirects = 0; ; redirects += 1) {
    // The signature opens the file for anyone who has it.
    signatures.push(...[...url.searchParams.values()].filter(({ length }) => length >= SHORTEST_SIGNATURE));
    const sent: HttpRequest = { ...first, url, conceal: concealing(signatures), returnsRedirects: true };
    const response = await request(sent);
    const target = redirectTarget(response, url);
    if (target === undefined) return { response, sent };
    // Frees the connection; the body of a redirect is of no interest.
    await Promise.allSettled([response.body?.cancel()]);
    if (redirects >= MAX_REDIRECTS) throw endless(sent, response.status);
    url = redirected(target, sent, allowInsecure);
  }
}

function redirected(target: string, { url, origin, endpoint }: HttpRequest, allowInsecure: boolean): URL {
  try {
    return allowedUrl(target, { allowInsecure, origin, endpoint });
  } catch (error) {
    if (!(error instanceof RawError)) throw error;
    const message = `${url.host} redirects to an address that may not be called: ${error.message}`;
    throw new RawError({ ...error.facts, message }, { cause: error });
  }
}

function endless({ url, origin, endpoint }: HttpRequest, status: number): RawError {
  const message = `${url.host} redirects once more after ${MAX_REDIRECTS} redirects`;
  return new RawError({ origin, endpoint, status, code: 'too_many_redirects', message });
}
