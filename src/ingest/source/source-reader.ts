/** Reads a source from the store and holds the clients that its activities share on this worker. */

import { type BucketSecrets, bucketSecretsIn } from '../../config/config-secrets.js';
import {
  type QueueSettings,
  queueSettingsOf,
  readPrefixesOf,
  type SourceConfig,
  WHOLE_BUCKET,
} from '../../config/source-config.js';
import { parseDuration } from '../../domain/duration.js';
import { RawError } from '../../domain/failures/failure.js';
import type { HostDoubts } from '../../domain/failures/host-doubts.js';
import { present } from '../../domain/present.js';
import type { SourceSettings } from '../../domain/streams/outcome.js';
import { type StreamName, streamsOf } from '../../domain/streams/streams.js';
import { MimecastClient } from '../../mimecast/client.js';
import type { RecordMetadata } from '../../records/document.js';
import type { Rules } from '../../rules/compile.js';
import type { MatchCounts } from '../../rules/match-counts.js';
import type { BucketOptions } from '../../s3/bucket.js';
import { type BucketSettings, bucketOptionsOf } from '../../s3/bucket-settings.js';
import { SecretError } from '../../secrets/keyring.js';
import { storedCollector } from '../../store/collectors.js';
import type { PastExportDocument } from '../../store/past-exports.js';
import { storedSource } from '../../store/sources.js';
import type { ExportTarget } from '../export/export-target.js';
import type { ActivityDependencies } from './dependencies.js';
import { FieldSchema } from './field-schema.js';
import { configurationError, ParsedConfigs } from './parsed-configs.js';
import { recordMetadataOf } from './record-metadata.js';
import type { SourceObjects } from './source-objects.js';
import { SourceQueue } from './source-queue.js';
import { StreamKeys } from './stream-keys.js';

/** Everything that an activity needs to know of its source. */
export interface LoadedSource {
  readonly settings: SourceSettings;
  readonly metadata: RecordMetadata;
  /** How far back the very first collection reaches, in milliseconds. */
  readonly backfillMs: number;
  /** Windows end this long before now, in milliseconds: for accounts whose records come late. */
  readonly lagMs: number;
  /** How far each window reaches back into the one before, in milliseconds. */
  readonly overlapMs: number;
  /** @throws RawError in a source that reads a bucket: it has no application. */
  readonly client: MimecastClient;
  /** Where its records lie, of a source that does not ask the API. */
  readonly objects?: SourceObjects;
  /** Where they go, of a source that exports them. */
  readonly exportTo?: ExportTarget;
  readonly baseUrl: string;
  /** Whether this host has given a token before. */
  readonly knownHost: boolean;
  readonly hostDoubts: HostDoubts | undefined;
  /** What becomes of its records before they are stored. */
  readonly rules: Rules;
  /** Which of them match; undefined when there are none. Shared by all that is done for the source on this worker. */
  readonly matches: MatchCounts | undefined;
}

type OpenedBucket = Pick<SourceObjects, 'bucket' | 'queue'>;

export class SourceReader {
  /** One client per source, so that its streams share one token. Replaced when the configuration changes. */
  private readonly clients = new Map<number, { readonly key: string; readonly client: MimecastClient }>();
  private readonly buckets = new Map<string, { readonly key: string; readonly opened: Promise<OpenedBucket> }>();

  private readonly keys = new Map<number, { readonly key: string; readonly keys: SourceObjects['keys'] }>();
  private readonly fields: FieldSchema;
  private readonly configs: ParsedConfigs;

  constructor(private readonly dependencies: ActivityDependencies) {
    this.fields = new FieldSchema(dependencies.collections);
    this.configs = new ParsedConfigs(dependencies.allowInsecure);
  }

