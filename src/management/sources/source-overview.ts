/** The lines of many sources: most from one query of Temporal's index, only where that differs from the store singly. */

import { type Installation, workflowIdIn } from '../../domain/contract/installation.js';
import { Semaphore } from '../../domain/semaphore.js';
import { findWorkflow } from '../temporal/own-workflow.js';
import { type InstallationAccess, installationOf } from '../temporal/ownership.js';
import { WORKER_VERSION } from '../temporal/search-attribute-keys.js';
import { placeOf } from '../temporal/temporal-command.js';
import { isTemporalAway } from '../temporal/temporal-errors.js';
import { belongsToAnother, uncertaintyOf } from '../temporal/uncertainty.js';
import { type WorkerFacts, workersOf } from '../temporal/workers.js';
import { reportedTaskProblem, taskProblemOf } from '../temporal/workflow-task.js';
import type { SourceReference } from './source-directory.js';
import { listingOf, type SourceListing, withUncertainty } from './source-listing.js';
import { listableSources } from './visible-sources.js';

/** How long all descriptions for one list may take together. */
const LIST_LIMIT_MS = 15_000;
/** Described at a time. */
const AT_ONCE = 8;
/** So few are all described: Temporal's index may be a moment behind, a description never is. */
const FEW = 8;

export interface WantedSource {
  readonly source: SourceReference;
  readonly collector: string;
}

/**
 * @throws Error when Temporal does not answer at all. When it does not describe one of many in time, only that line says
 * `Unknown`.
 */
export async function listingsOf(
  access: InstallationAccess,
  wanted: readonly WantedSource[],
): Promise<SourceListing[]> {
  const isShort = wanted.length <= FEW;
  const installation = await installationOf(access);
  const [workers, visible] = await Promise.all([
    workersOf(access.client, installation),
    isShort ? new Map<number, never>() : listableSources(access),
  ]);
  const place = placeOf(access.client);
  const semaphore = new Semaphore(AT_ONCE);
  const deadline = Date.now() + LIST_LIMIT_MS;
  return Promise.all(
    wanted.map(async ({ source, collector }) => {
      const seen = visible.get(source.sourceId);
      if (seen !== undefined && !source.stopped) {
        const { workflowId, typedSearchAttributes } = seen;
        const task = reportedTaskProblem(typedSearchAttributes);
        const listing = listingOf(installation, source, collector, seen);
        return withUncertainty(
          listing,
          uncertaintyOf({ workflowId, place, workers, task, version: typedSearchAttributes.get(WORKER_VERSION) }),
        );
      }
      return semaphore
        .run(() => describedListing(access, installation, { source, collector }, workers, deadline))
        .catch((error: unknown) => {
          if (isShort || !isTemporalAway(error)) throw error;
          return unknownListing(installation, { source, collector });
        });
    }),
  );
}

async function describedListing(
  access: InstallationAccess,
  installation: Installation,
  { source, collector }: WantedSource,
  workers: WorkerFacts,
  deadline: number,
): Promise<SourceListing> {
  const workflowId = workflowIdIn(installation, source.sourceId);
  const place = placeOf(access.client);
  const found = await findWorkflow(access, source.sourceId, workflowId, deadline);
  const described = found.whose === 'ours' ? found.description : undefined;
  const listing = listingOf(installation, source, collector, described);
  if (found.whose === 'another') return withUncertainty(listing, belongsToAnother(workflowId, place));
  const task = described === undefined ? undefined : await taskProblemOf(access.client, described);
  const version = described?.typedSearchAttributes.get(WORKER_VERSION);
  return withUncertainty(listing, uncertaintyOf({ workflowId, place, workers, task, version }));
}

function unknownListing(installation: Installation, { source, collector }: WantedSource): SourceListing {
  return {
    ...listingOf(installation, source, collector, undefined),
    state: 'Unknown',
    note: 'Temporal did not describe all workflows in time; try again',
  };
}
