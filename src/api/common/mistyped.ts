/** Addresses that somebody has mistyped into a browser: they lead to a page that says so, and not to an error for programs. */

import type { FastifyRequest } from 'fastify';

export const NOT_FOUND_PAGE = '/not-found';

const NO_PAGES = /^\/(api|web|vendor)(\/|$)/;

export function isMistyped({ is404, method, url, headers }: FastifyRequest): boolean {
  return is404 && method === 'GET' && headers.accept?.includes('text/html') === true && !NO_PAGES.test(url);
}