  /** @throws RawError with origin `configuration` naming every mistake. */
  async load(sourceId: number): Promise<LoadedSource> {
    const { collections } = this.dependencies;
    const source = await storedSource(collections, { _id: sourceId });
    if (source === null) throw configurationError(`There is no source ${sourceId} in the store; was it removed?`);
    const collector = await storedCollector(collections, { _id: source.collectorId });
    const { config, rules, matches } = this.configs.of(source);
    const streams = streamsOf(config.dataCollection, config.siemTypes);
    const clientOf = () => this.clientOf(sourceId, config, source.secret);
    return {
      settings: {
        sourceId,
        name: source.name,
        collector: collector?.name ?? '',
        streams,
        pollIntervalMs: parseDuration(config.pollInterval) ?? 0,
        ...retryAgain(config),
        version: source.version,
      },
      metadata: await recordMetadataOf(sourceId, config, collector, this.fields),
      backfillMs: parseDuration(config.backfill) ?? 0,
      lagMs: parseDuration(config.lag) ?? 0,
      overlapMs: parseDuration(config.overlap) ?? 0,
      get client() {
        return clientOf();
      },
      ...present({
        objects: await this.objectsOf(sourceId, config, streams, source.secret),
        exportTo: await this.exportOf(sourceId, config, source.exportSecret),
      }),
      baseUrl: config.baseUrl,
      knownHost: source.knownHost === config.baseUrl,
      hostDoubts: source.hostDoubts,
      rules,
      matches,
    };
  }

  /** Where an export of the past goes. */
  async pastTargetOf({ sourceId, target, secret }: PastExportDocument): Promise<Omit<ExportTarget, 'intervalMs'>> {
    const { prefix, form } = target;
    return { ...(await this.bucketOf(`past ${sourceId}`, target, secret)), prefix, form };
  }

  /** Drops what was kept of a source that has ended. */
  forget(sourceId: number): void {
    this.clients.delete(sourceId);
    this.keys.delete(sourceId);
    for (const use of ['read', 'export', 'past'] as const) this.buckets.delete(`${use} ${sourceId}`);
    this.configs.forget(sourceId);
  }

  /** @param secret encrypted; sources saved before there was encryption have theirs in the configuration. */
  private clientOf(
    sourceId: number,
    { baseUrl, clientID, clientSecret }: SourceConfig,
    secret: string | undefined,
  ): MimecastClient {
    if (clientID === undefined || clientSecret === undefined) throw configurationError(NO_APPLICATION);
    const key = JSON.stringify([baseUrl, clientID, secret ?? clientSecret]);
    const kept = this.clients.get(sourceId);
    if (kept?.key === key) return kept.client;
    const { allowInsecure, blipWaitsMs, observer } = this.dependencies;
    const client = new MimecastClient({
      baseUrl,
      clientId: clientID,
      clientSecret: secret === undefined ? clientSecret : () => this.decrypted(secret),
      allowInsecure,
      ...present({ blipWaitsMs, observer }),
    });
    this.clients.set(sourceId, { key, client });
    return client;
  }

  private async objectsOf(
    sourceId: number,
    { collectionMethod, s3 }: SourceConfig,
    streams: readonly StreamName[],
    secret: string | undefined,
  ): Promise<SourceObjects | undefined> {
    if (collectionMethod !== 's3' || s3 === undefined) return undefined;
    const bucketName = [s3.endpoint ?? 'aws', s3.bucket].join(' ');
    const queueOf = async ({ url, compareEveryMs }: QueueSettings, { keys, role }: BucketOptions) => {
      const { allowInsecure, queueLimits, observer } = this.dependencies;
      const { Queue } = await import('../../s3/queue.js');
      const queue = new Queue({ url, region: s3.region, allowInsecure, ...present({ keys, role, observer }) });
      return new SourceQueue(queue, `${bucketName} ${url}`, compareEveryMs, queueLimits);
    };
    const settings = queueSettingsOf(s3);
    const opened = await this.bucketOf(`read ${sourceId}`, s3, secret, async (options) =>
      settings === undefined ? {} : { queue: await queueOf(settings, options) },
    );
    return { ...opened, bucketName, keys: this.keysOf(sourceId, s3, streams), areMixed: s3.prefix !== undefined };
  }

