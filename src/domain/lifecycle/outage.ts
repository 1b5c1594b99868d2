/**
 * When the failures of single streams are one outage: everything that is being tried fails for the same cause. It becomes a
 * problem of the source, and the common poll of its streams is the probe that finds out when it is over.
 */

import type { Failure } from '../failures/failure.js';
import { FIRST_PAUSE_MS, LONGEST_PAUSE_MS, ownPauseMs, RETRY_BUDGET_MS } from '../failures/retry-budget.js';
import type { StreamOutcome, SweepOutcome } from '../streams/outcome.js';
import type { StreamName } from '../streams/streams.js';
import { evenPollAtMs } from './poll-spread.js';
import { type Problem, type SourceSnapshot, type StreamStatus, sweepProblemOf } from './snapshot.js';

/**
 * Streams that began to fail within this time of each other share one retry budget, which counts from the first of them.
 * In milliseconds, and small: the last of them must not be given up much sooner than 90 minutes after it began to fail.
 */
const WINDOW_MS = LONGEST_PAUSE_MS;
/** The others were looked at so recently that another look would tell nothing new. */
const RECENT_MS = 60_000;
/** Of all attempts of a probe, every so many ask all streams; the others ask only one. */
const ASK_ALL_EVERY = 4;

type Failing = StreamStatus & { readonly problem: Problem };

/**
 * The streams whose own problems are to become one problem of the source; none, when there is no outage.
 *
 * While one is open, streams that begin to fail for the same cause join it. A stream that has been failing for longer than
 * the others keeps its problem, and so its own retry budget.
 */
export function streamsToUnite(snapshot: SourceSnapshot): readonly StreamName[] {
  const failing = snapshot.streams.filter(isRetried);
  const open = sweepProblemOf(snapshot);
  if (open !== undefined) return open.gaveUp ? [] : failing.filter((one) => fits(one, open)).map(nameOf);
  const attempted = snapshot.streams.filter(({ phase }) => phase !== 'parked');
  if (failing.length < attempted.length) return [];
  const together = largest(failing.map(({ problem }) => failing.filter((other) => fits(other, problem))));
  return together.length > 1 ? together.map(nameOf) : [];
}

/** The problem of the source that the problems of the given streams are, one that is open already included. */
export function unitedProblem(snapshot: SourceSnapshot, streams: readonly StreamName[], now: string): Problem {
  const known = sweepProblemOf(snapshot);
  const own = snapshot.streams.flatMap(({ stream, problem }) =>
    problem !== undefined && streams.includes(stream) ? [problem] : [],
  );
  const problems = known === undefined ? own : [known, ...own];
  const asked = problems.filter(({ retryAfterMs }) => retryAfterMs !== undefined);
  const [base] = asked.length > 0 ? byRetryAt(asked).reverse() : byRetryAt(problems);
  if (base === undefined) throw new Error('an outage has at least one stream');
  const since = problems.map((problem) => problem.since).sort()[0] ?? now;
  const attempt = Math.max(...problems.map((problem) => problem.attempt));
  const nowMs = Date.parse(now);
  const retryAtMs = base.retryAt === undefined ? nowMs + ownPauseMs(attempt) : Date.parse(base.retryAt);
  return {
    ...base,
    message: commonMessage(problems.map(({ message }) => message)),
    ...{ attempt, since, gaveUp: false },
    until: isoOf(Date.parse(since) + RETRY_BUDGET_MS),
    // Some may be in the middle of an attempt: it is given the time to end.
    retryAt: isoOf(Math.max(nowMs + FIRST_PAUSE_MS, retryAtMs)),
  };
}

/** The streams that fail, each with its beginning: a new one is a reason to find out whether the others fail, too. */
export function onsetsOf({ streams }: SourceSnapshot): readonly string[] {
  return streams.filter(isRetried).map(({ stream, problem }) => `${stream} ${problem.since}`);
}

