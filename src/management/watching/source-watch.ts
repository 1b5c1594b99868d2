/** The gauges of all sources and of the workers, some seconds old. */

import type { Client } from '@temporalio/client';
import { type Family, familiesOf } from '../../metrics/definition.js';
import { SOURCE_METRICS, WORKERS_METRIC } from '../../metrics/server-metrics.js';
import type { Collections } from '../../store/collections.js';
import { type ManyFacts, sourceFacts } from '../../store/source-facts.js';
import { workersOf } from '../temporal/workers.js';
import { Kept } from './kept.js';
import { sourceSamples } from './source-gauges.js';

/** Of more sources, those with the lowest ids are told: fourteen series each are a lot for one program. */
const MAX_SOURCES = 1_000;
const KEPT_MS = 10_000;
/** Well within the ten seconds that Prometheus waits for an answer. */
const READ_LIMIT = { timeoutMS: 4_000 };

export class SourceWatch {
  private readonly kept = new Kept(() => this.read(), KEPT_MS);

  constructor(private readonly access: { readonly collections: Collections; readonly client: Client }) {}

  families(): Promise<Family[]> {
    return this.kept.get();
  }

  private async read(): Promise<Family[]> {
    const [facts, workers] = await Promise.all([this.facts(), this.workers()]);
    return [
      ...familiesOf(SOURCE_METRICS, sourceSamples(facts, new Date())),
      ...familiesOf(WORKERS_METRIC, { mimecast_workers: workers }),
    ];
  }

  private async facts(): Promise<ManyFacts | undefined> {
    return sourceFacts(this.access.collections, MAX_SOURCES, READ_LIMIT).catch(() => undefined);
  }

  private async workers() {
    try {
      const { client, collections } = this.access;
      const { count } = await client.withDeadline(Date.now() + READ_LIMIT.timeoutMS, async () =>
        workersOf(client, await collections.installation()),
      );
      return [{ labels: {}, value: count }];
    } catch {
      return [];
    }
  }
}
