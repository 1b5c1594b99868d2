/** Makes the faults of a schedule happen, each at its time, and ends them. */

import { setTimeout as pause } from 'node:timers/promises';
import { type Document, MongoClient } from 'mongodb';
import type { StandingRule } from './buckets/gate.js';
import {
  type ApiFault,
  type BucketFault,
  type Fault,
  type GateFault,
  isApiFault,
  isBucketFault,
  isGateFault,
  type Link,
  labelOf,
  type ProcessName,
} from './fault.js';
import type { Conditions, FaultProxy } from './fault-proxy.js';
import type { FaultStack } from './fault-stack.js';
import type { ScheduledFault } from './schedule.js';

const WRITES = ['insert', 'update', 'findAndModify', 'delete', 'createIndexes'] as const;
const OUT_OF_DISK_SPACE = 14_031;
const WRITE_CONCERN_FAILED = 64;

export interface InjectorOptions {
  readonly stack: FaultStack;
  /** Sends the signal `restart` to the source. */
  readonly restartSource: () => Promise<unknown>;
  /** Does to the objects of the bucket what such a fault is. */
  readonly changeBucket?: (fault: BucketFault) => Promise<void>;
  /** Told about each fault as it strikes, and about one that could not. */
  readonly onFault: (text: string) => void;
}

export class Injector {
  /** How often each fault struck, by its label. */
  readonly struck: Record<string, number> = {};
  /** Labels of the faults that could not be made, since what they concern was away itself. */
  readonly missed: string[] = [];

  private readonly atGates: { readonly label: string; readonly standing: StandingRule }[] = [];

  constructor(private readonly options: InjectorOptions) {}

  /** Resolves when the schedule is through and every fault that lasts has ended. */
  async run(schedule: readonly ScheduledFault[]): Promise<void> {
    const started = performance.now();
    await Promise.all(
      schedule.map(async ({ atMs, fault }) => {
        await pause(Math.max(0, atMs - (performance.now() - started)));
        this.options.onFault(labelOf(fault));
        try {
          await this.strike(fault);
          if (!isGateFault(fault)) this.count(labelOf(fault));
        } catch (error) {
          this.missed.push(labelOf(fault));
          this.options.onFault(`${labelOf(fault)} had no effect: ${error instanceof Error ? error.message : error}`);
        }
      }),
    );
    await this.calm();
  }

  /** To be called in the end: what gates do to so many requests may come later than the schedule has it, or never. */
  conclude(): void {
    for (const { label, standing } of this.atGates.splice(0)) {
      if (standing.struck > 0) this.count(label);
      else this.missed.push(label);
    }
  }

  private count(label: string): void {
    this.struck[label] = (this.struck[label] ?? 0) + 1;
  }

  private async strike(fault: Fault): Promise<void> {
    const { stack, restartSource } = this.options;
    if (isApiFault(fault)) return this.postFault(fault);
    if (isGateFault(fault)) return this.atGate(fault);
    if (isBucketFault(fault)) return this.options.changeBucket?.(fault);
    switch (fault.kind) {
      case 'kill':
        await this.member(fault.process).signal('SIGKILL');
        return;
      case 'two workers':
        return this.twoWorkers(fault);
      case 'worker of a stranger': {
        const stop = await stack.startStranger();
        await pause(fault.forMs);
        return stop();
      }
      case 'upgrade':
        return stack.upgrade(fault.forMs);
      case 'freeze': {
        const member = this.member(fault.process);
        const pid = await member.signal('SIGSTOP');
        await pause(fault.forMs);
        // Another one runs if it was killed meanwhile.
        if (member.pid === pid) process.kill(pid, 'SIGCONT');
        return;
      }
      case 'step-down':
        return this.admin({ replSetStepDown: Math.ceil(fault.forMs / 1_000), force: true });
      case 'disk full': {
        const data = { failCommands: WRITES, errorCode: OUT_OF_DISK_SPACE };
        await this.admin({ configureFailPoint: 'failCommand', mode: 'alwaysOn', data });
        await pause(fault.forMs);
        // A mongod that was killed meanwhile has forgotten it.
        await this.admin({ configureFailPoint: 'failCommand', mode: 'off' }).catch(() => undefined);
        return;
      }
      case 'unacknowledged writes': {
        const writeConcernError = { code: WRITE_CONCERN_FAILED, errmsg: 'waiting for replication timed out' };
        const data = { failCommands: ['insert', 'update'], writeConcernError };
        return this.admin({ configureFailPoint: 'failCommand', mode: { times: fault.times }, data });
      }
      case 'network cut':
        return this.forAWhile(fault, { mode: 'cut' }, { mode: 'open' });
      case 'black hole':
        return this.forAWhile(fault, { mode: 'blackhole' }, { mode: 'open' });
      case 'latency':
        return this.forAWhile(fault, { latencyMs: fault.latencyMs }, { latencyMs: 0 });
      case 'slow close':
        return this.forAWhile(fault, { slowCloseMs: fault.delayMs }, { slowCloseMs: 0 });
      case 'reset':
        this.link(fault.link).resetNext(fault.connections, fault.afterBytes);
        return;
      case 'restart signal':
        await restartSource();
        return;
    }
  }

