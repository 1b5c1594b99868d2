/** How fast the real worker and workflow collect what the simulator serves. */

import { setTimeout as pause } from 'node:timers/promises';
import type { Stack } from '../../devstack/stack.js';
import { definitionOf, type SiemStream } from '../../src/domain/streams/streams.js';
import { checkpointsOf } from '../../src/store/checkpoints.js';
import { databaseOf } from '../../test/support/raw-collections.js';
import { openStackServices, type StackServices } from '../../test/support/stack-services.js';
import { cpuSeconds } from '../recovery/processes.js';

export interface Speed {
  readonly recordsPerSecond: number;
  /** Microseconds of the processor that the process took for each record. */
  readonly cpuMicros: number;
}

/** One exclude, one mask, one hash; none keeps a record out, so that as many are stored as without. */
const RULES = [
  { filterType: 'Exclude', name: 'exclude', regexp: '.*"rejectionType":"Never seen".*' },
  { filterType: 'Mask', name: 'mask', regexp: '"subject":"([^"]*)"', mask: 'hidden' },
  { filterType: 'Hash', name: 'hash', regexp: '"senderEnvelope":"([^"]+)"' },
];

const LOOK_MS = 50;
/** Nothing is slower than this, in records a second. */
const SLOWEST = 500;

export class WorkerRounds {
  private readonly services: StackServices;
  private rounds = 0;

  private constructor(
    services: StackServices,
    private readonly stack: Stack,
    private readonly lines: ReadonlyMap<SiemStream, number>,
  ) {
    this.services = services;
  }

  static async open(stack: Stack, lines: ReadonlyMap<SiemStream, number>): Promise<WorkerRounds> {
    return new WorkerRounds(await openStackServices(stack), stack, lines);
  }

  close(): Promise<void> {
    return this.services.close();
  }

  /** @param whileRunning is given the time of the measurement. */
  async fresh(whileRunning: () => Promise<void> = async () => undefined): Promise<Speed> {
    return this.withSource([], async (sourceId) => {
      await whileRunning();
      return this.measure(sourceId, 'stored');
    });
  }

  async withRules(): Promise<Speed> {
    return this.withSource(RULES, (sourceId) => this.measure(sourceId, 'stored'));
  }

  /** Collects everything, and then reads all of it again. */
  async freshAndAgain(): Promise<{ readonly fresh: Speed; readonly again: Speed }> {
    return this.withSource([], async (sourceId) => {
      const fresh = await this.measure(sourceId, 'stored');
      for (const stream of this.lines.keys()) {
        await this.services.service.resetPosition(String(sourceId), { stream, from: '2d' });
      }
      return { fresh, again: await this.measure(sourceId, 'duplicates') };
    });
  }

  private async withSource<T>(filters: readonly object[], work: (sourceId: number) => Promise<T>): Promise<T> {
    const { service } = this.services;
    await this.empty();
    this.rounds += 1;
    const { sourceId } = await service.start(this.sourceFile(`Round ${this.rounds}`, filters), 'bench');
    try {
      return await work(sourceId);
    } finally {
      await service.stop(String(sourceId), { remove: true });
    }
  }

  /** Each round fills empty collections. */
  private async empty(): Promise<void> {
    const { collections } = this.services;
    for (const stream of this.lines.keys())
      await databaseOf(collections).dropCollection(definitionOf(stream).collection);
    await collections.ensureIndexes();
  }

  /** From the first records that are seen to be there until all are: what comes before is the start of a source. */
  private async measure(sourceId: number, counted: 'stored' | 'duplicates'): Promise<Speed> {
    const total = [...this.lines.values()].reduce((sum, count) => sum + count, 0);
    const deadline = Date.now() + 60_000 + (total / SLOWEST) * 1_000;
    let first: { readonly at: number; readonly count: number; readonly cpu: number } | undefined;
    for (;;) {
      const checkpoints = await checkpointsOf(this.services.collections, sourceId);
      const count = checkpoints.reduce((sum, { totals }) => sum + totals[counted], 0);
      const now = { at: performance.now(), count, cpu: cpuSeconds(this.stack.workerPid()) };
      if (count > 0) first ??= now;
      if (first !== undefined && count >= total) {
        const records = count - first.count;
        const seconds = (now.at - first.at) / 1_000;
        return { recordsPerSecond: records / seconds, cpuMicros: ((now.cpu - first.cpu) / records) * 1e6 };
      }
      if (Date.now() > deadline) throw new Error(`only ${count} of ${total} records were ${counted} in time`);
      await pause(LOOK_MS);
    }
  }

  private sourceFile(name: string, filters: readonly object[]) {
    const config = {
      name,
      clientID: 'sim-client-1',
      clientSecret: 'sim-secret-1',
      dataCollection: ['siem'],
      siemTypes: [...this.lines.keys()],
      baseUrl: this.stack.simulatorUrl,
      pollInterval: '5s',
      backfill: '7d',
      ...(filters.length === 0 ? {} : { filters }),
    };
    return { 'api.version': 'v1', source: { config, schemaRef: { type: 'Mimecast' }, sourceType: 'Universal' } };
  }
}
