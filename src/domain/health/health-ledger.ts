/**
 * Which health events are due: one is opened per problem, updated while it lasts, and closed when it ends. The workflow
 * keeps the ledger, so nothing is forgotten while MongoDB is away.
 */

import { FIRST_PAUSE_MS } from '../failures/retry-budget.js';
import {
  openProblems,
  type Problem,
  type SourceSnapshot,
  type Subject,
  type SubjectProblem,
} from '../lifecycle/snapshot.js';
import { isSourceStep } from '../streams/outcome.js';

export type HealthChange = ProblemChange | ClearingChange;

export interface ProblemChange {
  readonly kind: 'opened' | 'closed';
  readonly eventId: string;
  /** Id of the `Healthy` event that closes it. */
  readonly closingId: string;
  readonly subject: Subject;
  readonly problem: Problem;
  /** How often the problem has come, flapping included. */
  readonly occurrences: number;
  /** ISO time of the change. */
  readonly at: string;
  /** Why it was closed. */
  readonly ending?: Ending;
}

/**
 * `recovered` is said only of what is recovered; a restart or a removal ends a problem without curing it, and so does an
 * outage that it turns out to be a part of, or the end of an export.
 */
export type Ending = 'recovered' | 'restarted' | 'removed' | 'united' | 'split' | 'exportEnded';

/** Closes what an earlier workflow of the source left open when it was terminated. */
export interface ClearingChange {
  readonly kind: 'cleared';
  /** ISO time; only events from before it are closed. */
  readonly at: string;
}

interface LedgerEntry {
  readonly subject: Subject;
  readonly eventId: string;
  readonly closingId: string;
  readonly problem: Problem;
  readonly occurrences: number;
  /** ISO time; absent while the event is open. */
  readonly closedAt?: string;
  /** Nobody has begun to write it. */
  readonly isNew?: true;
}

export interface HealthLedger {
  /** The open events of the subjects and their notices, and for a while those closed last, by `keyOf`. */
  readonly entries: Readonly<Record<string, LedgerEntry>>;
  /** Changes that are not yet written, oldest first. */
  readonly queue: readonly HealthChange[];
}

/** The same problem coming back so soon is the same event again, with its count one higher: flapping does not flood. */
export const FLAPPING_MS = 15 * 60_000;

/** The ledger of a source that starts. */
export function newLedger(now: string): HealthLedger {
  return { entries: {}, queue: [{ kind: 'cleared', at: now }] };
}

/**
 * The ledger after a look at the snapshot's problems.
 *
 * @param newId makes a UUID; inside a workflow it must be the deterministic one.
 * @param ending why the problems that are gone have ended.
 */
export function withProblems(
  ledger: HealthLedger,
  snapshot: SourceSnapshot,
  now: string,
  newId: () => string,
  ending: Ending = 'recovered',
): HealthLedger {
  // A deleted source has no problems: nobody will ever see to them.
  const open = snapshot.state === 'Deleted' ? [] : openProblems(snapshot);
  const problems = new Map(open.map((problem) => [keyOf(problem), problem]));
  const entries: Record<string, LedgerEntry> = {};
  const changes: ProblemChange[] = [];
  const dropped = new Set<string>();
  for (const [key, entry] of Object.entries(ledger.entries)) {
    if (isSameProblem(problems.get(key), entry.problem)) continue;
    // Nothing was told of it: the event of the outage will tell.
    if (ending === 'united' && entry.isNew === true && entry.closedAt === undefined) {
      dropped.add(entry.eventId);
      continue;
    }
    if (entry.closedAt === undefined) changes.push({ kind: 'closed', ...withoutEnd(entry), at: now, ending });
    const closed = { ...entry, closedAt: entry.closedAt ?? now };
    if (Date.parse(now) - Date.parse(closed.closedAt) < FLAPPING_MS) entries[key] = closed;
  }
  for (const [key, { subject, ...problem }] of problems) {
    const known = ledger.entries[key];
    const entry = entryFor(known, subject, problem, now, newId);
    entries[key] = entry;
    if (known?.eventId !== entry.eventId || known.closedAt !== undefined || hasNews(known.problem, problem)) {
      changes.push({ kind: 'opened', ...withoutEnd(entry), at: now });
    }
  }
  const kept = ledger.queue.filter((change) => change.kind === 'cleared' || !dropped.has(change.eventId));
  return { entries, queue: changes.length === 0 ? kept : enqueue(kept, changes) };
}

