/** A source that reads a bucket, with checkpoints made, and the activities that a worker has for it. */

import { createActivities } from '../../src/activities/index.js';
import { parseSourceConfig } from '../../src/config/source-config.js';
import { present } from '../../src/domain/present.js';
import { DATA_COLLECTIONS, type StreamName } from '../../src/domain/streams/streams.js';
import type { ActivityDependencies } from '../../src/ingest/source/dependencies.js';
import type { FilePolicy } from '../../src/ingest/source/file-policy.js';
import type { FoldPolicy } from '../../src/ingest/source/fold-policy.js';
import type { QueueLimits } from '../../src/ingest/source/source-queue.js';
import type { Observer } from '../../src/metrics/observer.js';
import { vendorRecordOf } from '../../src/records/document.js';
import type { Collections } from '../../src/store/collections.js';
import { createSource } from '../../src/store/sources.js';
import { CollectedSource } from './collected-source.js';
import { ensureCollector } from './ensure-collector.js';
import { raw } from './raw-collections.js';
import { S3_KEYS, S3_REGION } from './s3-server.js';

export interface BucketSourceOptions {
  readonly endpoint: string;
  readonly bucket: string;
  readonly s3?: Readonly<Record<string, unknown>>;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly sliceMs?: number;
  readonly filePolicy?: FilePolicy;
  readonly foldPolicy?: FoldPolicy;
  readonly queueLimits?: QueueLimits;
  readonly observer?: Observer;
}

let made = 0;

/** What a configuration says of a bucket of the test server. */
export function s3Config(endpoint: string, bucket: string, changes: Readonly<Record<string, unknown>> = {}) {
  return { bucket, region: S3_REGION, endpoint, ...S3_KEYS.reader, ...changes };
}

export async function bucketSource(collections: Collections, options: BucketSourceOptions): Promise<BucketSource> {
  const { endpoint, bucket, s3, config, sliceMs, filePolicy, foldPolicy, queueLimits, observer } = options;
  made += 1;
  const name = `bucket source ${made}`;
  const parsed = parseSourceConfig(
    {
      ...{ name, dataCollection: DATA_COLLECTIONS, collectionMethod: 's3', s3: s3Config(endpoint, bucket, s3) },
      ...config,
    },
    { allowInsecure: true },
  );
  if (!parsed.ok) throw new Error(parsed.mistakes.join('\n'));
  const { _id } = await createSource(collections, await ensureCollector(collections, 'cloud'), name, parsed.value);
  const policies = present({ sliceMs, filePolicy, foldPolicy, queueLimits, observer });
  const source = new BucketSource(_id, { collections, allowInsecure: true, ...policies });
  await source.run(({ initialize }, id) => initialize(id));
  return source;
}

export class BucketSource extends CollectedSource {
  constructor(
    id: number,
    private readonly dependencies: ActivityDependencies,
    collections = dependencies.collections,
  ) {
    super(id, collections, createActivities(dependencies));
  }

  /** The same source, collected by another worker. */
  by(store: Collections, queueLimits?: QueueLimits): BucketSource {
    const changes = present({ queueLimits });
    return new BucketSource(this.id, { ...this.dependencies, ...changes, collections: store }, this.collections);
  }

  /** Changes what its configuration says of the bucket, as an update does, which begins it again. */
  async reconfigure(s3: Readonly<Record<string, unknown>>): Promise<void> {
    const changes = Object.fromEntries(Object.entries(s3).map(([key, value]) => [`config.s3.${key}`, value]));
    await raw(this.collections).sources.updateOne({ _id: this.id }, { $set: changes, $inc: { version: 1 } });
    await this.run(({ initialize }, id) => initialize(id));
  }

  /** The records that are stored, as they were received, in the order of their JSON. */
  async stored(stream: StreamName): Promise<Record<string, unknown>[]> {
    const documents = await raw(this.collections).records(stream).find({ _sourceId: this.id }).toArray();
    return documents.map(vendorRecordOf).toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  }

  quarantined() {
    return raw(this.collections).quarantine.find({ sourceId: this.id }).sort({ place: 1 }).toArray();
  }

  /** What is noted of an object. */
  note(key: string) {
    return raw(this.collections).objects.findOne({ sourceId: this.id, key });
  }
}

/** A record of a SIEM type that differs from others by its number. */
export function siemRecord(number: number, eventType = 'receipt', changes: Readonly<Record<string, unknown>> = {}) {
  const timestamp = Date.UTC(2026, 5, 1) + number * 1_000;
  return { aggregateId: `a${number}`, processingId: `p${number}`, timestamp, eventType, ...changes };
}

export function siemRecords(from: number, to: number, eventType = 'receipt') {
  return Array.from({ length: to - from + 1 }, (_, at) => siemRecord(from + at, eventType));
}

export function ndjson(records: readonly unknown[]): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join('');
}
