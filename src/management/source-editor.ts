/**
 * Creates and changes sources. What is stored counts: a source is created, or changed, once it is stored, and its workflow
 * follows, at once or, after a crash or while Temporal is away, with the next reconciliation.
 */

import { isDeepStrictEqual } from 'node:util';
import type { Client } from '@temporalio/client';
import { parseSourceFile, SECRET_MASK, type SourceConfig } from '../config/source-config.js';
import type { Keyring } from '../secrets/keyring.js';
import type { Collections, CollectorDocument, SourceDocument } from '../store/collections.js';
import { createSource, NameTakenError, updateSource } from '../store/sources.js';
import { audited } from './audit-trail.js';
import { beingDeleted, changedMeanwhile, invalid, nameTaken, unknownCollector, unknownSource } from './refusals.js';
import { NO_SECRET_YET, seal } from './source-secrets.js';
import { SourceWorkflows } from './source-workflows.js';
import { unlessTemporalIsAway } from './temporal-trouble.js';

export interface SourceEditorOptions {
  readonly collections: Collections;
  readonly client: Client;
  readonly allowInsecure: boolean;
  readonly keyring?: Keyring | undefined;
}

export class SourceEditor {
  private readonly workflows: SourceWorkflows;

  constructor(private readonly options: SourceEditorOptions) {
    this.workflows = new SourceWorkflows(options.client);
  }

  /** @throws CodedRefusal naming every mistake. */
  parse(json: unknown): SourceConfig {
    const parsed = parseSourceFile(json, { allowInsecure: this.options.allowInsecure, keepSecret: true });
    if (!parsed.ok) throw invalid('The configuration is invalid:', parsed.mistakes);
    return parsed.value;
  }

  /** @throws CodedRefusal 404, or 400 with the id of the source that has the name. */
  async get(collectorId: number, sourceId: number): Promise<SourceDocument> {
    const source = await this.options.collections.sources.findOne({ _id: sourceId, collectorId });
    if (source === null) throw unknownSource();
    return source;
  }

  /** @throws CodedRefusal 404 of the collector, 400, or 409 while the collector is being deleted. */
  async create(collectorId: number, json: unknown, actor: string): Promise<SourceDocument> {
    const { collections } = this.options;
    const collector = await this.collectorFor(collectorId);
    const config = this.parse(json);
    const { config: masked, secret } = await seal(config, this.options.keyring);
    if (secret === undefined) throw invalid('The configuration is invalid:', [NO_SECRET_YET]);
    const { name } = config;
    await collections.ensureIndexes();
    await this.refuseTaken(collectorId, name);
    const source = await audited(
      collections,
      { actor, action: 'source.create', collectorId, name, to: masked },
      async () => {
        const result = await this.refusingTaken(collectorId, name, () =>
          createSource(collections, collectorId, name, masked, secret),
        );
        return { result, mark: { sourceId: result._id } };
      },
    );
    await this.refuseLostCollector(source, collector);
    await unlessTemporalIsAway(() => this.workflows.start({ sourceId: source._id, name, collector: collector.name }));
    return source;
  }

  /**
   * Replaces the configuration. The same once more changes nothing, and restarts nothing.
   *
   * @param mayReplace says of the source as it is now whether the caller knows it.
   * @throws CodedRefusal 404, 400, 409 while it is being deleted, 412
   */
  async replace(
    collectorId: number,
    sourceId: number,
    json: unknown,
    actor: string,
    mayReplace: (current: SourceDocument) => boolean = () => true,
  ): Promise<SourceDocument> {
    const { collections, keyring } = this.options;
    const current = await this.get(collectorId, sourceId);
    if (current.deletingAt !== undefined) throw beingDeleted('source', current.name);
    if (!mayReplace(current)) throw changedMeanwhile();
    const config = this.parse(json);
    if (await this.isSame(current, config)) return current;
    const { config: masked, secret } = await seal(config, keyring);
    const { name } = config;
    const entry = { actor, action: 'source.update', collectorId, sourceId, name, from: current.config };
    const to = secret === undefined ? masked : { ...masked, clientSecret: `${SECRET_MASK} (given anew)` };
    const updated = await audited(collections, { ...entry, to }, async () => {
      const result = await this.refusingTaken(collectorId, name, () =>
        updateSource(collections, sourceId, name, masked, secret, current.version),
      );
      if (result === undefined) throw changedMeanwhile();
      return { result };
    });
    await unlessTemporalIsAway(() => this.workflows.signal(sourceId, 'restart'));
    return updated;
  }

  private async collectorFor(collectorId: number): Promise<CollectorDocument> {
    const collector = await this.options.collections.collectors.findOne({ _id: collectorId });
    if (collector === null) throw unknownCollector();
    if (collector.deletingAt !== undefined) throw beingDeleted('collector', collector.name);
    return collector;
  }

  /** The collector may have been deleted while the source was being stored: then the source goes with it. */
  private async refuseLostCollector({ _id }: SourceDocument, { _id: collectorId, name }: CollectorDocument) {
    const { collectors, sources } = this.options.collections;
    const found = await collectors.findOne({ _id: collectorId, deletingAt: { $exists: false } });
    if (found !== null) return;
    await sources.updateOne({ _id }, { $set: { deletingAt: new Date() } });
    throw beingDeleted('collector', name);
  }

  private async isSame({ config, secret }: SourceDocument, wanted: SourceConfig): Promise<boolean> {
    const { clientSecret } = wanted;
    const masked = JSON.parse(JSON.stringify({ ...wanted, clientSecret: SECRET_MASK }));
    if (!isDeepStrictEqual(masked, JSON.parse(JSON.stringify(config)))) return false;
    if (clientSecret === SECRET_MASK) return true;
    const { keyring } = this.options;
    return secret !== undefined && keyring !== undefined && (await keyring.decrypt(secret)) === clientSecret;
  }

  private async refuseTaken(collectorId: number, name: string): Promise<void> {
    const holder = await this.options.collections.sources.findOne({ collectorId, name });
    if (holder !== null) throw nameTaken('source', name, holder._id);
  }

  private async refusingTaken<T>(collectorId: number, name: string, write: () => Promise<T>): Promise<T> {
    try {
      return await write();
    } catch (error) {
      if (!(error instanceof NameTakenError)) throw error;
      const holder = await this.options.collections.sources.findOne({ collectorId, name });
      throw nameTaken('source', name, holder?._id);
    }
  }
}
