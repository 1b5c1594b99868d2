/** Writes what has changed of an export's health: its own state, and a health event of its source. */

import { parseDuration } from '../domain/duration.js';
import { EXPORT_SUBJECT, type ExportNote, type ExportNoted } from '../domain/export/export.js';
import { present } from '../domain/present.js';
import type { ActivityDependencies } from '../ingest/source/dependencies.js';
import { noteExportHealth } from '../store/exports.js';
import { writeHealthChanges } from '../store/health-changes.js';
import { clearHealthEvents } from '../store/health-events.js';
import { storedSource } from '../store/sources.js';

export async function noteExport(
  { collections }: ActivityDependencies,
  sourceId: number,
  note: ExportNote,
): Promise<ExportNoted> {
  const opened = note.kind === 'opened' ? note.problem.problem : undefined;
  await noteExportHealth(collections, sourceId, opened);
  if (note.kind === 'cleared') {
    await clearHealthEvents(collections, sourceId, new Date(note.at), EXPORT_SUBJECT);
  } else {
    const { kind, problem: named, at, ending } = note;
    const change = { kind, ...named, subject: EXPORT_SUBJECT, occurrences: 1, at, ...present({ ending }) };
    await writeHealthChanges(collections, sourceId, [change]);
  }
  const again = (await storedSource(collections, { _id: sourceId }))?.config.retryAgainEvery;
  return present({ againEveryMs: typeof again === 'string' ? parseDuration(again) : undefined });
}
