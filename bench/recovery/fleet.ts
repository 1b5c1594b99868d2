/** Many sources on one stack, and what Temporal tells of their workflows. */

import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { History } from '@temporalio/worker';
import type { Stack } from '../../devstack/stack.js';
import { SIGNALS } from '../../src/domain/contract/contract.js';
import { openStackServices, tenantFile } from '../../test/support/stack-services.js';

const LOOK_MS = 250;
/** A thousand sources take their time to start on two slow cores. */
const GIVE_UP_MS = 60 * 60_000;
/** Runs of many sources are continued as new at different times: not all can be long at once. */
const GROW_MS = 3 * 60_000;
/** Signals a second while histories grow: what the development server takes beside the polls. */
const SIGNALS_PER_SECOND = 20;
const HALF = 0.5;
const MOST = 0.99;
const AT_ONCE = 10;
/** Calls that were under way when the outage began are over by then. */
const UNDER_WAY_MS = 1_000;
/** `TIMEOUT_TYPE_START_TO_CLOSE` of Temporal's API. */
const START_TO_CLOSE = 1;

export interface FleetOptions {
  readonly sources: number;
  /** Number of the simulator's tenant that the first of them belongs to. Default 1. */
  readonly firstTenant?: number;
  readonly pollSeconds: number;
  readonly say: (line: string) => void;
}

/** A run of a source's workflow, and how many events it has. */
export interface Run {
  readonly workflowId: string;
  readonly runId: string;
  readonly length: number;
}

export interface Lengths {
  readonly median: number;
  readonly longest: number;
}

export class Fleet {
  private constructor(
    private readonly client: Client,
    private readonly simulatorUrl: string,
    private readonly workflowIds: readonly string[],
    private readonly options: FleetOptions,
    readonly close: () => Promise<void>,
  ) {}

  /** Creates the sources and waits until each has been polled. */
  static async start(stack: Stack, options: FleetOptions): Promise<Fleet> {
    const { service, client, close } = await openStackServices(stack);
    const workflowIds: string[] = [];
    const fleet = new Fleet(client, stack.simulatorUrl, workflowIds, options, close);
    options.say(`Starting ${options.sources} sources …`);
    const since = Date.now();
    const { sources, firstTenant = 1 } = options;
    for (let n = firstTenant; n < firstTenant + sources; n += 1) {
      const { workflowId } = await service.start(tenantFile(n, stack.simulatorUrl, `${options.pollSeconds}s`), 'bench');
      workflowIds.push(workflowId);
    }
    await fleet.untilPolled(since);
    return fleet;
  }

  /**
   * Polls sources whose histories are short until they have as many events as wanted.
   *
   * @param events default: nearly as many as they get before the run is continued as new.
   */
  async grow(events = 85): Promise<Lengths> {
    for (const deadline = Date.now() + GROW_MS; ; ) {
      const lengths = await this.runs();
      const short = lengths.filter(({ length }) => length < events);
      const sorted = lengths.map(({ length }) => length).sort((a, b) => a - b);
      const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
      if (median >= events || Date.now() > deadline) return { median, longest: sorted.at(-1) ?? 0 };
      this.options.say(`  histories have ${median} of ${events} events`);
      for (const { workflowId } of short) {
        await this.client.workflow.getHandle(workflowId).signal(SIGNALS.collectNow);
        await pause(1_000 / SIGNALS_PER_SECOND);
      }
    }
  }

  /** Seconds from a time until half, 99 % and all of the sources have asked Mimecast for news again. */
  async untilPolled(since: number): Promise<{ readonly half: number; readonly most: number; readonly all: number }> {
    const reached: number[] = [];
    const wanted = [HALF, MOST, 1].map((share) => Math.ceil(share * this.options.sources));
    for (const deadline = since + GIVE_UP_MS; reached.length < wanted.length; await pause(LOOK_MS)) {
      if (Date.now() > deadline) throw new Error('not all sources were polled within an hour');
      const polled = await this.polledSince(since + UNDER_WAY_MS);
      while (polled >= (wanted[reached.length] ?? Number.POSITIVE_INFINITY)) reached.push((Date.now() - since) / 1_000);
    }
    const [half = 0, most = 0, all = 0] = reached;
    return { half, most, all };
  }

