/** A source's state as Sumo Logic's API tells it, from Temporal's search attributes and the open health events. */

import type { Client } from '@temporalio/client';
import type { FailureType } from '../../domain/failures/failure.js';
import { present } from '../../domain/present.js';
import type { Collections } from '../../store/collections.js';
import { type HealthEventDocument, openErrorsOf } from '../../store/health-events.js';
import type { SourceDocument } from '../../store/sources.js';
import { referenceOf } from './source-directory.js';
import type { SourceListing } from './source-listing.js';
import { listingsOf } from './source-overview.js';

export interface ShownState {
  /** `Pending` … `Collecting`, `Error`, `Stopping`, `Stopped`. */
  readonly state: string;
  readonly errorType?: string;
  /** What happened, and what to do. */
  readonly errorInfo?: string;
  /** The part of `errorInfo` that says what to do. */
  readonly errorAdvice?: string;
  /** Mimecast's code where there is one, else `http_503`, `timeout`, … */
  readonly errorCode?: string;
}

export interface StatedSource {
  readonly source: SourceDocument;
  readonly workflowId: string;
  readonly state: ShownState;
  readonly health: string;
  readonly lastEventTime?: string;
}

/** As Sumo Logic's dashboards write the error types. */
export const SHOWN_ERROR_TYPE: Readonly<Record<FailureType, string>> = {
  ThirdPartyConfig: 'THIRD-PARTY-CONFIG',
  ThirdPartyGeneric: 'THIRD-PARTY-GENERIC',
  FirstPartyGeneric: 'FIRST-PARTY-GENERIC',
};

/** `errorCode` of a source whose workflow was ended from outside. */
export const WORKFLOW_ENDED = 'WorkflowEnded';

const ENDED_FROM_OUTSIDE: ShownState = {
  state: 'Error',
  errorType: SHOWN_ERROR_TYPE.FirstPartyGeneric,
  errorInfo: 'Its workflow was ended unexpectedly; a worker will start it again within seconds.',
  errorCode: WORKFLOW_ENDED,
};

interface Access {
  readonly collections: Collections;
  readonly client: Client;
}

/** @throws Error when MongoDB or Temporal does not answer: nobody may take that for a state. */
export async function statesOf(access: Access, sources: readonly SourceDocument[]): Promise<StatedSource[]> {
  const errors = await openErrorsOf(
    access.collections,
    sources.map(({ _id }) => _id),
  );
  const listings = await listingsOf(
    access,
    sources.map((source) => ({ source: referenceOf(source), collector: '' })),
  );
  const listed = new Map(listings.map((listing) => [listing.sourceId, listing]));
  return sources.flatMap((source) => {
    const listing = listed.get(source._id);
    return listing === undefined ? [] : [statedOf(source, listing, errors.get(source._id))];
  });
}

function statedOf(
  source: SourceDocument,
  { workflowId, state, health, errorType, lastEventTime, note, noteCode }: SourceListing,
  error: HealthEventDocument | undefined,
): StatedSource {
  const more = { workflowId, health, ...present({ lastEventTime }) };
  if (source.deletingAt !== undefined) return { source, state: { state: 'Stopping' }, ...more };
  if (state === 'Terminated' || state === 'Failed') return { source, state: ENDED_FROM_OUTSIDE, ...more };
  const noted = {
    ...present({ errorInfo: note, errorCode: noteCode }),
  };
  if (state !== 'Error') return { source, state: { state, ...noted }, ...more };
  const type = errorType as FailureType | undefined;
  const known = noteCode === 'WorkflowTaskFailed' ? {} : errorTextOf(error);
  const errorInfo = [known.errorInfo, note].filter((text) => text !== undefined).join(' Now: ');
  return {
    source,
    state: {
      state,
      ...(type === undefined ? {} : { errorType: SHOWN_ERROR_TYPE[type] }),
      ...noted,
      ...known,
      ...(errorInfo === '' ? {} : { errorInfo }),
    },
    ...more,
  };
}

function errorTextOf(
  error: HealthEventDocument | undefined,
): Pick<ShownState, 'errorInfo' | 'errorCode' | 'errorAdvice'> {
  if (error === undefined) return {};
  const { details, subject } = error;
  const errorCode = details.error.replace(`${subject}: `, '');
  return { errorInfo: details.description, errorCode, ...present({ errorAdvice: details.advice }) };
}
