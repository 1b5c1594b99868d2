/** A source's state as Sumo Logic's API tells it, from Temporal's search attributes and the open health events. */

import type { Client } from '@temporalio/client';
import type { FailureType } from '../source/failure.js';
import type { Collections, HealthEventDocument, SourceDocument } from '../store/collections.js';
import { openErrorsOf } from '../store/health-events.js';
import { referenceOf } from './source-directory.js';
import { listedOf } from './source-status.js';

export interface ShownState {
  /** `Pending` … `Collecting`, `Error`, `Stopping`, `Stopped`. */
  readonly state: string;
  readonly errorType?: string;
  /** What happened, and what to do. */
  readonly errorInfo?: string;
  /** Mimecast's code where there is one, else `http_503`, `timeout`, … */
  readonly errorCode?: string;
}

export interface StatedSource {
  readonly source: SourceDocument;
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
  errorInfo: 'Its workflow was ended from outside; a worker starts it again within seconds.',
  errorCode: WORKFLOW_ENDED,
};

interface Access {
  readonly collections: Collections;
  readonly client: Client;
}

/** @throws Error when MongoDB or Temporal does not answer: nobody may take that for a state. */
export async function statesOf(access: Access, sources: readonly SourceDocument[]): Promise<StatedSource[]> {
  const errors = await openErrorsOf(
    access.collections.healthEvents,
    sources.map(({ _id }) => _id),
  );
  return Promise.all(sources.map((source) => stateOf(access, source, errors.get(source._id))));
}

async function stateOf(
  access: Access,
  source: SourceDocument,
  error: HealthEventDocument | undefined,
): Promise<StatedSource> {
  const listed = await listedOf(access, referenceOf(source), '');
  const { state, health, errorType, lastEventTime } = listed;
  const more = { health, ...(lastEventTime === undefined ? {} : { lastEventTime }) };
  if (source.deletingAt !== undefined) return { source, state: { state: 'Stopping' }, ...more };
  if (state === 'Terminated' || state === 'Failed') return { source, state: ENDED_FROM_OUTSIDE, ...more };
  if (state !== 'Error') return { source, state: { state }, ...more };
  const type = errorType as FailureType | undefined;
  return {
    source,
    state: { state, ...(type === undefined ? {} : { errorType: SHOWN_ERROR_TYPE[type] }), ...told(error) },
    ...more,
  };
}

function told(error: HealthEventDocument | undefined): Pick<ShownState, 'errorInfo' | 'errorCode'> {
  if (error === undefined) return {};
  const { details, subject } = error;
  return { errorInfo: details.description, errorCode: details.error.replace(`${subject}: `, '') };
}
