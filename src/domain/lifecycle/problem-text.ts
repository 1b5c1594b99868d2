/**
 * What is said of a problem, wherever it is shown: Web UI, `status`, health events, API and documentation. Times are absolute,
 * so that nothing becomes untrue while somebody looks at it.
 */

import { formatDuration, formatTime } from '../duration.js';
import { MIN_RETRY_BUDGET_MS, RETRY_BUDGET_MS } from '../failures/retry-budget.js';
import { STATE_MEANING } from './lifecycle.js';
import type { Problem, SourceSnapshot, StreamPhase, StreamStatus, SubjectProblem } from './snapshot.js';
import { lagMs, openProblems, sweepProblemOf } from './snapshot.js';

const BUDGET = `${RETRY_BUDGET_MS / 60_000} minutes`;

/** How retries end; for the documentation. */
export const RETRY_TEXT = {
  none: 'none until the source is updated or restarted, except where the table below says so',
  budget: `for up to ${BUDGET}, then it gives up`,
  least: `${MIN_RETRY_BUDGET_MS / 60_000} minutes`,
  most: BUDGET,
  again:
    'What gave up after its retries is parked until a restart or an update. With `retryAgainEvery`, a stream, an outage or a step ' +
    'of the start is retried once per that interval.',
} as const;

/** What fails: a stream, a step of the start, or the streams that an outage keeps from being collected. */
export function whereOf({ subject, affects }: Pick<SubjectProblem, 'affects'> & { readonly subject: string }): string {
  if (affects === undefined || affects.length === 0) return subject;
  return affects.length > 2 ? `${affects.length} streams` : affects.join(' and ');
}

/**
 * What happens next, in one sentence.
 *
 * @param nowMs when it is read; without it, for a text that stays, nothing is said of the next attempt.
 */
export function nextStepOf(problem: Problem, nowMs?: number): string {
  const { retry, againEveryMs, gaveUp, until, againAt, attempt, retryAt, isNotice } = problem;
  if (isNotice === true) return `Collection continues. Seen ${attempt === 1 ? 'once' : `${attempt} times`} so far.`;
  if (againEveryMs !== undefined) {
    const next = nowMs === undefined || againAt === undefined ? '' : ` (next ${timeOf(againAt, nowMs)})`;
    return `It is retried every ${formatDuration(againEveryMs)}${next}, and at once when the source is updated or restarted.`;
  }
  if (!retry) return 'No retries are made until the source is updated or restarted.';
  if (gaveUp && againAt !== undefined) {
    return `It was retried for ${BUDGET} and then given up; it will be retried once ${timeOf(againAt, nowMs)}, or after a restart or an update.`;
  }
  if (gaveUp) return `It was retried for ${BUDGET} and then given up until a restart or an update.`;
  const isLast = until !== undefined && Date.parse(until) <= (nowMs ?? 0);
  const end = until === undefined || isLast ? 'until it works' : `until ${formatTime(until)}`;
  if (nowMs === undefined) return `It is retried ${end}.`;
  const isPausing = retryAt !== undefined && Date.parse(retryAt) > nowMs;
  const next = isPausing ? `the next one is at ${formatTime(retryAt)}` : 'another one is being made';
  return `Attempt ${attempt} failed; ${next}. ${isLast ? 'That is the last one.' : `It is retried ${end}.`}`;
}

/** A time that is not said to come when it has passed. */
function timeOf(iso: string, nowMs = 0): string {
  return Date.parse(iso) > nowMs ? `at ${formatTime(iso)}` : 'now';
}

/** What somebody has to see to; `undefined` when nothing was given up. */
export function attentionText(snapshot: SourceSnapshot): string | undefined {
  const given = openProblems(snapshot).filter(({ gaveUp }) => gaveUp);
  const [first] = given;
  if (first === undefined) return undefined;
  const more = given.length === 1 ? '' : ` And ${given.length - 1} more.`;
  return `${whereOf(first)}: ${first.message}.${first.advice === undefined ? '' : ` ${first.advice}`}${more}`;
}

/** What the state of a source means at the moment. */
export function stateSentence(snapshot: SourceSnapshot): string {
  const { state, stage, streams } = snapshot;
  const isFailing = state === 'Error' || state === 'Collecting';
  if (!isFailing) return STATE_MEANING[state];
  if (stage !== 'Collecting') return 'A startup step fails, and nothing is collected until it succeeds.';
  const going = streams.filter((status) => isGoing(snapshot, status)).length;
  if (going === streams.length) return STATE_MEANING.Collecting;
  if (going === 0) return streams.length === 1 ? 'Its stream fails.' : 'All of its streams fail.';
  return `${streams.length - going} of ${streams.length} streams fail; the others are being collected.`;
}

/** What a stream is doing, as people should read it: one that waits for the end of an outage does not just wait. */
export function shownPhase(snapshot: SourceSnapshot, { phase }: StreamStatus): StreamPhase {
  const outage = sweepProblemOf(snapshot);
  if (phase !== 'waiting' || outage === undefined) return phase;
  return outage.gaveUp ? 'parked' : 'retrying';
}

/** How far a stream is behind; see `lagMs`. During an outage nothing is known to be caught up. */
export function lagOf(snapshot: SourceSnapshot, status: StreamStatus, nowMs: number): number | undefined {
  const isKnown = snapshot.problem === undefined;
  return lagMs(status, nowMs, isKnown ? snapshot.pollIntervalMs : 0);
}

/** When the streams are polled next; `undefined` while they are, and while an outage is what decides. */
export function nextPollOf({ nextPollAt, problem }: SourceSnapshot, nowMs: number): string | undefined {
  const isPlanned = problem === undefined && nextPollAt !== undefined && Date.parse(nextPollAt) > nowMs;
  return isPlanned ? nextPollAt : undefined;
}

function isGoing(snapshot: SourceSnapshot, status: StreamStatus): boolean {
  return status.problem === undefined && !['retrying', 'parked'].includes(shownPhase(snapshot, status));
}
