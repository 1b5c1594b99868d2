/**
 * Which health events are due: one is opened per problem, updated while it lasts, and closed when it ends. The workflow
 * keeps the ledger, so nothing is forgotten while MongoDB is away.
 */

import { openProblems, type Problem, type SourceSnapshot, type Subject } from './snapshot.js';

export interface HealthChange {
  readonly kind: 'opened' | 'closed';
  readonly eventId: string;
  /** Id of the `Healthy` event that closes it. */
  readonly closingId?: string;
  readonly subject: Subject;
  readonly problem: Problem;
  /** ISO time of the change. */
  readonly at: string;
}

export interface HealthLedger {
  /** The open event of each subject. */
  readonly open: Readonly<Partial<Record<Subject, { readonly eventId: string; readonly problem: Problem }>>>;
  /** Changes that are not yet written, oldest first. */
  readonly queue: readonly HealthChange[];
}

export const EMPTY_LEDGER: HealthLedger = { open: {}, queue: [] };

/**
 * The ledger after a look at the snapshot's problems.
 *
 * @param newId makes a UUID; inside a workflow it must be the deterministic one.
 */
export function noteProblems(
  ledger: HealthLedger,
  snapshot: SourceSnapshot,
  now: string,
  newId: () => string,
): HealthLedger {
  const problems = new Map(openProblems(snapshot).map(({ subject, ...problem }) => [subject, problem]));
  const open: Partial<Record<Subject, { eventId: string; problem: Problem }>> = {};
  const changes: HealthChange[] = [];
  for (const [subject, entry] of entriesOf(ledger.open)) {
    if (isSameProblem(problems.get(subject), entry.problem)) continue;
    changes.push({
      kind: 'closed',
      eventId: entry.eventId,
      closingId: newId(),
      subject,
      problem: entry.problem,
      at: now,
    });
  }
  for (const [subject, problem] of problems) {
    const known = ledger.open[subject];
    const eventId = known !== undefined && isSameProblem(problem, known.problem) ? known.eventId : newId();
    open[subject] = { eventId, problem };
    if (known?.eventId !== eventId || hasNews(known.problem, problem)) {
      changes.push({ kind: 'opened', eventId, subject, problem, at: now });
    }
  }
  return changes.length === 0 ? { ...ledger, open } : { open, queue: enqueue(ledger.queue, changes) };
}

/** The ledger without the changes that were written. */
export function afterWriting(ledger: HealthLedger, written: readonly HealthChange[]): HealthLedger {
  return { ...ledger, queue: ledger.queue.filter((change) => !written.includes(change)) };
}

function isSameProblem(a: Problem | undefined, b: Problem): boolean {
  return a !== undefined && a.type === b.type && a.code === b.code;
}

/** What an event tells of its problem. */
const NEWS = ['attempt', 'gaveUp', 'message', 'until'] as const satisfies readonly (keyof Problem)[];

function hasNews(known: Problem, problem: Problem): boolean {
  return NEWS.some((key) => known[key] !== problem[key]);
}

/** A later change of the same event replaces an earlier one that was not written yet, so the queue stays short. */
function enqueue(queue: readonly HealthChange[], changes: readonly HealthChange[]): HealthChange[] {
  const replaced = new Set(changes.filter(({ kind }) => kind === 'opened').map(({ eventId }) => eventId));
  return [...queue.filter(({ kind, eventId }) => kind === 'closed' || !replaced.has(eventId)), ...changes];
}

function entriesOf(open: HealthLedger['open']): [Subject, { readonly eventId: string; readonly problem: Problem }][] {
  return Object.entries(open) as [Subject, { readonly eventId: string; readonly problem: Problem }][];
}
