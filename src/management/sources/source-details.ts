/** All that a page about one source shows of its state, as of one moment. */

import type { ExportStatus } from '../../domain/export/export.js';
import type { SourceView } from '../../domain/lifecycle/source-view.js';
import { viewOf } from '../../domain/lifecycle/source-view.js';
import { present } from '../../domain/present.js';
import { storedCollector } from '../../store/collectors.js';
import { type SourceDocument, storedSource } from '../../store/sources.js';
import { unknownSource } from '../refusals.js';
import type { InstallationAccess } from '../temporal/ownership.js';
import { type StatedSource, statesOf } from './shown-state.js';
import { referenceOf } from './source-directory.js';
import { hasEnded, type SourceStatus, statusOf } from './source-status.js';

export interface SourceDetails {
  readonly stated: StatedSource;
  readonly collectorName: string;
  /** Absent when no worker answered: `note` then says why. */
  readonly view?: SourceView;
  readonly note?: string;
  /** Absent without one, and when no worker answered. */
  readonly export?: ExportStatus;
}

/** @throws CodedRefusal 404 */
export async function detailsOf(access: InstallationAccess, sourceId: number, nowMs: number): Promise<SourceDetails> {
  const { collections } = access;
  const source = await storedSource(collections, { _id: sourceId });
  if (source === null) throw unknownSource();
  const [[indexed], status, collector] = await Promise.all([
    statesOf(access, [source]),
    statusOf(access, referenceOf(source)),
    storedCollector(collections, { _id: source.collectorId }),
  ]);
  const { snapshot, note, export: toBucket } = status;
  return {
    stated: latest(source, indexed, status),
    collectorName: collector?.name ?? '',
    ...present({ view: snapshot === undefined ? undefined : viewOf(snapshot, nowMs), note, export: toBucket }),
  };
}

/** Temporal's index is a moment behind what the workflow itself answers. */
function latest(
  source: SourceDocument,
  indexed: StatedSource | undefined,
  { workflowId, state, health, snapshot }: SourceStatus,
): StatedSource {
  const known = indexed ?? { source, workflowId, state: { state }, health };
  if (snapshot === undefined || source.deletingAt !== undefined || hasEnded(state)) return known;
  return { ...known, health, ...(known.state.state === state ? {} : { state: { state } }) };
}
