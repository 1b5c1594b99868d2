/** Writes what has changed of an export's health: its own state, and a health event of its source. */

import { EXPORT_SUBJECT, type ExportNote } from '../domain/export/export.js';
import type { ActivityDependencies } from '../ingest/source/dependencies.js';
import { noteExportHealth } from '../store/exports.js';
import { writeHealthChanges } from '../store/health-changes.js';
import { isStored } from '../store/sources.js';

export async function noteExport(
  { collections }: ActivityDependencies,
  sourceId: number,
  { kind, problem: { problem, eventId, closingId }, at }: ExportNote,
): Promise<void> {
  if (!(await isStored(collections, sourceId))) return;
  await noteExportHealth(collections, sourceId, kind === 'opened' ? problem : undefined);
  const change = { kind, eventId, closingId, subject: EXPORT_SUBJECT, problem, occurrences: 1, at };
  await writeHealthChanges(collections, sourceId, [change]);
}
