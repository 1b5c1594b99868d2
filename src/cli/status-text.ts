/** A source's status, list and health for people. */

import type { SourceListing } from '../management/source-listing.js';
import type { SourceStatus } from '../management/source-status.js';
import { formatDuration } from '../source/duration.js';
import type { HealthEvent } from '../source/health-event.js';
import { addRuleCounts, NO_RULE_COUNTS } from '../source/rule-counts.js';
import type { RuleStatus } from '../source/rule-status.js';
import {
  lagMs,
  openProblems,
  type SourceSnapshot,
  type StreamStatus,
  type SubjectProblem,
} from '../source/snapshot.js';
import type { ShownGap } from '../store/gaps.js';
import { count, table } from './table.js';

export function statusText(status: SourceStatus, now = Date.now()): string {
  const { snapshot } = status;
  const head = `${status.name} (source ${status.sourceId}, ${status.workflowId}): ${status.state}, health ${status.health}`;
  if (snapshot === undefined) return `${head}\n${status.note ?? ''}`.trimEnd();
  return [
    head,
    ...facts(snapshot, now),
    ...openProblems(snapshot).map((p) => problemText(p, now)),
    ...(status.gaps ?? []).map(gapText),
    ...ruledText(snapshot),
    ...(status.rules ?? []).filter(({ isSilent }) => isSilent).map((rule) => silenceText(rule, now)),
    '',
    streams(snapshot, now),
  ]
    .join('\n')
    .trimEnd();
}

function facts(
  { since, restarts, version, totals, pollIntervalMs, nextPollAt }: SourceSnapshot,
  now: number,
): string[] {
  const next = nextPollAt === undefined ? '' : `, next ${relative(nextPollAt, now)}`;
  return [
    `since ${since} (${formatDuration(now - Date.parse(since))}), ${restarts} restarts, configuration version ${version}`,
    `${count(totals.stored)} stored, ${count(totals.duplicates)} skipped as stored before, ` +
      `${count(totals.quarantined)} in quarantine; polled every ${formatDuration(pollIntervalMs)}${next}`,
  ];
}

/** A problem: what, where, for how long, what happens next, and on a line of its own what to do. */
export function problemText(problem: SubjectProblem, now: number): string {
  const { type, subject, message, advice, code, attempt, since, retryAt, until, gaveUp, isNotice, againEveryMs } =
    problem;
  const next = isNotice
    ? `${count(attempt)} in all, collection goes on`
    : againEveryMs !== undefined
      ? `tried again every ${formatDuration(againEveryMs)}`
      : gaveUp
        ? 'no further attempt until a restart or update'
        : `attempt ${attempt}${retryAt === undefined ? '' : `, next ${relative(retryAt, now)}`}${until === undefined ? '' : `, until ${until}`}`;
  const line = `! ${type} in ${subject} for ${formatDuration(now - Date.parse(since))}: ${message} [${code}]; ${next}`;
  return advice === undefined ? line : `${line}\n  ${advice}`;
}

/** What the processing rules did, over all streams. */
function ruledText({ streams }: SourceSnapshot): string[] {
  const { excluded, masked, hashed, broken } = streams
    .flatMap(({ ruled }) => ruled ?? [])
    .reduce(addRuleCounts, NO_RULE_COUNTS);
  if (excluded + masked + hashed === 0) return [];
  const text = broken === 0 ? '' : `, ${count(broken)} of them kept as masked text`;
  return [`rules: ${count(excluded)} records excluded, ${count(masked)} masked, ${count(hashed)} hashed${text}`];
}

function silenceText({ name, filterType, since, lastMatchedAt = since }: RuleStatus, now: number): string {
  const forTime = formatDuration(now - new Date(lastMatchedAt).getTime());
  return `! rule "${name}" (${filterType}) has not matched any record for ${forTime}; "rules test" tries it on records of yours`;
}

function gapText({ stream, from, to, reason }: ShownGap): string {
  return `gap in ${stream} from ${from.toISOString()} to ${to.toISOString()}: ${reason}`;
}

function relative(iso: string, now: number): string {
  const ms = Date.parse(iso) - now;
  return ms > 500 ? `in ${formatDuration(ms)}` : 'now';
}

function streams({ streams: all, pollIntervalMs }: SourceSnapshot, now: number): string {
  if (all.length === 0) return '';
  return table(
    ['stream', 'doing', 'stored', 'skipped', 'quarantined', 'behind', 'newest record', 'checkpoint'],
    all.map((status) => [
      status.stream,
      status.phase,
      status.stored,
      status.duplicates,
      status.quarantined,
      lagText(status, now, pollIntervalMs),
      status.lastEventTime,
      status.position,
    ]),
  );
}

export function lagText(status: StreamStatus, now: number, pollIntervalMs: number): string {
  const lag = lagMs(status, now, pollIntervalMs);
  return lag === undefined ? '-' : lag === 0 ? 'caught up' : formatDuration(lag);
}

export function listText(listings: readonly SourceListing[]): string {
  if (listings.length === 0) return 'There are no sources yet: "start FILE.json" creates one.';
  const notes = new Set(listings.flatMap(noteText));
  const lines = table(
    ['id', 'name', 'collector', 'state', 'health', 'error type', 'newest record', 'workflow'],
    listings.map((l) => [
      String(l.sourceId),
      l.name,
      l.collector,
      l.state,
      l.health,
      l.errorType,
      l.lastEventTime,
      l.workflowId,
    ]),
  );
  return [lines, ...notes].join('\n');
}

/** What concerns one source names it; what concerns the workers is said once. */
function noteText({ name, note, noteCode }: SourceListing): string[] {
  if (note === undefined) return [];
  return [noteCode === 'WorkflowTaskFailed' ? `! ${name}: ${note}` : `! ${note}`];
}

export function healthText(open: readonly HealthEvent[], recent: readonly HealthEvent[]): string {
  const rows = recent.map((event) => [
    event.eventTime,
    event.status,
    event.severityLevel,
    event.eventName,
    event.attempts,
    event.resolvedAt?.toISOString(),
    event.details.error,
    event.details.description,
  ]);
  const summary =
    open.length === 0 ? 'No open health events.' : `${open.length} open health event${open.length === 1 ? '' : 's'}.`;
  if (rows.length === 0) return summary;
  return [
    summary,
    '',
    table(['time', 'status', 'severity', 'event', 'attempts', 'resolved', 'error', 'description'], rows),
  ].join('\n');
}
