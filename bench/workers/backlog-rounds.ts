/** A backlog of many tenants, collected again and again by different numbers of workers. */

import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { GuardedProcess } from '../../devstack/guarded-process.js';
import { type HeldByTenant, heldLines } from '../../devstack/held-lines.js';
import { startWorkerProcess } from '../../devstack/worker-process.js';
import { definitionOf, STREAMS } from '../../src/domain/streams/streams.js';
import { databaseOf } from '../../test/support/raw-collections.js';
import { openStackServices, type StackServices, tenantFile } from '../../test/support/stack-services.js';
import { until } from '../../test/support/until.js';
import type { BenchStack } from '../with-stack.js';

const LIMIT_MS = 30 * 60_000;
const LOOK_MS = 250;
const ACKNOWLEDGED_WITHIN_MS = 10_000;

export interface Backlog {
  /** From the first record that is stored until all are. */
  readonly seconds: number;
  readonly recordsPerSecond: number;
  readonly records: number;
  /** How many records the store has too few or too many, by tenant and stream. */
  readonly missing: number;
}

export class BacklogRounds {
  private rounds = 0;

  private constructor(
    private readonly bench: BenchStack,
    private readonly services: StackServices,
    private readonly tenants: number,
    private readonly held: readonly HeldByTenant[],
  ) {}

  static async open(bench: BenchStack, tenants: number): Promise<BacklogRounds> {
    const held = await heldLines(bench.stack.simulatorUrl);
    return new BacklogRounds(bench, await openStackServices(bench.stack), tenants, held);
  }

  close(): Promise<void> {
    return this.services.close();
  }

  /** @param killAtHalf one of the workers gets a SIGKILL when half of the records are stored, and nobody starts it again */
  async collect({ workers, killAtHalf = false }: { workers: number; killAtHalf?: boolean }): Promise<Backlog> {
    await this.empty();
    const more = await this.startWorkers(workers - 1);
    const { service } = this.services;
    const ids: number[] = [];
    try {
      for (let n = 1; n <= this.tenants; n += 1) {
        const { sourceId } = await service.start(tenantFile(n, this.bench.stack.simulatorUrl, '5m'), 'bench');
        ids.push(sourceId);
      }
      const seconds = await this.untilStored(() => killAtHalf && more[0] && process.kill(more[0].pid, 'SIGKILL'));
      const records = this.total();
      return { seconds, recordsPerSecond: records / seconds, records, missing: await this.lastingDifferences(ids) };
    } finally {
      await Promise.all(more.map((worker) => worker.stop()));
      for (const id of ids) await service.stop(String(id), { remove: true });
    }
  }

  private async startWorkers(count: number): Promise<GuardedProcess[]> {
    const { stack, data } = this.bench;
    const env = Object.fromEntries(Object.entries(stack.env).filter(([, value]) => value !== undefined));
    const started: GuardedProcess[] = [];
    this.rounds += 1;
    for (let n = 1; n <= count; n += 1) {
      const log = data.file(`logs/worker-${this.rounds}-${n}.log`);
      started.push(await startWorkerProcess(log, env as Record<string, string>));
      await until(
        () => readFileSync(log, 'utf8'),
        (text) => text.includes('worker ready'),
      );
    }
    return started;
  }

  private async untilStored(atHalf: () => unknown): Promise<number> {
    const total = this.total();
    let firstAt: number | undefined;
    let half = false;
    for (const deadline = Date.now() + LIMIT_MS; ; ) {
      const count = await this.stored();
      const at = performance.now();
      if (count > 0) firstAt ??= at;
      if (!half && count >= total / 2) {
        half = true;
        atHalf();
      }
      if (firstAt !== undefined && count >= total) return (at - firstAt) / 1_000;
      if (Date.now() > deadline) throw new Error(`only ${count} of ${total} records were stored in time`);
      await pause(LOOK_MS);
    }
  }

  private total(): number {
    return this.held.reduce(
      (sum, { streams }) => sum + STREAMS.reduce((s, one) => s + this.heldOf(streams, one), 0),
      0,
    );
  }

  private heldOf(streams: HeldByTenant['streams'], stream: string): number {
    return streams[stream]?.held.lines ?? 0;
  }

  /** By the collections' own counts, which cost nothing. */
  private async stored(): Promise<number> {
    const counts = await Promise.all(this.records().map((records) => records.estimatedDocumentCount()));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  /** The collections' counts are ahead of what a majority has acknowledged, which is what is looked at here. */
  private async lastingDifferences(ids: readonly number[]): Promise<number> {
    for (const deadline = Date.now() + ACKNOWLEDGED_WITHIN_MS; ; await pause(LOOK_MS)) {
      const differences = await this.differences(ids);
      if (differences === 0 || Date.now() > deadline) return differences;
    }
  }

  /** Counted one by one, past everything that the worker says. */
  private async differences(ids: readonly number[]): Promise<number> {
    let differences = 0;
    for (const [at, sourceId] of ids.entries()) {
      const held = this.held.find(({ clientId }) => clientId === `sim-client-${at + 1}`);
      for (const stream of STREAMS) {
        const records = databaseOf(this.services.collections).collection(definitionOf(stream).collection);
        const stored = await records.countDocuments({ _sourceId: sourceId });
        differences += Math.abs(stored - this.heldOf(held?.streams ?? {}, stream));
      }
    }
    return differences;
  }

  private records() {
    const names = new Set(STREAMS.map((stream) => definitionOf(stream).collection));
    return [...names].map((name) => databaseOf(this.services.collections).collection(name));
  }

  private async empty(): Promise<void> {
    await Promise.all(this.records().map((records) => records.drop()));
    await this.services.collections.ensureIndexes();
  }
}
