/** A source's snapshot as Markdown for the Temporal Web UI: what it is doing, and whether it needs anybody. */

import { formatDuration, formatTime } from '../duration.js';
import { lagOf, nextPollOf, nextStepOf, shownPhase, stateSentence, whereOf } from './problem-text.js';
import { openProblems, type SourceSnapshot, type SubjectProblem } from './snapshot.js';

export function currentDetails(snapshot: SourceSnapshot, now: string): string {
  const nowMs = Date.parse(now);
  const nextPollAt = nextPollOf(snapshot, nowMs);
  return [
    `### ${escapeMarkdown(snapshot.name)} is **${snapshot.state}**${HEALTH_NOTE[snapshot.health]}`,
    `${stateSentence(snapshot)} In this state since ${formatTime(snapshot.since)}.`,
    '',
    `Source ${snapshot.sourceId}${snapshot.collector === '' ? '' : ` of the collector *${escapeMarkdown(snapshot.collector)}*`}: ` +
      'collects the logs of one Mimecast account and stores each record once in MongoDB.',
    ...problemLines(openProblems(snapshot), nowMs),
    '',
    ...streamTable(snapshot, nowMs),
    '',
    `**${count(snapshot.totals.stored)} records stored**, ${count(snapshot.totals.duplicates)} duplicates skipped, ` +
      `${count(snapshot.totals.quarantined)} in quarantine. Polled every ${formatDuration(snapshot.pollIntervalMs)}` +
      `${nextPollAt === undefined ? '' : `, next at ${formatTime(nextPollAt)}`}. ` +
      `Restarts: ${snapshot.restarts}. Updated at ${formatTime(now)}.`,
    '',
    'Signals: `restart` starts again from the checkpoints, `stop` ends the source, `collectNow` polls at once.',
  ].join('\n');
}

const HEALTH_NOTE = { Healthy: ' and healthy', Warning: ' with a warning', Error: '' } as const;

function problemLines(problems: readonly SubjectProblem[], nowMs: number): string[] {
  return problems.map((problem) => {
    const { type, message, code, since, advice } = problem;
    const text = `${escapeMarkdown(message)} (${codeSpan(code)}, since ${formatTime(since)}). ${nextStepOf(problem, nowMs)}`;
    return `\n> **${type}** in *${whereOf(problem)}*: ${text}${advice === undefined ? '' : ` ${escapeMarkdown(advice)}`}`;
  });
}

/** Few and narrow columns: the Web UI shows the table in half of its width, without space between the cells. */
function streamTable(snapshot: SourceSnapshot, nowMs: number): string[] {
  const { streams } = snapshot;
  if (streams.length === 0) return ['No streams yet: the configuration has not been validated.'];
  const rows = streams.map((status) => {
    const lag = lagOf(snapshot, status, nowMs);
    const phase = shownPhase(snapshot, status);
    return [
      status.stream,
      phase === 'parked' || phase === 'retrying' ? `**${phase}**` : phase,
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
  return iso.slice(0, 10) === new Date(nowMs).toISOString().slice(0, 10) ? iso.slice(11, 19) : formatTime(iso);
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
