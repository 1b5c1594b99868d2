/** A source's status, list and health for people. */

import { formatDuration, formatTime } from '../domain/duration.js';
import type { ExportStatus } from '../domain/export/export.js';
import type { HealthEvent } from '../domain/health/health-event.js';
import { lagOf, nextPollOf, nextStepOf, shownPhase, stateSentence, whereOf } from '../domain/lifecycle/problem-text.js';
import {
  openProblems,
  type Problem,
  type SourceSnapshot,
  type StreamStatus,
  type SubjectProblem,
} from '../domain/lifecycle/snapshot.js';
import { addRuleCounts, NO_RULE_COUNTS } from '../domain/streams/rule-counts.js';
import type { RuleStatus } from '../domain/streams/rule-status.js';
import type { SourceListing } from '../management/sources/source-listing.js';
import type { SourceStatus } from '../management/sources/source-status.js';
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
    ...(status.export === undefined ? [] : exportText(status.export, now)),
    ...(status.gaps ?? []).map(gapText),
    ...ruledText(snapshot),
    ...(status.rules ?? []).filter(({ isSilent }) => isSilent).map((rule) => silenceText(rule, now)),
    '',
    streams(snapshot, now),
  ]
    .join('\n')
    .trimEnd();
}

function facts(snapshot: SourceSnapshot, now: number): string[] {
  const { since, restarts, version, totals, pollIntervalMs } = snapshot;
  const nextPollAt = nextPollOf(snapshot, now);
  const next = nextPollAt === undefined ? '' : `, next in ${formatDuration(Date.parse(nextPollAt) - now)}`;
  return [
    stateSentence(snapshot),
    `since ${since} (${formatDuration(now - Date.parse(since))}), ${restarts} restarts, configuration version ${version}`,
    `${count(totals.stored)} stored, ${count(totals.duplicates)} duplicates skipped, ` +
      `${count(totals.quarantined)} in quarantine; polled every ${formatDuration(pollIntervalMs)}${next}`,
  ];
}

/** A problem: what, where, since when, what happens next, and on a line of its own what to do. */
export function problemText(
  problem: Problem & { readonly subject: SubjectProblem['subject'] | 'export' },
  now: number,
): string {
  const { type, message, advice, code, since } = problem;
  const age = `since ${formatTime(since)} (for ${formatDuration(now - Date.parse(since))})`;
  const line = `! ${type} in ${whereOf(problem)} ${age}: ${message} [${code}]. ${nextStepOf(problem, now)}`;
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

function exportText({ state, bucket, prefix, objects, records, lagMs, problem }: ExportStatus, now: number): string[] {
  const lag = lagMs === 0 ? 'caught up' : `${formatDuration(lagMs)} behind`;
  const line = `export to ${bucket}/${prefix}: ${state}, ${count(records)} records in ${count(objects)} objects, ${lag}`;
  return [line, ...(problem === undefined ? [] : [problemText({ ...problem, subject: 'export' }, now)])];
}

function silenceText({ name, filterType, since, lastMatchedAt = since }: RuleStatus, now: number): string {
  const forTime = formatDuration(now - new Date(lastMatchedAt).getTime());
  return `! rule "${name}" (${filterType}) has not matched any record for ${forTime}; try it on your own records with "rules test"`;
}

function gapText({ stream, from, to, reason }: ShownGap): string {
  return `gap in ${stream} from ${from.toISOString()} to ${to.toISOString()}: ${reason}`;
}

function streams(snapshot: SourceSnapshot, now: number): string {
  const { streams: all } = snapshot;
  if (all.length === 0) return '';
  return table(
    ['stream', 'doing', 'stored', 'skipped', 'quarantined', 'behind', 'newest record', 'checkpoint'],
    all.map((status) => [
      status.stream,
      shownPhase(snapshot, status),
      status.stored,
      status.duplicates,
      status.quarantined,
      lagText(snapshot, status, now),
      status.lastEventTime,
      status.position,
    ]),
  );
}

export function lagText(snapshot: SourceSnapshot, status: StreamStatus, now: number): string {
  const lag = lagOf(snapshot, status, now);
  return lag === undefined ? '-' : lag === 0 ? 'caught up' : formatDuration(lag);
}

export function listText(listings: readonly SourceListing[]): string {
  if (listings.length === 0) return 'There are no sources yet: create one with "start FILE.json".';
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
