/** ETags of collectors and sources: made of what is configured alone, so that no change of state makes one stale. */

import { createHash } from 'node:crypto';
import { canonicalJson } from '../../domain/json.js';

/** @returns 32 hexadecimal digits in quotes. */
export function etagOf(configured: unknown): string {
  return `"${createHash('sha256').update(canonicalJson(configured)).digest('hex').slice(0, 32)}"`;
}

/** Whether the header says which state is to be changed; `*` and nothing mean any. */
export function isConditional(ifMatch: string | undefined): boolean {
  const wanted = (ifMatch ?? '').trim();
  return wanted !== '' && wanted !== '*';
}

/**
 * Whether a change may be made, by RFC 9110 with the weak comparison: a proxy that compresses turns a tag into a weak one.
 *
 * @param ifMatch the header. Without it, or with an empty one, everything may: Terraform's provider sends an empty one
 *   when its read of the tag has failed, and then means to write all the same.
 */
export function mayChange(ifMatch: string | undefined, etag: string): boolean {
  if (!isConditional(ifMatch)) return true;
  return (ifMatch ?? '').split(',').some((tag) => opaque(tag) === opaque(etag));
}

/** The tag without its weakness and, where somebody dropped them, its quotes. */
function opaque(tag: string): string {
  return tag.trim().replace(/^W\//i, '').replaceAll('"', '');
}
