/** What an error at a batch file says about that file, apart from the network and the store that it lies in. */

import { RawError } from '../domain/failures/failure.js';
import type { FileFault } from '../domain/records/bad-file.js';
import { DamagedFileError } from '../http-client/file-damage.js';

/** What S3 says, with status 400, when the credentials that a URL was signed with are no longer valid. */
const EXPIRED_CODES: ReadonlySet<string> = new Set(['ExpiredToken', 'RequestExpired']);

/** Whether the file's URL has expired, so that its page has to be listed again for a fresh one. */
export function isExpiredFile(error: unknown): boolean {
  if (!(error instanceof RawError) || error.facts.origin !== 'file') return false;
  const { status, code } = error.facts;
  return status === 403 || status === 404 || EXPIRED_CODES.has(code ?? '');
}

/** Statuses that speak of the moment and not of the file: request timeout, too early, too many requests. */
const PASSING_STATUSES: ReadonlySet<number> = new Set([408, 425, 429]);

/** @returns `undefined` when the error says nothing of the file: an outage, a rate limit, a lost connection. */
export function fileFaultOf(error: unknown): FileFault | undefined {
  if (error instanceof DamagedFileError) {
    return error.damage === 'cut' || error.damage === 'corrupt' ? 'damaged' : error.damage;
  }
  if (!(error instanceof RawError) || error.facts.origin !== 'file') return undefined;
  const { status = 0, code } = error.facts;
  if (code === 'address_refused') return 'missing';
  return status >= 300 && status < 500 && !PASSING_STATUSES.has(status) ? 'missing' : undefined;
}
