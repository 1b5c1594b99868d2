/** A source's snapshot as Markdown for the Temporal Web UI: what it is doing, and whether it needs anybody. */

import { formatDuration } from './duration.js';
import { STATE_MEANING } from './lifecycle.js';
import { lagMs, openProblems, type SourceSnapshot, type StreamStatus, type SubjectProblem } from './snapshot.js';

export function currentDetails(snapshot: SourceSnapshot, now: string): string {
  const nowMs = Date.parse(now);
  return [
    `### ${escapeMarkdown(snapshot.name)} is **${snapshot.state}**${HEALTH_NOTE[snapshot.health]}`,
    `${STATE_MEANING[snapshot.state]} In this state since ${clock(snapshot.since)}.`,
    '',
    `Source ${snapshot.sourceId}${snapshot.collector === '' ? '' : ` of the collector *${escapeMarkdown(snapshot.collector)}*`}: ` +
      'takes the logs of one Mimecast account and stores each record once in MongoDB.',
    ...problemLines(openProblems(snapshot), nowMs),
    '',
    ...streamTable(snapshot.streams, nowMs),
    '',
    `**${count(snapshot.totals.stored)} records stored**, ${count(snapshot.totals.duplicates)} met again and skipped, ` +
      `${count(snapshot.totals.quarantined)} in quarantine. Polled every ${formatDuration(snapshot.pollIntervalMs)}` +
      `${snapshot.nextPollAt === undefined ? '' : `, next at ${clock(snapshot.nextPollAt)}`}. ` +
      `Restarts: ${snapshot.restarts}. Drawn at ${clock(now)}.`,
    '',
    'Signals: `restart` begins anew from the checkpoints, `stop` ends the source, `collectNow` polls at once.',
  ].join('\n');
}

const HEALTH_NOTE = { Healthy: ' and healthy', Warning: ' with a warning', Error: '' } as const;

function problemLines(problems: readonly SubjectProblem[], nowMs: number): string[] {
  return problems.map((problem) => {
    const next = problem.isNotice
      ? `Seen ${problem.attempt} times; collection goes on.`
      : problem.againEveryMs !== undefined
        ? `Tried again every ${formatDuration(problem.againEveryMs)}, and at once when the source is restarted or updated.`
        : problem.gaveUp
          ? 'No further attempt is made until the source is restarted or updated.'
          : `Attempt ${problem.attempt}; tried again${problem.retryAt === undefined ? '' : ` at ${clock(problem.retryAt)}`}` +
            `${problem.until === undefined ? '' : `, until ${clock(problem.until)}`}.`;
    const age = formatDuration(nowMs - Date.parse(problem.since));
    const advice = problem.advice === undefined ? '' : ` ${escapeMarkdown(problem.advice)}`;
    return `\n> **${problem.type}** in *${problem.subject}*: ${escapeMarkdown(problem.message)} (${codeSpan(problem.code)}, for ${age}). ${next}${advice}`;
  });
}

/** Few and narrow columns: the Web UI shows the table in half of its width, without space between the cells. */
function streamTable(streams: readonly StreamStatus[], nowMs: number): string[] {
  if (streams.length === 0) return ['No streams yet: the configuration has not been validated.'];
  const rows = streams.map((status) => {
    const lag = lagMs(status, nowMs);
    return [
      status.stream,
      status.phase === 'parked' || status.phase === 'retrying' ? `**${status.phase}**` : status.phase,
      count(status.stored),
      lag === undefined ? '-' : status.caughtUp && lag === 0 ? 'nothing' : formatDuration(lag),
      status.lastEventTime === undefined ? '-' : newest(status.lastEventTime, nowMs),
    ];
  });
  return [['Stream', 'Doing', 'Stored', 'Behind', 'Newest record'], [':--', ':--', '--:', '--:', '--:'], ...rows].map(
    (cells, index) => `| ${cells.map((cell) => (index === 1 ? cell : spaced(cell))).join(' | ')} |`,
  );
}

/** A cell that neither wraps nor touches its neighbour. */
function spaced(text: string): string {
  return `${NO_BREAK}${text.replace(/ /g, NO_BREAK)}${NO_BREAK}`;
}

const NO_BREAK = '\u00a0';

/** The time of day is enough for a record of today. */
function newest(iso: string, nowMs: number): string {
  return iso.slice(0, 10) === new Date(nowMs).toISOString().slice(0, 10) ? iso.slice(11, 19) : clock(iso);
}

function clock(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;
}

/** Groups of three, without the sandbox's locale. */
function count(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}

function escapeMarkdown(text: string): string {
  return text.replace(/[|`*_<>\\[\]]/g, (char) => `\\${char}`).replace(/\s+/g, ' ');
}

/** Within a code span nothing can be escaped, so what would end it is left out. */
function codeSpan(text: string): string {
  return `\`${text.replace(/[`\s]+/g, ' ')}\``;
}
