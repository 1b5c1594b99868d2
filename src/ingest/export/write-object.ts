/** Writes the objects of a cut. */

import { createHash } from 'node:crypto';
import type { Collections } from '../../store/collections.js';
import { documentsOf } from '../../store/export-records.js';
import type { Cut, CutObject, WrittenObject } from '../../store/exports.js';
import { exportLine } from './export-line.js';
import type { ExportTarget } from './export-target.js';
import { objectName } from './object-name.js';
import { putLines } from './put-lines.js';

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

/** @returns `undefined` when there is nothing to write: no detection, or no record that is still stored. */
async function writeObject(
  { collections, sourceId, target, signal }: CutWriting,
  { seq, at }: Cut,
  { stream, ids }: CutObject,
): Promise<WrittenObject | undefined> {
  const { bucket, prefix, form } = target;
  const found = await documentsOf(collections, stream, ids);
  const documents = ids.flatMap((id) => found.get(id.toString('hex')) ?? []);
  const lines = documents.flatMap((document) => exportLine(form, stream, document) ?? []);
  if (lines.length === 0) return undefined;
  const { id: installationId } = await collections.installation();
  const { key, fileName } = objectName(prefix, { installationId, sourceId, stream, part: seq, at });
  const hash = createHash('sha256').update(`${installationId}\n${sourceId}\n${stream}\n${seq}\n`);
  for (const { buffer } of ids) hash.update(buffer);
  const mark = hash.digest('hex');
  await putLines(bucket, { key, fileName, lines, mark }, signal);
  return { stream, key, records: lines.length };
}
