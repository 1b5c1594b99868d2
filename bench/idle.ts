/**
 * `npm run bench -- idle`: many sources in peace. How late their polls are, what `list` takes, what a source costs in Temporal's
 * actions and events, the worker's memory, and the CPU time of each process.
 */

import { setTimeout as pause } from 'node:timers/promises';
import type { History } from '@temporalio/worker';
import { Command } from 'commander';
import { positiveNumber } from '../src/cli/arguments.js';
import { EXIT } from '../src/runtime/program.js';
import { openStackServices } from '../test/support/stack-services.js';
import { machine } from './machine.js';
import { quantile } from './quantile.js';
import { Fleet } from './recovery/fleet.js';
import { cpuByProgram, residentMiB } from './recovery/processes.js';
import { withStack } from './with-stack.js';

/** What `list` may take at the most. */
const LIST_LIMIT_MS = 2_000;
const LIST_EVERY_MS = 20_000;
const MS_PER_DAY = 86_400_000;

interface Options {
  readonly sources: number;
  readonly poll: number;
  readonly minutes: number;
  readonly json?: boolean;
}

interface Measured {
  readonly good: boolean;
  readonly machine: string;
  readonly sources: number;
  readonly pollSeconds: number;
  readonly minutes: number;
  readonly polls: number;
  /** From the planned time of a poll to the moment that a worker began with it, in ms. */
  readonly lateMs: Readonly<Record<'half' | 'p99' | 'most', number>>;
  readonly actionsPerPoll: number;
  /** Of Temporal, per source and day, if it went on like that. */
  readonly daily: Readonly<Record<'actions' | 'events', number>>;
  /** Highest resident memory of the worker, and how much of it each source has. */
  readonly workerMiB: number;
  readonly kibPerSource: number;
  /** Slowest of the lists, in ms, and how many were made. */
  readonly listMs: number;
  readonly lists: number;
  readonly notHealthy: number;
  /** Seconds, by program. */
  readonly cpu: Readonly<Record<string, number>>;
}

export const idle = new Command('idle')
  .description('many sources in peace: lateness of polls, time of "list", actions and events, memory, CPU by process')
  .option('--sources <n>', 'how many there are, of thirteen streams each', positiveNumber, 1_000)
  .option('--poll <seconds>', 'poll interval', positiveNumber, 300)
  .option('--minutes <n>', 'how long to watch', positiveNumber, 10)
  .option('--json', 'last line: one JSON object')
  .action(measure);

async function measure({ sources, poll, minutes, json = false }: Options): Promise<void> {
  const traffic = ['--tenants', String(sources), '--history', '1h', '--history-rate', '1', '--rate', '1'];
  const measured = await withStack('idle', traffic, async ({ stack, say }): Promise<Measured> => {
    const emptyMiB = residentMiB(stack.workerPid());
    const running = await Fleet.start(stack, { sources, pollSeconds: poll, say });
    const { service, close } = await openStackServices(stack);
    try {
      say('All have been polled; one more interval for them to come to rest …');
      await pause(poll * 1_000);
      const before = cpuByProgram();
      const runs = await running.runs();
      const since = Date.now();
      const lists: number[] = [];
      let notHealthy = 0;
      let workerMiB = 0;
      for (let next = since; Date.now() < since + minutes * 60_000; ) {
        next += LIST_EVERY_MS;
        const started = performance.now();
        const listed = await service.list();
        lists.push(performance.now() - started);
        const ill = listed.filter(({ health }) => health !== 'Healthy').length;
        notHealthy = Math.max(notHealthy, ill);
        workerMiB = Math.max(workerMiB, residentMiB(stack.workerPid()));
        say(`  list of ${listed.length}: ${Math.round(lists.at(-1) ?? 0)} ms, ${ill} not healthy`);
        await pause(Math.max(0, next - Date.now()));
      }
      const until = Date.now();
      const cpu = Object.entries(cpuByProgram()).map(([name, used]) => [name, Math.round(used - (before[name] ?? 0))]);
      const seen = polls((await running.eventsSince(runs)).flat(), since, until);
      const perDay = (count: number) => Math.round((count / sources) * (MS_PER_DAY / (until - since)));
      const listMs = Math.round(Math.max(...lists));
      return {
        good: listMs < LIST_LIMIT_MS && notHealthy === 0,
        ...{ machine: machine(), sources, pollSeconds: poll, minutes, polls: seen.late.length },
        lateMs: { half: share(seen.late, 0.5), p99: share(seen.late, 0.99), most: share(seen.late, 1) },
        actionsPerPoll: Math.round((seen.actions / seen.late.length) * 100) / 100,
        daily: { actions: perDay(seen.actions), events: perDay(seen.events) },
        workerMiB: Math.round(workerMiB),
        kibPerSource: Math.round(((workerMiB - emptyMiB) * 1_024) / sources),
        ...{ listMs, lists: lists.length, notHealthy, cpu: Object.fromEntries(cpu) },
      };
    } finally {
      await close();
      await running.close();
    }
  });
  console.log(json ? JSON.stringify(measured) : text(measured));
  if (!measured.good) process.exitCode = EXIT.failed;
}

