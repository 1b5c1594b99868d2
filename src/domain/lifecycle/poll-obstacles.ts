/** Whether streams can be polled at this moment, as somebody asks for it. */

import type { StreamName } from '../streams/streams.js';
import { LEAVING_STATES } from './lifecycle.js';
import { nextStepOf, shownPhase } from './problem-text.js';
import { type Problem, type SourceSnapshot, sweepProblemOf } from './snapshot.js';

/** Why these streams cannot be polled now, a sentence for each of them, or one for the whole source; empty when all can be. */
export function pollObstacles(snapshot: SourceSnapshot, streams: readonly StreamName[], nowMs: number): string[] {
  const { state, stage, problem } = snapshot;
  if (LEAVING_STATES.some((leaving) => leaving === state)) return ['the source is stopping'];
  if (stage === 'Collecting') return streams.flatMap((stream) => obstacleTo(snapshot, stream, nowMs) ?? []);
  return [
    problem === undefined
      ? 'the source is starting: it polls all of its streams as soon as it collects'
      : `the source does not collect, as its step "${problem.step}" fails: ${textOf(problem, nowMs)}`,
  ];
}

function obstacleTo(snapshot: SourceSnapshot, stream: StreamName, nowMs: number): string | undefined {
  const status = snapshot.streams.find((one) => one.stream === stream);
  if (status === undefined) {
    const known = snapshot.streams.map((one) => one.stream).join(', ');
    return `${stream}: the source does not collect it; it collects: ${known}`;
  }
  const phase = shownPhase(snapshot, status);
  if (phase === 'waiting') return undefined;
  const problem = status.problem ?? sweepProblemOf(snapshot);
  if (phase === 'collecting' || problem === undefined) return `${stream}: it is being collected already`;
  return `${stream}: it ${phase === 'parked' ? 'is parked' : 'is being retried'}. ${textOf(problem, nowMs)}`;
}

function textOf(problem: Problem, nowMs: number): string {
  return `${problem.code}: ${problem.message}. ${nextStepOf(problem, nowMs)}`;
}