  private async forAWhile(
    { link, forMs }: Extract<Fault, { readonly link: Link; readonly forMs: number }>,
    during: Partial<Conditions>,
    after: Partial<Conditions>,
  ): Promise<void> {
    const proxy = this.link(link);
    proxy.set(during);
    await pause(forMs);
    proxy.set(after);
  }

  private member(name: ProcessName) {
    const member = this.options.stack.members[name];
    if (member === undefined) throw new Error(`the run has no process ${name}`);
    return member;
  }

  private link(name: Link): FaultProxy {
    const link = this.options.stack.links[name];
    if (link === undefined) throw new Error(`the run has no link ${name}`);
    return link;
  }

  private atGate(fault: GateFault): void {
    const gate = this.options.stack.buckets?.gates[fault.gate];
    if (gate === undefined) throw new Error(`the run has no gate ${fault.gate}`);
    this.atGates.push({ label: labelOf(fault), standing: gate.add(fault.rule, fault.times) });
  }

  private async twoWorkers({ victim, killAfterMs, forMs }: Extract<Fault, { kind: 'two workers' }>): Promise<void> {
    const { stack } = this.options;
    const second = await stack.startSecondWorker();
    await pause(killAfterMs);
    await (victim === 'second' ? second.member : stack.members.worker).signal('SIGKILL');
    await pause(forMs - killAfterMs);
    await second.stop();
  }

  private async postFault({ endpoint, action, skip, probability, extent }: ApiFault): Promise<void> {
    const { members } = this.options.stack;
    const times = 'times' in extent ? extent.times : -1;
    const posted = { endpoint, action, skip, probability, times };
    const { ids } = (await this.retrying(() => this.control('POST', '', posted))) as { ids: number[] };
    if ('times' in extent) return;
    const pid = members.simulator.pid;
    await pause(extent.forMs);
    // A simulator that was killed meanwhile has forgotten it, and given its number to another.
    if (members.simulator.pid === pid) await this.control('DELETE', `/${ids[0]}`);
  }

  /** All faults end, but for those at gates, which are counted. */
  private async calm(): Promise<void> {
    for (const link of Object.values(this.options.stack.links)) link?.heal();
    await this.retrying(() => this.control('DELETE'));
    await this.retrying(() => this.admin({ configureFailPoint: 'failCommand', mode: 'off' }));
  }

  private async control(method: 'POST' | 'DELETE', path = '', body?: object): Promise<unknown> {
    const answer = await fetch(`${this.options.stack.simulatorUrl()}/_simulator/faults${path}`, {
      method,
      signal: AbortSignal.timeout(5_000),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
    return answer.json();
  }

  private async admin(command: Document): Promise<void> {
    const client = new MongoClient(this.options.stack.mongodbUri, { serverSelectionTimeoutMS: 5_000 });
    try {
      await client.db('admin').command(command, { timeoutMS: 10_000 });
    } finally {
      await client.close();
    }
  }

  /** What is away now is being started again. */
  private async retrying<T>(work: () => Promise<T>): Promise<T> {
    for (const deadline = Date.now() + 60_000; ; await pause(200)) {
      try {
        return await work();
      } catch (error) {
        if (Date.now() > deadline) throw error;
      }
    }
  }
}
