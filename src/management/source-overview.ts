/** The lines of many sources: most from one query of Temporal's index, only where that differs from the store singly. */

import { type Client, type WorkflowExecutionDescription, WorkflowNotFoundError } from '@temporalio/client';
import { workflowIdOf } from '../source/contract.js';
import { meanwhileOf } from './meanwhile.js';
import type { SourceReference } from './source-directory.js';
import { listingOf, type SourceListing, withMeanwhile } from './source-listing.js';
import { isTemporalAway } from './temporal-trouble.js';
import { Turns } from './turns.js';
import { visibleSources } from './visible-sources.js';
import { type WorkerFacts, workersOf } from './workers.js';
import { reportedTrouble, taskTroubleOf } from './workflow-task.js';

/** How long Temporal may take to describe one workflow, from the moment that it is asked. */
const ANSWER_LIMIT_MS = 5_000;
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
export async function listingsOf(client: Client, wanted: readonly WantedSource[]): Promise<SourceListing[]> {
  const isShort = wanted.length <= FEW;
  const [workers, visible] = await Promise.all([
    workersOf(client),
    isShort ? new Map<number, never>() : visibleSources(client),
  ]);
  const turns = new Turns(AT_ONCE);
  const deadline = Date.now() + LIST_LIMIT_MS;
  return Promise.all(
    wanted.map(async ({ source, collector }) => {
      const seen = visible.get(source.sourceId);
      if (seen !== undefined && !source.stopped) {
        const { workflowId, typedSearchAttributes } = seen;
        const task = reportedTrouble(typedSearchAttributes);
        return withMeanwhile(listingOf(source, collector, seen), meanwhileOf({ workflowId, workers, task }));
      }
      return turns
        .take(() => describedListing(client, { source, collector }, workers, deadline))
        .catch((error: unknown) => {
          if (isShort || !isTemporalAway(error)) throw error;
          return unknownListing({ source, collector });
        });
    }),
  );
}

/** @returns `undefined` when there is no such workflow. */
export async function describeWorkflow(
  client: Client,
  workflowId: string,
  deadline = Number.POSITIVE_INFINITY,
): Promise<WorkflowExecutionDescription | undefined> {
  try {
    return await client.withDeadline(Math.min(Date.now() + ANSWER_LIMIT_MS, deadline), () =>
      client.workflow.getHandle(workflowId).describe(),
    );
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

async function describedListing(
  client: Client,
  { source, collector }: WantedSource,
  workers: WorkerFacts,
  deadline: number,
): Promise<SourceListing> {
  const workflowId = workflowIdOf(source.sourceId);
  const described = await describeWorkflow(client, workflowId, deadline);
  const task = described === undefined ? undefined : await taskTroubleOf(client, described);
  return withMeanwhile(listingOf(source, collector, described), meanwhileOf({ workflowId, workers, task }));
}

function unknownListing({ source, collector }: WantedSource): SourceListing {
  return {
    ...listingOf(source, collector, undefined),
    state: 'Unknown',
    note: 'Temporal did not describe all workflows in time; ask again',
  };
}