  /**
   * Workflow tasks that a worker took after a time, and did not finish within Temporal's limit.
   *
   * @param before the runs of before that time; they and those that continue them are looked at.
   */
  async timedOutTasks(before: readonly Run[], since: number): Promise<number> {
    const firsts = new Map(before.map(({ workflowId, runId }) => [workflowId, runId]));
    const counts = await this.ofAll(async (workflowId) => {
      const events = await this.eventsFrom(workflowId, firsts.get(workflowId));
      const timed = events.map((event) => ({ event, at: Number(event.eventTime?.seconds ?? 0) * 1_000 }));
      // By the events' order: those of several runs have the same numbers.
      return timed.filter(({ event, at }, index) => {
        const { timeoutType } = event.workflowTaskTimedOutEventAttributes ?? {};
        const started = timed[index - 1];
        return timeoutType === START_TO_CLOSE && at >= since && (started?.at ?? 0) >= since;
      }).length;
    });
    return counts.reduce((sum, count) => sum + count, 0);
  }

  /** From now on, Mimecast answers nothing but 503. */
  async failAll(): Promise<void> {
    await fetch(`${this.simulatorUrl}/_simulator/faults`, {
      method: 'POST',
      body: JSON.stringify({ endpoint: '*', times: -1, action: { status: 503 } }),
    });
  }

  /** The run that is the longest at this moment. */
  async longestRun(): Promise<Run> {
    const runs = await this.runs();
    return runs.reduce((longest, run) => (run.length > longest.length ? run : longest));
  }

  historyOf({ workflowId, runId }: Run): Promise<History> {
    return this.client.workflow.getHandle(workflowId, runId).fetchHistory();
  }

  /** Of each source: the events of these runs and of those that continue them. */
  eventsSince(runs: readonly Run[]): Promise<NonNullable<History['events']>[]> {
    const firsts = new Map(runs.map(({ workflowId, runId }) => [workflowId, runId]));
    return this.ofAll((workflowId) => this.eventsFrom(workflowId, firsts.get(workflowId)));
  }

  /** Of a run and all that continue it. */
  private async eventsFrom(workflowId: string, first: string | undefined): Promise<NonNullable<History['events']>> {
    const events: NonNullable<History['events']> = [];
    for (let runId = first; runId; ) {
      const run = (await this.client.workflow.getHandle(workflowId, runId).fetchHistory()).events ?? [];
      events.push(...run);
      runId = run.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId ?? undefined;
    }
    return events;
  }

  private async polledSince(time: number): Promise<number> {
    const answer = await fetch(`${this.simulatorUrl}/_simulator/tenants`);
    const { tenants } = (await answer.json()) as { readonly tenants: readonly { readonly lastCallAt?: string }[] };
    return tenants.filter(({ lastCallAt }) => Date.parse(lastCallAt ?? '') >= time).length;
  }

  /** The runs of the moment. */
  runs(): Promise<Run[]> {
    return this.ofAll(async (workflowId) => {
      const { runId, historyLength } = await this.client.workflow.getHandle(workflowId).describe();
      return { workflowId, runId, length: historyLength };
    });
  }

  /** A few at a time. */
  private async ofAll<T>(look: (workflowId: string) => Promise<T>): Promise<T[]> {
    const results: T[] = [];
    for (let at = 0; at < this.workflowIds.length; at += AT_ONCE) {
      results.push(...(await Promise.all(this.workflowIds.slice(at, at + AT_ONCE).map(look))));
    }
    return results;
  }
}