  /** Kept while they stay the same: patterns take time to compile. */
  private keysOf(
    sourceId: number,
    { prefix, prefixes, firstDay, include, exclude }: NonNullable<SourceConfig['s3']>,
    streams: readonly StreamName[],
  ): SourceObjects['keys'] {
    const key = JSON.stringify([streams, prefix, prefixes, firstDay, include, exclude]);
    const kept = this.keys.get(sourceId);
    if (kept?.key === key) return kept.keys;
    const patterns = present({ firstDay, include, exclude });
    const all = [...readPrefixesOf(streams, present({ prefix, prefixes }))];
    const keys = new Map(all.map(([stream, each]) => [stream, new StreamKeys(each, patterns)]));
    this.keys.set(sourceId, { key, keys });
    return keys;
  }

  private async exportOf(
    sourceId: number,
    { export: toBucket }: SourceConfig,
    secret: string | undefined,
  ): Promise<ExportTarget | undefined> {
    if (toBucket === undefined) return undefined;
    const { prefix = '', form, interval } = toBucket;
    return {
      ...(await this.bucketOf(`export ${sourceId}`, toBucket, secret)),
      prefix: prefix === WHOLE_BUCKET ? '' : prefix,
      form,
      intervalMs: parseDuration(interval) ?? 0,
    };
  }

  /**
   * The AWS SDK takes 25 MiB and a third of a second to load, so that only a source that has a bucket loads it.
   *
   * @param use with the source: another one has other credentials.
   */
  private bucketOf(
    use: `${'read' | 'export' | 'past'} ${number}`,
    s3: BucketSettings & Partial<BucketSecrets>,
    secret: string | undefined,
    beside: (options: BucketOptions) => Promise<Omit<OpenedBucket, 'bucket'>> = async () => ({}),
  ): Promise<OpenedBucket> {
    const key = JSON.stringify([s3, secret]);
    const kept = this.buckets.get(use);
    if (kept?.key === key) return kept.opened;
    const { secretAccessKey = '', sessionToken } = s3;
    const secrets = async () =>
      secret === undefined
        ? { secretAccessKey, ...present({ sessionToken }) }
        : bucketSecretsIn(await this.decrypted(secret));
    const { allowInsecure, observer } = this.dependencies;
    const options = bucketOptionsOf(s3, secrets);
    const open = async () => {
      const { Bucket } = await import('../../s3/bucket.js');
      return {
        bucket: new Bucket({ ...options, allowInsecure, ...present({ observer }) }),
        ...(await beside(options)),
      };
    };
    // Kept before it is open: activities that begin at once share it.
    const opening = { key, opened: open() };
    this.buckets.set(use, opening);
    opening.opened.catch(() => this.buckets.get(use) === opening && this.buckets.delete(use));
    return opening.opened;
  }

  /** Called when credentials are used, and at no other time. */
  private async decrypted(secret: string): Promise<string> {
    const { keyring } = this.dependencies;
    try {
      if (keyring === undefined) throw new SecretError('MIMECAST_SECRET_KEYS is not set for this worker');
      return await keyring.decrypt(secret);
    } catch (cause) {
      if (!(cause instanceof SecretError)) throw cause;
      throw new RawError({ origin: 'internal', code: 'SecretKeyMissing', message: cause.message }, { cause });
    }
  }
}

function retryAgain({ retryAgainEvery }: SourceConfig): Pick<SourceSettings, 'retryAgainEveryMs'> {
  const retryAgainEveryMs = retryAgainEvery === undefined ? undefined : parseDuration(retryAgainEvery);
  return retryAgainEveryMs === undefined ? {} : { retryAgainEveryMs };
}

const NO_APPLICATION = 'the source reads a bucket and has no application of Mimecast’s API';
