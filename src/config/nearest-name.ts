/** The known name that somebody may have meant. */

import { distance as editDistance } from 'fastest-levenshtein';

/**
 * @returns of `known` the one nearest to `name`, or `undefined` when none is near: more than a quarter of the letters,
 * and more than two, would have to change. Case, `_`, `-` and `.` do not count; a beginning or an end that is missing
 * counts once.
 */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const written = plain(name);
  const limit = Math.min(Math.max(2, Math.floor(written.length / 4)), written.length - 1);
  let best: { readonly name: string; readonly distance: number } | undefined;
  for (const candidate of known) {
    const distance = distanceTo(plain(candidate), written, limit);
    if (distance <= limit && distance < (best?.distance ?? Number.POSITIVE_INFINITY))
      best = { name: candidate, distance };
  }
  return best?.name;
}

function distanceTo(candidate: string, written: string, limit: number): number {
  const isPart = written.length >= 4 && (candidate.startsWith(written) || candidate.endsWith(written));
  if (isPart) return candidate === written ? 0 : 1;
  const isFar = Math.abs(candidate.length - written.length) > limit;
  return isFar ? Number.POSITIVE_INFINITY : editDistance(written, candidate);
}

function plain(name: string): string {
  return name
    .slice(0, 64)
    .toLowerCase()
    .replace(/[\s._-]/g, '');
}
