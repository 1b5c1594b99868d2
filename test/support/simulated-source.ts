import { createHash } from 'node:crypto';
import type { UpdateFilter } from 'mongodb';
import { onTestFinished } from 'vitest';
import type { SimulatorOptions } from '../../simulator/options/options.js';
import { type Simulator, startSimulator } from '../../simulator/simulator.js';
import { type Activities, createActivities } from '../../src/activities/index.js';
import { parseSourceConfig } from '../../src/config/source-config.js';
import type { StreamOutcome } from '../../src/domain/streams/outcome.js';
import { DATA_COLLECTIONS, type StreamName } from '../../src/domain/streams/streams.js';
import type { FilePolicy } from '../../src/ingest/source/file-policy.js';
import type { Observer } from '../../src/metrics/observer.js';
import { vendorRecordOf } from '../../src/records/document.js';
import { type CheckpointDocument, checkpointId } from '../../src/store/checkpoints.js';
import type { Collections } from '../../src/store/collections.js';
import { createSource } from '../../src/store/sources.js';
import { CollectedSource } from './collected-source.js';
import { ensureCollector } from './ensure-collector.js';
import { raw } from './raw-collections.js';

const MINUTE = 60_000;
/** As many as in reality, a tenth as long. */
const SHORT_BLIP_WAITS_MS = [20, 60, 150];

/** A few hundred records of all streams, in six files per SIEM stream; nothing new happens. */
export const SMALL_WORLD: SimulatorOptions = {
  historyMs: 30 * MINUTE,
  historyRate: 20,
  historyFileIntervalMs: 5 * MINUTE,
  rate: 0,
  publishDelayMs: 0,
};

/** How often each record occurs, by the SHA-256 of its JSON. */
export type Multiset = Readonly<Record<string, number>>;

interface Truth {
  readonly tenants: Record<string, { readonly streams: Record<string, { readonly lines: [string, number][] }> }>;
}

export interface SourceOptions {
  /** Changes the world of `SMALL_WORLD`. */
  readonly world?: SimulatorOptions;
  /** Changes the configuration of the source, which is allowed everything and reaches a day back. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** See `ActivityDependencies`. */
  readonly sliceMs?: number;
  readonly sweepRecords?: number;
  readonly fileRules?: FilePolicy;
  readonly observer?: Observer;
}

let made = 0;

/** A simulator and a source that collects from it, with checkpoints made; both end with the test. */
export async function simulatedSource(collections: Collections, options: SourceOptions = {}): Promise<SimulatedSource> {
  const simulator = await startSimulator({ ...SMALL_WORLD, ...options.world });
  onTestFinished(() => simulator.close());
  return sourceOf(simulator, collections, options);
}

/** A source, with checkpoints made, that collects from a simulator which others use too. */
export async function sourceOf(simulator: Simulator, collections: Collections, options: SourceOptions = {}) {
  const [tenant] = simulator.tenants;
  made += 1;
  const name = `source ${made}`;
  const parsed = parseSourceConfig(
    {
      name,
      clientID: tenant?.clientId,
      clientSecret: tenant?.clientSecret,
      dataCollection: DATA_COLLECTIONS,
      baseUrl: simulator.url,
      ...options.config,
    },
    { allowInsecure: true },
  );
  if (!parsed.ok) throw new Error(parsed.mistakes.join('\n'));
  const source = await createSource(collections, await ensureCollector(collections, 'cloud'), name, parsed.value);
  const { sliceMs, sweepRecords, fileRules, observer } = options;
  const activities = createActivities({
    collections,
    allowInsecure: true,
    blipWaitsMs: SHORT_BLIP_WAITS_MS,
    ...(sliceMs === undefined ? {} : { sliceMs }),
    ...(sweepRecords === undefined ? {} : { sweepRecords }),
    ...(fileRules === undefined ? {} : { filePolicy: fileRules }),
    ...(observer === undefined ? {} : { observer }),
  });
  const simulated = new SimulatedSource(source._id, simulator, collections, activities, (options.world?.rate ?? 0) > 0);
  await simulated.run(({ initialize }, id) => initialize(id));
  return simulated;
}

export class SimulatedSource extends CollectedSource {
  private truth: Truth | undefined;

  constructor(
    id: number,
    readonly simulator: Simulator,
    collections: Collections,
    activities: Activities,
    private readonly isLive: boolean,
  ) {
    super(id, collections, activities);
  }

  /** Collects until nothing is left. */
  async collectAll(stream: StreamName): Promise<StreamOutcome> {
    for (;;) {
      const outcome = await this.collect(stream);
      if (outcome.result === 'caughtUp') return outcome;
      if (outcome.failure !== undefined) throw new Error(outcome.failure.message);
    }
  }

  /** Posts a fault, see `simulator/protocol/fault.ts`. */
  async fault(fault: Readonly<Record<string, unknown>>): Promise<void> {
    const response = await this.control('faults', { method: 'POST', body: JSON.stringify(fault) });
    if (response.status !== 201) throw new Error(await response.text());
  }

  async clearFaults(): Promise<void> {
    await this.control('faults', { method: 'DELETE' });
  }

  /** How often the faults have fired so far, all together. */
  async fired(): Promise<number> {
    const { faults } = (await (await this.control('faults')).json()) as { faults: { fired: number }[] };
    return faults.reduce((sum, { fired }) => sum + fired, 0);
  }

  async changeTenant(change: Readonly<Record<string, unknown>>): Promise<void> {
    const path = `tenants/${this.simulator.tenants[0]?.accountId}`;
    const response = await this.control(path, { method: 'PATCH', body: JSON.stringify(change) });
    if (!response.ok) throw new Error(await response.text());
  }

  /** How often an endpoint was called. */
  async calls(endpoint: string): Promise<number> {
    const { calls } = (await (await this.control('calls')).json()) as { calls: Record<string, { calls: number }> };
    return calls[endpoint]?.calls ?? 0;
  }

  control(path: string, init?: RequestInit): Promise<Response> {
    return fetch(`${this.simulator.url}/_simulator/${path}`, init);
  }

  /** All records of a stream that the simulator holds. Asked for once, unless there is live traffic. */
  async held(stream: StreamName): Promise<Multiset> {
    if (this.truth === undefined || this.isLive) {
      this.truth = (await (await this.control('truth?scope=held')).json()) as Truth;
    }
    const [tenant] = Object.values(this.truth.tenants);
    const counts: Record<string, number> = {};
    for (const [hash, count] of tenant?.streams[stream]?.lines ?? []) counts[hash] = (counts[hash] ?? 0) + count;
    return counts;
  }

  /** All records of a stream that are stored. */
  async stored(stream: StreamName): Promise<Multiset> {
    const counts: Record<string, number> = {};
    for await (const document of raw(this.collections).records(stream).find({ _sourceId: this.id })) {
      const hash = createHash('sha256')
        .update(JSON.stringify(vendorRecordOf(document)))
        .digest('hex');
      counts[hash] = (counts[hash] ?? 0) + 1;
    }
    return counts;
  }

  /** Changes a checkpoint as no collector would. */
  async meddle(stream: StreamName, update: UpdateFilter<CheckpointDocument>): Promise<void> {
    await raw(this.collections).checkpoints.updateOne({ _id: checkpointId(this.id, stream) }, update);
  }
}

export const sizeOf = (records: Multiset): number => Object.values(records).reduce((sum, count) => sum + count, 0);