/** The open events, as the changes that would open them. */
export function openChanges(ledger: HealthLedger, now: string): ProblemChange[] {
  return Object.values(ledger.entries).flatMap((entry) =>
    entry.closedAt === undefined ? [{ kind: 'opened', ...withoutEnd(entry), at: now }] : [],
  );
}

/** The ledger before changes are written: from now on they may be known, whatever comes of the attempt. */
export function beforeWriting(ledger: HealthLedger, changes: readonly HealthChange[]): HealthLedger {
  const ids = new Set(changes.map((change) => (change.kind === 'cleared' ? '' : change.eventId)));
  const entries = Object.entries(ledger.entries).map(([key, entry]) => {
    const { isNew: _isNew, ...reported } = entry;
    return [key, ids.has(entry.eventId) ? reported : entry] as const;
  });
  return { ...ledger, entries: Object.fromEntries(entries) };
}

/** Shorter than the first pause between two attempts. */
const GROUPING_DELAY_MS = 0.6 * FIRST_PAUSE_MS;

/**
 * How long the writing may wait, in milliseconds: what only one stream was seen to fail for may turn out to be an outage, and
 * is then told of once.
 */
export function groupingDelayMs({ queue }: HealthLedger, nowMs: number): number {
  const mayTurn = queue.every(
    (change) =>
      change.kind === 'opened' &&
      !isSourceStep(change.subject) &&
      change.problem.retry &&
      !change.problem.gaveUp &&
      change.problem.attempt === 1,
  );
  const [first] = queue;
  return mayTurn && first !== undefined ? Math.max(0, Date.parse(first.at) + GROUPING_DELAY_MS - nowMs) : 0;
}

/** The ledger without the changes that were written. */
export function afterWriting(ledger: HealthLedger, written: readonly HealthChange[]): HealthLedger {
  return { ...ledger, queue: ledger.queue.filter((change) => !written.includes(change)) };
}

/** One event per subject for what fails, and one for each kind of its notices. */
function keyOf({ subject, isNotice, code }: SubjectProblem): string {
  return isNotice === true ? `${subject}: ${code}` : subject;
}

function withoutEnd({
  closedAt: _closedAt,
  isNew: _isNew,
  ...entry
}: LedgerEntry): Omit<LedgerEntry, 'closedAt' | 'isNew'> {
  return entry;
}

function entryFor(
  known: LedgerEntry | undefined,
  subject: Subject,
  problem: Problem,
  now: string,
  newId: () => string,
): LedgerEntry {
  if (known === undefined || !isSameProblem(problem, known.problem) || isOver(known, now)) {
    return { subject, eventId: newId(), closingId: newId(), problem, occurrences: 1, isNew: true };
  }
  const { closedAt, ...entry } = known;
  return { ...entry, problem, occurrences: entry.occurrences + (closedAt === undefined ? 0 : 1) };
}

function isOver({ closedAt }: LedgerEntry, now: string): boolean {
  return closedAt !== undefined && Date.parse(now) - Date.parse(closedAt) >= FLAPPING_MS;
}

function isSameProblem(a: Problem | undefined, b: Problem): boolean {
  return a !== undefined && a.type === b.type && a.code === b.code;
}

function hasNews(known: Problem, problem: Problem): boolean {
  return (
    known.attempt !== problem.attempt ||
    known.since !== problem.since ||
    known.gaveUp !== problem.gaveUp ||
    // The text of what is tried every few minutes names no time.
    (problem.againEveryMs === undefined && known.againAt !== problem.againAt) ||
    known.affects?.length !== problem.affects?.length ||
    known.message !== problem.message
  );
}

/**
 * Of the changes of one event that were not written yet, only the last one counts. One that is closed before it was ever
 * written must still be opened first, or it would have no beginning.
 */
function enqueue(queue: readonly HealthChange[], changes: readonly ProblemChange[]): HealthChange[] {
  const latest = new Map(changes.map((change) => [change.eventId, change.kind]));
  const stays = (change: HealthChange) =>
    change.kind === 'cleared' ||
    !latest.has(change.eventId) ||
    (change.kind === 'opened' && latest.get(change.eventId) === 'closed');
  return [...queue.filter(stays), ...changes];
}
