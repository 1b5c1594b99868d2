/** The known name that somebody may have meant. */

/**
 * @returns of `known` the one nearest to `name`, or `undefined` when none is near: more than a quarter of the letters,
 * and more than two, would have to change. Case, `_`, `-` and `.` do not count; two swapped letters count once, and so
 * does a beginning or an end that is missing.
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

/** Letters to insert, delete or replace, and neighbours to swap, to make one text the other (optimal string alignment). */
export function editDistance(from: string, to: string): number {
  const rows: number[][] = [Array.from({ length: to.length + 1 }, (_, column) => column)];
  const at = (row: number, column: number): number => rows[row]?.[column] ?? Number.POSITIVE_INFINITY;
  for (let row = 1; row <= from.length; row += 1) {
    rows[row] = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const isSame = from[row - 1] === to[column - 1];
      const isSwapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      const distance = Math.min(
        at(row - 1, column) + 1,
        at(row, column - 1) + 1,
        at(row - 1, column - 1) + (isSame ? 0 : 1),
        isSwapped ? at(row - 2, column - 2) + 1 : Number.POSITIVE_INFINITY,
      );
      rows[row]?.push(distance);
    }
  }
  return at(from.length, to.length);
}
