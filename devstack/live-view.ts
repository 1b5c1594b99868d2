/** The live view of `npm start`: what a source does, drawn again every second. */

import { lagText, problemText } from '../src/cli/status-text.js';
import { count, table } from '../src/cli/table.js';
import { formatDuration } from '../src/domain/duration.js';
import { shownPhase } from '../src/domain/lifecycle/problem-text.js';
import { openProblems, type SourceSnapshot, type StreamStatus } from '../src/domain/lifecycle/snapshot.js';
import type { SourceStatus } from '../src/management/sources/source-status.js';
import { type TemporalPlace, temporalCommand } from '../src/management/temporal/temporal-command.js';

export interface Address {
  readonly name: string;
  readonly address: string;
}

export interface LiveFrame {
  readonly status: SourceStatus;
  readonly addresses: readonly Address[];
  readonly temporal: TemporalPlace;
  /** Records stored per second and stream, measured since the frame before. */
  readonly rates: ReadonlyMap<string, number>;
  /** The last things worth telling: a server that was started again, for instance. */
  readonly notices: readonly string[];
  readonly startedAt: number;
  readonly now: number;
}

export function liveView({ status, addresses, temporal, rates, notices, startedAt, now }: LiveFrame): string {
  const { snapshot } = status;
  const width = Math.max(...addresses.map(({ name }) => name.length));
  return [
    `Mimecast Source on Temporal, running for ${formatDuration(now - startedAt)}`,
    '',
    ...addresses.map(({ name, address }) => `  ${name.padEnd(width)}  ${address}`),
    '',
    `${status.name} (source ${status.sourceId}): ${status.state}, health ${status.health}`,
    ...(snapshot === undefined
      ? [`  ${status.note ?? 'waiting for the first answer'}`]
      : [streamTable(snapshot, rates, now), '', totals(snapshot.streams, rates)]),
    ...(snapshot === undefined ? [] : openProblems(snapshot).map((problem) => problemText(problem, now))),
    ...notices.map((notice) => `  ${notice}`),
    '',
    'From another terminal:',
    `  npm run starter -- status ${status.sourceId}       npm run starter -- restart ${status.sourceId}`,
    `  ${temporalCommand(temporal, 'workflow signal', { '--workflow-id': status.workflowId, '--name': 'restart' })}`,
    'Ctrl-C stops everything; the next start resumes where this one stopped.',
  ].join('\n');
}

function streamTable(snapshot: SourceSnapshot, rates: ReadonlyMap<string, number>, now: number): string {
  const { streams } = snapshot;
  return table(
    ['stream', 'state', 'stored', 'per second', 'behind', 'last problem'],
    streams.map((status) => [
      status.stream,
      shownPhase(snapshot, status),
      status.stored,
      Math.round(rates.get(status.stream) ?? 0),
      lagText(snapshot, status, now),
      lastProblem(status, now),
    ]),
  );
}

function lastProblem({ problem, lastProblem: last }: StreamStatus, now: number): string {
  if (problem !== undefined) return problem.message;
  if (last === undefined) return '-';
  return `${last.message} (ended ${formatDuration(now - Date.parse(last.endedAt))} ago)`;
}

function totals(streams: readonly StreamStatus[], rates: ReadonlyMap<string, number>): string {
  const sum = (of: (status: StreamStatus) => number) => streams.reduce((total, status) => total + of(status), 0);
  const perSecond = Math.round([...rates.values()].reduce((total, rate) => total + rate, 0));
  return (
    `${count(sum(({ stored }) => stored))} records stored (${count(perSecond)} per second), ` +
    `${count(sum(({ quarantined }) => quarantined))} in quarantine, ` +
    `${streams.filter(({ caughtUp }) => caughtUp).length} of ${streams.length} streams caught up`
  );
}

/** The view without a terminal: one line when something has changed. */
export function plainLine({ status, rates, now }: LiveFrame): string {
  const time = new Date(now).toISOString().slice(11, 19);
  const { snapshot } = status;
  if (snapshot === undefined)
    return `${time} ${status.name}: ${status.state}${status.note === undefined ? '' : `, ${status.note}`}`;
  const [problem] = openProblems(snapshot);
  const told = problem === undefined ? '' : ` ${problemText(problem, now).split('\n')[0]}`;
  return `${time} ${status.name}: ${status.state}, ${totals(snapshot.streams, rates)}${told}`;
}
