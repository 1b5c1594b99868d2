/** The result of all rounds: whether it is good, and how it is told. */

import { count, table } from '../../../src/cli/table.js';
import { distinct, type Failure } from './report.js';
import type { RoundResult } from './run-round.js';

export interface Result {
  readonly wanted: number;
  readonly rounds: readonly RoundResult[];
  /** What went wrong beside the checks: a process of the stack that ended by itself. */
  readonly troubles: readonly string[];
}

/** Longer texts are cut in what is printed, never in JSON. */
const SHOWN = 600;

export function callsOf(rounds: readonly RoundResult[]): number {
  return rounds.reduce((sum, { calls }) => sum + calls, 0);
}

export function failuresOf(rounds: readonly RoundResult[]): Failure[] {
  return distinct(rounds.flatMap(({ failures }) => failures));
}

export function isGood({ wanted, rounds, troubles }: Result): boolean {
  return callsOf(rounds) >= wanted && failuresOf(rounds).length === 0 && troubles.length === 0;
}

/** For people: a row for each round, and all of them. */
export function tableOf({ rounds }: Result): string {
  const row = (name: string, of: readonly RoundResult[]) => [
    ...[name, callsOf(of), failuresOf(of).length],
    of.reduce((sum, { seconds }) => sum + seconds, 0),
  ];
  return table(
    ['seed', 'calls', 'failures', 'seconds'],
    [...rounds.map((round) => row(String(round.seed), [round])), row('all', rounds)],
  );
}

export function failureText({ check, operation, message, request, answer }: Failure): string {
  const { method, uri, body } = request;
  return [
    `${operation}: ${check}`,
    ...indented(message),
    ...(method === '' ? [] : [`  request  ${method} ${cut(uri)}`]),
    ...(body === undefined ? [] : [`  body     ${cut(body)}`]),
    ...(answer === undefined ? [] : [`  answer   ${answer.status} ${cut(answer.body)}`]),
  ].join('\n');
}

/** Of all rounds as one object; `calls` are those that were answered. */
export function summaryOf(result: Result) {
  const { wanted, rounds, troubles } = result;
  const statuses: Record<string, number> = {};
  for (const [status, times] of rounds.flatMap((round) => Object.entries(round.statuses)))
    statuses[status] = (statuses[status] ?? 0) + times;
  return {
    good: isGood(result),
    calls: callsOf(rounds),
    wanted,
    seeds: rounds.map(({ seed }) => seed),
    seconds: rounds.reduce((sum, { seconds }) => sum + seconds, 0),
    statuses,
    failures: failuresOf(rounds),
    troubles,
  };
}

export function roundText({ seed, calls, failures, seconds }: RoundResult, soFar: number, wanted: number): string {
  const found = distinct(failures).length;
  return `seed ${seed}: ${count(calls)} calls in ${seconds} s, ${found} failures; ${count(soFar)} of ${count(wanted)}`;
}

function indented(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => `  ${line.trim()}`);
}

function cut(text: string): string {
  return text.length > SHOWN ? `${text.slice(0, SHOWN)} … (${count(text.length)} characters)` : text;
}
