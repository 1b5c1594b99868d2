/** What pages may load and do: their own scripts and styles, requests to this server, nothing else. */

import { createHash } from 'node:crypto';

/** @param html a page with at most one import map, which is allowed by its hash (a policy knows no other way for it). */
export function contentPolicyOf(html: string): Readonly<Record<string, readonly string[]>> {
  const [, map] = /<script type="importmap">(.*?)<\/script>/s.exec(html) ?? [];
  const hash = map === undefined ? [] : [`'sha256-${createHash('sha256').update(map).digest('base64')}'`];
  return {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'", ...hash],
    styleSrc: ["'self'"],
    imgSrc: ["'self'", 'data:'],
    connectSrc: ["'self'"],
    formAction: ["'none'"],
    baseUri: ["'none'"],
    frameAncestors: ["'none'"],
    requireTrustedTypesFor: ["'script'"],
  };
}
