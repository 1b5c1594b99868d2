import type { ErrorFacts } from '../../domain/failures/failure.js';

/** What these mean has nothing to do with the page: the token of access, a permission, the rate limit. */
const OTHER_REASONS: ReadonlySet<number> = new Set([401, 403, 429]);

/** Whether an answer to a request with a page token may refuse that token: it has expired, or belongs to another window. */
export function isTokenRefused({ origin, status, code = '', message }: ErrorFacts): boolean {
  if (origin !== 'mimecast' || status === undefined) return false;
  // The functions report with status 200, what is wrong with a request as well as a passing fault of their own.
  if (status === 200) return /page|token/i.test(`${code} ${message}`);
  return status >= 400 && status < 500 && !OTHER_REASONS.has(status);
}