/** Whether polling the caught-up streams now would tell something new. The plan may be for sooner than it says here, see `evenPollAtMs`. */
export function isLookWorthwhile(snapshot: SourceSnapshot, nowMs: number): boolean {
  const { streams, problem } = snapshot;
  const waiting = streams.filter(({ phase }) => phase === 'waiting');
  const isSoon = evenPollAtMs(snapshot) - nowMs < WINDOW_MS;
  return (
    problem === undefined &&
    !isSoon &&
    waiting.length > 0 &&
    waiting.every(({ checkedAt }) => nowMs - Date.parse(checkedAt ?? '') > RECENT_MS)
  );
}

/** Whether the sweep found one stream at least that can be collected from. */
export function hasWorked({ idle, outcomes }: SweepOutcome): boolean {
  return idle.length > 0 || outcomes.some((outcome) => outcome.failure === undefined || hasProgressed(outcome));
}

/** Whether a slice got somewhere before it failed: then its checkpoint was read, and told of. */
export function hasProgressed({ totals }: StreamOutcome): boolean {
  return totals !== undefined;
}

/** Whether an outage goes on: every stream fails, in a way that may pass, for the fault of the same side, and asks for the same wait. */
export function isStillOut(outcomes: readonly StreamOutcome[]): boolean {
  const first = outcomes[0]?.failure;
  return (
    first !== undefined &&
    outcomes.every(
      ({ failure, ...outcome }) =>
        !hasProgressed(outcome) &&
        failure?.retry === true &&
        failure.type === first.type &&
        isAlike(failure.retryAfterMs, first.retryAfterMs),
    )
  );
}

/**
 * Whom an attempt of a probe asks first. Mostly one stream, each time another one, and now and then all: one may recover
 * before the others do.
 *
 * @param attempt counted from 1.
 */
export function askedFirst(streams: readonly StreamName[], attempt: number): readonly StreamName[] {
  if (attempt % ASK_ALL_EVERY === 1) return streams;
  return streams.slice(attempt % streams.length).slice(0, 1);
}

/** A gateway in front of what is down answers now with one, now with another of these. */
const SERVER_ERROR = /^http_5\d\d$/;

export function isSameCause(a: Pick<Failure, 'type' | 'code'>, b: Pick<Failure, 'type' | 'code'>): boolean {
  return a.type === b.type && (a.code === b.code || (SERVER_ERROR.test(a.code) && SERVER_ERROR.test(b.code)));
}

function isRetried(status: StreamStatus): status is Failing {
  return status.phase === 'retrying' && status.problem?.retry === true && !status.problem.gaveUp;
}

function fits({ problem }: Failing, open: Problem): boolean {
  return isSameCause(problem, open) && isNear(problem, open);
}

function isNear(a: Problem, b: Problem): boolean {
  return isAlike(Date.parse(a.since), Date.parse(b.since)) && isAlike(askedUntil(a), askedUntil(b));
}

/** Until when Mimecast asked to wait: quotas differ by function, and none is to wait for another one's. */
function askedUntil({ retryAfterMs, retryAt }: Problem): number | undefined {
  return retryAfterMs === undefined ? undefined : Date.parse(retryAt ?? '');
}

function isAlike(a: number | undefined, b: number | undefined): boolean {
  return a === b || Math.abs((a ?? Number.NaN) - (b ?? Number.NaN)) <= WINDOW_MS;
}

function largest(groups: readonly Failing[][]): readonly Failing[] {
  return groups.reduce((best, group) => (group.length > best.length ? group : best), []);
}

function nameOf({ stream }: StreamStatus): StreamName {
  return stream;
}

/** Those that are tried again soonest first. */
function byRetryAt(problems: readonly Problem[]): Problem[] {
  return [...problems].sort((a, b) => (a.retryAt ?? '').localeCompare(b.retryAt ?? ''));
}

/** What all messages say, without the endpoint that each of them begins with. */
function commonMessage(messages: readonly string[]): string {
  const [first = ''] = messages;
  if (messages.every((message) => message === first)) return first;
  const withoutPlace = messages.map((message) => message.replace(/^[^:]{1,40}: /, ''));
  return withoutPlace.every((message) => message === withoutPlace[0]) ? (withoutPlace[0] ?? first) : first;
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}
