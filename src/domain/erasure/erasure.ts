/** The erasure of a person: a workflow of the installation, which counts first, and erases once that is confirmed. */

import { type Installation, taskQueueOf } from '../contract/installation.js';

export const ERASURE_WORKFLOW_TYPE = 'mimecastErasure';
/** Answers with the `ErasureProgress` as it is now. */
export const ERASURE_QUERY = 'progress';

export const ERASURE_STATES = ['Counting', 'Previewed', 'Erasing', 'Completed', 'Canceled'] as const;
export type ErasureState = (typeof ERASURE_STATES)[number];

/** Whether a worker has something to do for it. */
export function isActive(state: ErasureState): boolean {
  return state === 'Counting' || state === 'Erasing';
}

export function erasureWorkflowId(installation: Pick<Installation, 'name'>, erasureId: number): string {
  return `${taskQueueOf(installation)}-erasure-${erasureId}`;
}

/** Argument of the workflow. It names no person: what a workflow is given stays in Temporal. */
export interface ErasureRequest {
  /** Identity of the installation. */
  readonly installation: string;
  readonly erasureId: number;
  /** For tests: continues as new at this many events of history. */
  readonly maxHistoryEvents?: number;
}

export interface ErasureProgress {
  readonly isDone: boolean;
  /** Where it stands, for people. */
  readonly position: string;
}

/** By the names of collections. */
export type ByCollection = Readonly<Record<string, number>>;

/** What an erasure goes through all collections for. */
export type ErasurePass = 'count' | 'erase' | 'check';

export interface ErasurePlace {
  readonly pass: ErasurePass;
  /** Absent at the beginning of a pass. */
  readonly collection?: string;
  /** The last `_id` that was looked at, in canonical Extended JSON: they are of different types. */
  readonly after?: string;
  /** Whether all of that collection was looked at. */
  readonly isThrough?: boolean;
  /** Documents that were looked at in this pass. */
  readonly read: number;
  /** Checks that found something that was stored meanwhile. */
  readonly checks: number;
  /** Whether this one has. */
  readonly hasFound?: boolean | undefined;
}

/** For people. */
export function positionOf(place: ErasurePlace | undefined): string | undefined {
  if (place === undefined) return undefined;
  const doing = { count: 'counting', erase: 'erasing', check: 'checking' }[place.pass];
  return `${doing}: ${place.collection ?? 'about to begin'}, ${place.read} documents read`;
}

/** As people see it. */
export interface Erasure {
  readonly id: number;
  readonly state: ErasureState;
  readonly reason: string;
  /** Access ID of a key, or `cli`. */
  readonly startedBy: string;
  readonly startedAt: string;
  readonly endedAt?: string;
  /** How many addresses; which ones is forgotten when it ends. */
  readonly addresses: number;
  /** Documents that hold one, which will be erased; of the audit trail, those that will be masked. */
  readonly found: ByCollection;
  /** What was erased or masked. */
  readonly erased: ByCollection;
  /** Documents that hold one and that are not erased: somebody has entered it there. */
  readonly left: ByCollection;
  /** Documents that came after it was confirmed: they are not meant. */
  readonly later: ByCollection;
  /** Documents in which the bytes of an address are a part of something else, such as a longer address. */
  readonly similar: ByCollection;
  /** Keys of the objects of exports that hold what was erased: at most the first 1,000. */
  readonly exported: readonly string[];
  /** What is being done, for people. */
  readonly position?: string;
}