type Event = NonNullable<History['events']>[number];

/** Polls of a time, each by the timer that was set for it, and all that Temporal Cloud would bill. */
function polls(
  events: readonly Event[],
  since: number,
  until: number,
): { readonly late: number[]; readonly actions: number; readonly events: number } {
  const inTime = events.filter((event) => timeOf(event) >= since && timeOf(event) < until);
  const timers = new Map<string, number>();
  const late: number[] = [];
  let due: number | undefined;
  let actions = 0;
  for (const event of inTime) {
    const { timerStartedEventAttributes: timer, timerFiredEventAttributes: fired } = event;
    if (timer) timers.set(String(event.eventId), timeOf(event) + msOf(timer.startToFireTimeout));
    if (fired) due = timers.get(String(fired.startedEventId));
    if (event.activityTaskStartedEventAttributes && due !== undefined) {
      late.push(timeOf(event) - due);
      due = undefined;
    }
    if (isAction(event)) actions += 1;
  }
  return { late: late.sort((a, b) => a - b), actions, events: inTime.length };
}

function isAction(event: Event): boolean {
  return [
    event.activityTaskScheduledEventAttributes,
    event.timerStartedEventAttributes,
    event.upsertWorkflowSearchAttributesEventAttributes,
    event.workflowExecutionContinuedAsNewEventAttributes,
    event.markerRecordedEventAttributes,
    event.workflowExecutionSignaledEventAttributes,
    event.workflowPropertiesModifiedEventAttributes,
  ].some(Boolean);
}

interface Span {
  readonly seconds?: unknown;
  readonly nanos?: number | null;
}

function msOf(span: Span | null | undefined): number {
  return Number(span?.seconds ?? 0) * 1_000 + (span?.nanos ?? 0) / 1_000_000;
}

const timeOf = ({ eventTime }: Event) => msOf(eventTime);

/** Of sorted numbers, whole. */
function share(sorted: readonly number[], of: number): number {
  return Math.round(quantile(sorted, of));
}

function text(measured: Measured): string {
  const { sources, pollSeconds, minutes, lateMs, daily, cpu, notHealthy } = measured;
  const seconds = Object.values(cpu).reduce((sum, used) => sum + used, 0);
  return [
    `${sources} sources of 13 streams, polled every ${pollSeconds} s, ${minutes} min: ${measured.polls} polls; ${measured.machine}`,
    `a poll began late by: half ${lateMs.half} ms, 99 % ${lateMs.p99} ms, all ${lateMs.most} ms`,
    `Temporal: ${measured.actionsPerPoll} actions per poll; per source and day ${daily.actions} actions, ${daily.events} events`,
    `the worker: at most ${measured.workerMiB} MiB, ${measured.kibPerSource} KiB per source`,
    `list, the slowest of ${measured.lists}: ${measured.listMs} ms; at most ${notHealthy} not healthy at a time`,
    `CPU: ${Object.entries(cpu)
      .map(([name, used]) => `${name} ${used} s`)
      .join(', ')}; together ${(seconds / (minutes * 60)).toFixed(2)} of a core`,
  ].join('\n');
}
