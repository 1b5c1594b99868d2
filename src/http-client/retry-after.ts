/**
 * How long the other side asks us to wait, in milliseconds from now; `undefined` when it does not say.
 *
 * `Retry-After` is asked first, then `X-RateLimit-Reset`. Of the latter Mimecast's documentation says that it holds the
 * milliseconds until a call is permitted, while a public collector reads epoch seconds; so its size decides: at 13
 * digits it is epoch milliseconds, at 10 epoch seconds, below that milliseconds to wait.
 */
export function retryAfterMs(headers: Headers, nowMs: number): number | undefined {
  return retryAfterHeaderMs(headers, nowMs) ?? rateLimitResetMs(headers, nowMs);
}

/** `Retry-After` alone, seconds or an HTTP date: for statuses where a reset header is not about this answer. */
export function retryAfterHeaderMs(headers: Headers, nowMs: number): number | undefined {
  const value = headers.get('retry-after')?.trim();
  if (value === undefined || value === '') return undefined;
  if (/^\d+(\.\d+)?$/.test(value)) return Math.ceil(Number(value) * 1_000);
  // A bare or signed number is also something that Date.parse takes, as a year; an HTTP date begins with a weekday.
  const date = /^[a-z]/i.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}

function rateLimitResetMs(headers: Headers, nowMs: number): number | undefined {
  const value = headers.get('x-ratelimit-reset')?.trim();
  if (value === undefined || !/^\d+(\.\d+)?$/.test(value)) return undefined;
  const number = Number(value);
  if (number >= 1e12) return Math.max(0, Math.ceil(number - nowMs));
  if (number >= 1e9) return Math.max(0, Math.ceil(number * 1_000 - nowMs));
  return Math.ceil(number);
}
