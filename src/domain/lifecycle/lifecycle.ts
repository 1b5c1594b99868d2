/**
 * The life of a source: the states of Sumo Logic's *Mimecast Source* page and the moves between them.
 *
 * This table is the only place that says which moves are legal; the workflow's one writer of state asks it.
 */

/** States in the order in which a healthy source passes through them; then `Error` and the three of its end. */
export const LIFECYCLE_STATES = [
  'Pending',
  'Started',
  'Initialized',
  'Authenticated',
  'Collecting',
  'Error',
  'Stopping',
  'Stopped',
  'Deleted',
] as const;

export type LifecycleState = (typeof LIFECYCLE_STATES)[number];

/** What each state means, for people: shown in the Web UI, the CLI and the documentation. */
export const STATE_MEANING: Readonly<Record<LifecycleState, string>> = {
  Pending: 'The configuration is stored and is being validated.',
  Started: 'The collection task exists: indexes and checkpoints are being prepared.',
  Initialized: 'The task is configured; a token is being obtained and the permissions are being probed.',
  Authenticated: 'Mimecast accepted the credentials; collection is about to begin.',
  Collecting: 'Records are being collected from Mimecast.',
  Error: 'At least one part fails. Unaffected streams are still collected.',
  Stopping: 'Running work is being completed; then the source ends.',
  Stopped: 'Ended by a stop. Records and checkpoints are kept; starting it again resumes.',
  Deleted: 'Ended by a stop with `remove`: configuration and checkpoints are deleted, the records are kept.',
};

/**
 * Legal moves. `Pending` is reached again by a restart, which is allowed from every state but the last three; from
 * `Error` a source goes on to whatever state the step that recovered leads to.
 */
export const TRANSITIONS: Readonly<Record<LifecycleState, readonly LifecycleState[]>> = {
  Pending: ['Started', 'Error', 'Stopping'],
  Started: ['Initialized', 'Error', 'Stopping', 'Pending'],
  Initialized: ['Authenticated', 'Error', 'Stopping', 'Pending'],
  Authenticated: ['Collecting', 'Error', 'Stopping', 'Pending'],
  Collecting: ['Error', 'Stopping', 'Pending'],
  Error: ['Started', 'Initialized', 'Authenticated', 'Collecting', 'Stopping', 'Pending'],
  Stopping: ['Stopped', 'Deleted'],
  Stopped: [],
  Deleted: [],
};

export function isLegalTransition(from: LifecycleState, to: LifecycleState): boolean {
  return TRANSITIONS[from].includes(to);
}

/** Of a source that is asked to end, or has ended. */
export const LEAVING_STATES = ['Stopping', 'Stopped', 'Deleted'] as const satisfies readonly LifecycleState[];

/** True once the source has ended and its workflow is closed. */
export function isFinal(state: LifecycleState): boolean {
  return TRANSITIONS[state].length === 0;
}

/** Thrown when a move is asked for that the table does not have: a defect of the caller, never of the data. */
export class IllegalTransitionError extends Error {
  override readonly name = 'IllegalTransitionError';

  constructor(
    readonly from: LifecycleState,
    readonly to: LifecycleState,
  ) {
    super(
      `A source cannot go from ${from} to ${to}; from ${from} it can go to: ${TRANSITIONS[from].join(', ') || 'nothing'}`,
    );
  }
}
