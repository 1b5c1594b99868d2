/** Writes the objects of a cut. */

import { createHash } from 'node:crypto';
import type { Collections } from '../../store/collections.js';
import { documentsOf } from '../../store/export-records.js';
import type { Cut, CutObject, WrittenObject } from '../../store/exports.js';
import { exportLine } from './export-line.js';
import type { ExportTarget } from './export-target.js';
import { objectName } from './object-name.js';
import { isThere, putLines } from './put-lines.js';

export interface CutWriting {
  readonly collections: Collections;
  readonly sourceId: number;
  readonly target: ExportTarget;
  readonly signal: AbortSignal;
}

/** @returns the objects that are there now, whether this attempt wrote them or one before it. */
export async function writeCut(writing: CutWriting, cut: Cut): Promise<WrittenObject[]> {
  const written: WrittenObject[] = [];
  for (const object of cut.objects) {
    writing.signal.throwIfAborted();
    const made = await writeObject(writing, cut, object);
    if (made !== undefined) written.push(made);
  }
  return written;
}

/**
 * A cut keeps the form that it was made for, since that decides what belongs into its objects. It is written to where the
 * configuration says now, as that may have been corrected, unless it is where it was to go before.
 *
 * @returns `undefined` when there is nothing to write: no detection, or no record that is still stored.
 */
async function writeObject(
  { collections, sourceId, target, signal }: CutWriting,
  { seq, at, made = target }: Cut,
  { stream, ids }: CutObject,
): Promise<WrittenObject | undefined> {
  const { bucket } = target;
  const found = await documentsOf(collections, stream, ids);
  const documents = ids.flatMap((id) => found.get(id.toString('hex')) ?? []);
  const lines = documents.flatMap((document) => exportLine(made.form, stream, document) ?? []);
  if (lines.length === 0) return undefined;
  const { id: installationId } = await collections.installation();
  const nameBelow = (prefix: string) => objectName(prefix, { installationId, sourceId, stream, part: seq, at });
  const hash = createHash('sha256').update(`${installationId}\n${sourceId}\n${stream}\n${seq}\n`);
  for (const { buffer } of ids) hash.update(buffer);
  const mark = hash.digest('hex');
  const written = (key: string) => ({ stream, key, records: lines.length });
  const before = nameBelow(made.prefix);
  if (made.prefix !== target.prefix && (await isThere(bucket, { ...before, mark }, signal))) return written(before.key);
  const now = nameBelow(target.prefix);
  await putLines(bucket, { ...now, lines, mark }, signal);
  return written(now.key);
}
