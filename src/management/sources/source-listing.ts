/** A source's line in the list, from what Temporal's index and the task queue know of it. */

import type { TypedSearchAttributes } from '@temporalio/common';
import { type Installation, workflowIdIn } from '../../domain/contract/installation.js';
import { isFinal, LIFECYCLE_STATES } from '../../domain/lifecycle/lifecycle.js';
import type { Health } from '../../domain/lifecycle/snapshot.js';
import { present } from '../../domain/present.js';
import { ERROR_TYPE, HEALTH, LAST_EVENT_TIME, STATE } from '../temporal/search-attribute-keys.js';
import type { Uncertainty, UncertaintyCode } from '../temporal/uncertainty.js';
import type { SourceReference } from './source-directory.js';

export interface SourceListing {
  readonly sourceId: number;
  readonly name: string;
  readonly collector: string;
  readonly workflowId: string;
  /** Lifecycle state; `Pending` before the workflow's first step, `Stopped` when there is no workflow. */
  readonly state: string;
  readonly health: Health | 'Unknown';
  readonly errorType?: string;
  readonly lastEventTime?: string;
  /** Why there is no snapshot, or why the state may be old. */
  readonly note?: string;
  /** What kind of note it is, for programs. */
  readonly noteCode?: UncertaintyCode;
}

/** What Temporal says of a workflow, in a description as well as in a list. */
export interface SeenWorkflow {
  readonly status: { readonly name: string };
  readonly typedSearchAttributes: TypedSearchAttributes;
}

/** @param seen `undefined` when there is no workflow. */
export function listingOf(
  installation: Installation,
  { sourceId, name, stopped }: Pick<SourceReference, 'sourceId' | 'name' | 'stopped'>,
  collector: string,
  seen: SeenWorkflow | undefined,
): SourceListing {
  const attributes = seen?.typedSearchAttributes;
  const state = stateOf(seen, stopped);
  const health = attributes?.get(HEALTH) as Health | undefined;
  const errorType = attributes?.get(ERROR_TYPE);
  const lastEventTime = attributes?.get(LAST_EVENT_TIME);
  return {
    sourceId,
    name,
    collector,
    workflowId: workflowIdIn(installation, sourceId),
    state,
    // What a workflow last said of itself says nothing once it was ended from outside.
    health: state === 'Terminated' || state === 'Failed' ? 'Unknown' : (health ?? 'Unknown'),
    ...present({ errorType, lastEventTime: lastEventTime?.toISOString() }),
  };
}

/** Of a running source nobody calls healthy what nobody confirms. */
export function withUncertainty(listing: SourceListing, meanwhile: Uncertainty | undefined): SourceListing {
  const isRunning = LIFECYCLE_STATES.some((state) => state === listing.state && !isFinal(state));
  if (!isRunning || meanwhile === undefined) return listing;
  const { code: noteCode, text: note } = meanwhile;
  const noted = { ...listing, note, noteCode };
  if (noteCode === 'CollectionLate') return noted;
  if (noteCode !== 'WorkflowTaskFailed') return { ...noted, health: 'Unknown' };
  return { ...noted, state: 'Error', health: 'Error', errorType: 'FirstPartyGeneric' };
}

function stateOf(seen: SeenWorkflow | undefined, stopped: boolean): string {
  if (seen === undefined) return stopped ? 'Stopped' : 'Pending';
  const status = seen.status.name;
  const isFailed = status === 'FAILED' || status === 'TIMED_OUT';
  // What was ended from outside is started again, unless somebody has stopped it since.
  if (status === 'TERMINATED' || isFailed) return stopped ? 'Stopped' : isFailed ? 'Failed' : 'Terminated';
  return seen.typedSearchAttributes.get(STATE) ?? 'Pending';
}
