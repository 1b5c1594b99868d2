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

/** No wait is longer, in milliseconds: beyond a year, nobody means it, and a number may be none that can be counted. */
const LONGEST_MS = 365 * 86_400_000;

function wait(ms: number): number {
  return Math.min(LONGEST_MS, Math.max(0, Math.ceil(ms)));
}

/** `Retry-After` alone, seconds or an HTTP date: for statuses where a reset header is not about this answer. */
export function retryAfterHeaderMs(headers: Headers, nowMs: number): number | undefined {
  const value = headers.get('retry-after')?.trim();
  if (value === undefined || value === '') return undefined;
  if (/^\d+(\.\d+)?$/.test(value)) return wait(Number(value) * 1_000);
  // A bare or signed number is also something that Date.parse takes, as a year; an HTTP date begins with a weekday.
  const date = /^[a-z]/i.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(date) ? undefined : wait(date - nowMs);
}

function rateLimitResetMs(headers: Headers, nowMs: number): number | undefined {
  const value = headers.get('x-ratelimit-reset')?.trim();
  if (value === undefined || !/^\d+(\.\d+)?$/.test(value)) return undefined;
  const number = Number(value);
  if (number >= 1e12) return wait(number - nowMs);
  if (number >= 1e9) return wait(number * 1_000 - nowMs);
  return wait(number);
}
