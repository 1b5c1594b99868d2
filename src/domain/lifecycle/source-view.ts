/** A source's snapshot as pages show it: every problem as a text, every time that depends on now worked out. */

import type { FailureType } from '../failures/failure.js';
import { present } from '../present.js';
import type { Counts } from '../streams/outcome.js';
import type { StreamName } from '../streams/streams.js';
import { lagOf, nextPollOf, nextStepOf, shownPhase, stateSentence, whereOf } from './problem-text.js';
import {
  isError,
  openProblems,
  type Problem,
  type SourceSnapshot,
  type Stage,
  type StreamPhase,
  type StreamStatus,
  type Subject,
} from './snapshot.js';

interface ProblemFacts {
  /** Streams, or a step of the start, that it concerns. */
  readonly where: string;
  readonly severity: 'Error' | 'Warning';
  readonly type: FailureType;
  readonly code: string;
  readonly since: string;
  readonly message: string;
}

export interface ShownProblem extends ProblemFacts {
  /** What happens next, and what to do. */
  readonly next: string;
}

export interface EndedProblem extends ProblemFacts {
  readonly endedAt: string;
}

export interface StreamView extends Counts {
  readonly stream: StreamName;
  readonly phase: StreamPhase;
  /** How far it is behind; 0 when nothing is left to fetch, absent when nothing is known yet. */
  readonly lagMs?: number;
  readonly position?: string;
  readonly lastEventTime?: string;
  readonly checkedAt?: string;
  /** Times whose records are missing for good. */
  readonly gaps: number;
  readonly problem?: ShownProblem;
  readonly lastProblem?: EndedProblem;
}

export interface SourceView {
  readonly stage: Stage;
  readonly since: string;
  /** What the state means at the moment. */
  readonly sentence: string;
  readonly startedAt: string;
  readonly restarts: number;
  /** Of the configuration in use; 0 before it was validated. */
  readonly version: number;
  readonly pollIntervalMs: number;
  readonly nextPollAt?: string;
  readonly totals: Counts;
  readonly problems: readonly ShownProblem[];
  readonly streams: readonly StreamView[];
}

export function viewOf(snapshot: SourceSnapshot, nowMs: number): SourceView {
  const { stage, since, startedAt, restarts, version, pollIntervalMs, totals, streams } = snapshot;
  return {
    ...{ stage, since, sentence: stateSentence(snapshot), startedAt, restarts, version, pollIntervalMs, totals },
    ...present({ nextPollAt: nextPollOf(snapshot, nowMs) }),
    problems: openProblems(snapshot).map((problem) => shownProblem(problem.subject, problem, nowMs)),
    streams: streams.map((status) => streamView(snapshot, status, nowMs)),
  };
}

function streamView(snapshot: SourceSnapshot, status: StreamStatus, nowMs: number): StreamView {
  const { stream, stored, duplicates, quarantined, position, lastEventTime, checkedAt, problem, lastProblem } = status;
  return {
    ...{ stream, phase: shownPhase(snapshot, status), stored, duplicates, quarantined, gaps: status.gaps?.count ?? 0 },
    ...present({ lagMs: lagOf(snapshot, status, nowMs), position, lastEventTime, checkedAt }),
    ...present({
      problem: problem === undefined ? undefined : shownProblem(stream, problem, nowMs),
      lastProblem: lastProblem === undefined ? undefined : endedProblem(stream, lastProblem),
    }),
  };
}

function shownProblem(subject: Subject, problem: Problem, nowMs: number): ShownProblem {
  const { advice } = problem;
  const next = `${nextStepOf(problem, nowMs)}${advice === undefined ? '' : ` ${advice}`}`;
  return { ...facts(subject, problem), next };
}

function endedProblem(subject: Subject, problem: Problem & { readonly endedAt: string }): EndedProblem {
  return { ...facts(subject, problem), endedAt: problem.endedAt };
}

function facts(subject: Subject, problem: Problem): ProblemFacts {
  const { type, code, since, message } = problem;
  const severity = isError(problem) ? 'Error' : 'Warning';
  return { where: whereOf({ ...problem, subject }), severity, type, code, since, message };
}
