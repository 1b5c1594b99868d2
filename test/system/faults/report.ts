/** The result of the suite as tables for people. */

import { type Cell, cellText, table } from '../../../src/cli/table.js';
import { isGood, type RunResult } from './result.js';

export interface Summary {
  readonly good: boolean;
  readonly seeds: number;
  readonly records: number;
  readonly lost: number;
  readonly twice: number;
  readonly foreign: number;
  readonly stuck: number;
  readonly seconds: number;
  /** How often each fault struck in all runs. */
  readonly faults: Readonly<Record<string, number>>;
}

export function summaryOf(results: readonly RunResult[]): Summary {
  const sum = (of: (result: RunResult) => number) => results.reduce((total, result) => total + of(result), 0);
  return {
    good: results.every(isGood),
    seeds: results.length,
    records: sum(({ records }) => records),
    lost: sum(({ lost }) => lost),
    twice: sum(({ twice }) => twice),
    foreign: sum(({ foreign }) => foreign),
    stuck: sum(({ stuck }) => (stuck === undefined ? 0 : 1)),
    seconds: sum(({ seconds }) => seconds),
    faults: faultsOf(results),
  };
}

/** Two tables, the faults and the runs, and what went wrong. */
export function report(results: readonly RunResult[], replay: (seed: number) => string): string {
  const failures = results.filter((result) => !isGood(result)).map((result) => failureOf(result, replay));
  return [table(FAULTS_HEAD, faultRows(results)), table(RUNS_HEAD, runRows(results)), ...failures].join('\n\n');
}

/** The same tables for a page of the documentation. */
export function markdown(results: readonly RunResult[]): string {
  return [markdownTable(FAULTS_HEAD, faultRows(results)), markdownTable(RUNS_HEAD, runRows(results))].join('\n\n');
}

const FAULTS_HEAD = ['fault', 'times'];
const RUNS_HEAD = ['seed', 'faults', 'records', 'lost', 'twice', 'foreign', 'stuck', 'not true', 'recovery s', 's'];

function faultRows(results: readonly RunResult[]): Cell[][] {
  return Object.entries(summaryOf(results).faults).sort(([a], [b]) => a.localeCompare(b));
}

function runRows(results: readonly RunResult[]): Cell[][] {
  const { records, lost, twice, foreign, stuck, seconds, faults } = summaryOf(results);
  const untrue = results.reduce((sum, { untruths }) => sum + untruths.length, 0);
  const rows = results.map((result): Cell[] => [
    String(result.seed),
    sumOf(result.faults),
    result.records,
    result.lost,
    result.twice,
    result.foreign,
    result.stuck === undefined ? 0 : 1,
    result.untruths.length,
    result.recoverySeconds,
    result.seconds,
  ]);
  return [...rows, ['all', sumOf(faults), records, lost, twice, foreign, stuck, untrue, undefined, seconds]];
}

function sumOf(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((a, b) => a + b, 0);
}

function markdownTable(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rule = head.map((_, column) => (rows.some((row) => typeof row[column] === 'number') ? '---:' : '---'));
  return [line(head), `|${rule.join('|')}|`, ...rows.map((row) => line(row.map(cellText)))].join('\n');
}

/** Why a run failed, where its logs are, and how to see it again. */
export function failureOf(result: RunResult, replay: (seed: number) => string): string {
  const { seed, lost, twice, foreign, stuck, streams, kept } = result;
  const uneven = streams.filter((stream) => stream.lost + stream.twice + stream.foreign > 0);
  return [
    `seed ${seed} failed: ${lost} lost, ${twice} twice, ${foreign} foreign${stuck === undefined ? '' : `, stuck (${stuck})`}`,
    ...uneven.map((stream) => `  ${[stream.of ?? [], stream.stream].flat().join(', ')}: ${JSON.stringify(stream)}`),
    ...result.untruths.map((text) => `  not true: ${text}`),
    ...result.miscounted.map((text) => `  counted by date: ${text}`),
    ...result.unequal.map((text) => `  not equal: ${text}`),
    ...result.wronglyQuarantined.map((text) => `  quarantined: ${text}`),
    ...result.unhandled.map((text) => `  unhandled: ${text}`),
    ...result.selfEnds.map(({ name, code }) => `  ended by itself: ${name} with exit code ${code}`),
    `  data and logs: ${kept}`,
    `  again: ${replay(seed)}`,
  ].join('\n');
}

function faultsOf(results: readonly RunResult[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { faults } of results) {
    for (const [label, count] of Object.entries(faults)) counts[label] = (counts[label] ?? 0) + count;
  }
  return counts;
}
