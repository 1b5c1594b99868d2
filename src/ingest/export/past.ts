/**
 * Exports records of the past, once. Which records are in which object follows from the records alone, so running it again writes
 * what is missing and nothing twice.
 */

import { createHash } from 'node:crypto';
import type { RecordDocument } from '../../domain/records/record.js';
import type { StreamName } from '../../domain/streams/streams.js';
import type { Collections } from '../../store/collections.js';
import { recordsBetween } from '../../store/export-records.js';
import { exportLine } from './export-line.js';
import type { ExportTarget } from './export-target.js';
import { objectName } from './object-name.js';
import { putLines } from './put-lines.js';

export interface PastExport {
  readonly collections: Collections;
  readonly sourceId: number;
  readonly streams: readonly StreamName[];
  readonly target: ExportTarget;
  readonly from: Date;
  /** Not a part of the range. */
  readonly to: Date;
}

export interface PastObject {
  readonly stream: StreamName;
  readonly key: string;
  readonly records: number;
  /** `exists`: an earlier run has written it. */
  readonly result: 'written' | 'exists';
}

/** An object has so many records, or so many bytes, and those of the same time as its last one. */
const ENOUGH_RECORDS = 5_000;
const ENOUGH_BYTES = 16 * 1024 * 1024;

interface Part {
  readonly stream: StreamName;
  readonly lines: Buffer[];
  readonly ids: Uint8Array[];
  readonly first: Date;
  last: Date;
  bytes: number;
}

export async function* exportPast(past: PastExport): AsyncGenerator<PastObject, void, undefined> {
  for (const stream of past.streams) {
    let part: Part | undefined;
    for await (const document of recordsBetween(past.collections, past.sourceId, stream, past)) {
      const line = exportLine(past.target.form, stream, document);
      if (line === undefined) continue;
      if (part !== undefined && isComplete(part, document)) {
        yield await written(past, part);
        part = undefined;
      }
      const { _messageTime } = document;
      part ??= { stream, lines: [], ids: [], first: _messageTime, last: _messageTime, bytes: 0 };
      part.lines.push(line);
      part.ids.push(document._id.buffer);
      part.last = _messageTime;
      part.bytes += line.length;
    }
    if (part !== undefined) yield await written(past, part);
  }
}

/** Identical records have the same time, and stay together. */
function isComplete({ lines, bytes, last }: Part, { _messageTime }: RecordDocument): boolean {
  if (last.getTime() === _messageTime.getTime()) return false;
  return lines.length >= ENOUGH_RECORDS || bytes >= ENOUGH_BYTES || dayOf(last) !== dayOf(_messageTime);
}

function dayOf(time: Date): string {
  return time.toISOString().slice(0, 10);
}

async function written(
  { collections, sourceId, target }: PastExport,
  { stream, lines, ids, first }: Part,
): Promise<PastObject> {
  const { id: installationId } = await collections.installation();
  const hash = createHash('sha256').update(`${installationId}\n${sourceId}\n${stream}\n${target.form}\n`);
  for (const id of ids) hash.update(id);
  const mark = hash.digest('hex');
  const part = `past-${mark.slice(0, 16)}`;
  const name = objectName(target.prefix, { installationId, sourceId, stream, part, at: first });
  const result = await putLines(target.bucket, { ...name, lines, mark });
  return { stream, key: name.key, records: lines.length, result };
}
