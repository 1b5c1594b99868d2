/**
 * Creates and changes sources. What is stored counts: a source is created, or changed, once it is stored, and its workflow
 * follows, at once or, after a crash or while Temporal is away, with the next reconciliation.
 */

import { isDeepStrictEqual } from 'node:util';
import type { Client } from '@temporalio/client';
import {
  EXPORT_SECRET_PATH,
  exportSecretOf,
  hasExportSecret,
  secretOf,
  secretPath,
  withoutSecrets,
} from '../../config/config-secrets.js';
import {
  parseSourceConfig,
  parseSourceFile,
  SECRET_PLACEHOLDER,
  type SourceConfig,
} from '../../config/source-config.js';
import { isObject } from '../../domain/json.js';
import { present } from '../../domain/present.js';
import type { Keyring } from '../../secrets/keyring.js';
import type { AuditMark } from '../../store/audit-trail.js';
import type { Collections } from '../../store/collections.js';
import { type CollectorDocument, stayingCollectors, storedCollector } from '../../store/collectors.js';
import { beginExport } from '../../store/exports.js';
import { likelyNextId } from '../../store/ids.js';
import {
  createSource,
  NameTakenError,
  type SecretChange,
  type SourceDocument,
  storedSource,
  updateSource,
} from '../../store/sources.js';
import { audited } from '../audited.js';
import { wakeExport } from '../exports/export-workflows.js';
import { FieldService } from '../fields/field-service.js';
import { beingDeleted, changedMeanwhile, invalid, nameTaken, unknownCollector, unknownSource } from '../refusals.js';
import { unlessTemporalIsAway } from '../temporal/temporal-errors.js';
import { SourceRemoval } from './source-removal.js';
import { noSecretYet, seal } from './source-secrets.js';
import { SourceWorkflows } from './source-workflows.js';

export interface SourceEditorOptions {
  readonly collections: Collections;
  readonly client: Client;
  readonly allowInsecure: boolean;
  readonly keyring?: Keyring | undefined;
}

/** Of a change that names no version, when others change the same source at the same time. */
const MAX_ATTEMPTS = 5;
const INVALID = 'The configuration is invalid:';
const CHANGED_BY_ANOTHER: AuditMark = { outcome: 'failed', reason: 'It was changed at the same time' };

export interface SaveOptions {
  /** Who is noted in the audit trail. */
  readonly actor: string;
  /** Adds the fields that the schema does not have; of what is refused, none. */
  readonly addFields?: boolean;
}

export interface ReplaceOptions extends SaveOptions {
  /** Says of the source as it is now whether the caller knows it; default yes. */
  readonly mayReplace?: (current: SourceDocument) => boolean;
}

export class SourceEditor {
  private readonly workflows: SourceWorkflows;
  private readonly removal: SourceRemoval;

  constructor(private readonly options: SourceEditorOptions) {
    this.workflows = new SourceWorkflows(options);
    this.removal = new SourceRemoval(options);
  }

  /** @throws CodedRefusal naming every mistake. */
  parse(json: unknown): SourceConfig {
    const parsed = parseSourceFile(json, { allowInsecure: this.options.allowInsecure, keepSecret: true });
    if (!parsed.ok) throw invalid(INVALID, parsed.mistakes);
    return parsed.value;
  }

  /** @throws CodedRefusal 404, or 400 with the id of the source that has the name. */
  async get(collectorId: number, sourceId: number): Promise<SourceDocument> {
    const source = await storedSource(this.options.collections, { _id: sourceId, collectorId });
    if (source === null) throw unknownSource();
    return source;
  }

  /**
   * @throws CodedRefusal 404 of the collector, 400, or 409 while the collector is being deleted, or when a workflow of
   * another installation has the ID that the source's would get.
   */
  async create(collectorId: number, json: unknown, options: SaveOptions): Promise<SourceDocument> {
    const { collections } = this.options;
    const { actor } = options;
    const collector = await this.collectorFor(collectorId);
    const config = this.parse(json);
    const { config: withoutSecret, secrets } = await seal(config, this.options.keyring);
    refuseMissing(config, secrets);
    const { name } = config;
    await collections.ensureIndexes();
    await this.refuseTaken(collectorId, name);
    await unlessTemporalIsAway(async () => this.workflows.refuseAnother(await likelyNextId(collections, 'source')));
    await this.ensureFields(config, options);
    const source = await audited(
      collections,
      { actor, action: 'source.create', collectorId, name, to: withoutSecret },
      async () => {
        const result = await this.refusingTaken(collectorId, name, () =>
          createSource(collections, collectorId, name, withoutSecret, {
            ...present({ secret: secrets.secret, exportSecret: secrets.exportSecret ?? undefined }),
          }),
        );
        return { result, mark: { sourceId: result._id } };
      },
    );
    await this.refuseLostCollector(source, collector, actor);
    await this.beginExport(source._id, config);
    await unlessTemporalIsAway(() => this.workflows.start({ sourceId: source._id, name, collector: collector.name }));
    await unlessTemporalIsAway(() => wakeExport(this.options, source._id));
    return source;
  }

  /**
   * Replaces the configuration. The same once more changes nothing, and restarts nothing.
   *
   * @throws CodedRefusal 404, 400, 409 while it is being deleted, 412
   */
  async replace(
    collectorId: number,
    sourceId: number,
    json: unknown,
    options: ReplaceOptions,
  ): Promise<SourceDocument> {
    for (let attempts = 1; ; attempts += 1) {
      const updated = await this.replaceOnce(collectorId, sourceId, json, options);
      if (updated !== undefined) return updated;
      // Changed between reading and writing: only who said which version is meant has to know.
      if (options.mayReplace !== undefined || attempts === MAX_ATTEMPTS) throw changedMeanwhile();
    }
  }

  /** @returns `undefined` when it was changed meanwhile. */
  private async replaceOnce(
    collectorId: number,
    sourceId: number,
    json: unknown,
    options: ReplaceOptions,
  ): Promise<SourceDocument | undefined> {
    const { collections, keyring } = this.options;
    const { actor, mayReplace = () => true } = options;
    const current = await this.get(collectorId, sourceId);
    if (current.deletingAt !== undefined) throw beingDeleted('source', current.name);
    if (!mayReplace(current)) throw changedMeanwhile();
    const config = this.parse(json);
    refuseOtherOrigin(current, config);
    if (config.name !== current.name) await this.refuseTaken(collectorId, config.name);
    await this.ensureFields(config, options);
    if (await this.isSame(current, config)) return current;
    const { config: withoutSecret, secrets } = await seal(config, keyring);
    const { name } = config;
    const entry = { actor, action: 'source.update', collectorId, sourceId, name, from: current.config };
    const mark = (secret: string | null | undefined) =>
      secret === undefined || secret === null ? SECRET_PLACEHOLDER : `${SECRET_PLACEHOLDER} (changed)`;
    const to = withoutSecrets(config, mark(secrets.secret), mark(secrets.exportSecret));
    const updated = await audited(collections, { ...entry, to }, async () => {
      const result = await this.refusingTaken(collectorId, name, () =>
        updateSource(collections, sourceId, name, withoutSecret, secrets, current.version),
      );
      return { result, ...(result === null ? { mark: CHANGED_BY_ANOTHER } : {}) };
    });
    if (updated === null) return undefined;
    await this.beginExport(sourceId, config);
    await unlessTemporalIsAway(() => this.workflows.signal(sourceId, 'restart'));
    const hasExported = current.config.export !== undefined;
    await unlessTemporalIsAway(() => wakeExport(this.options, sourceId, hasExported));
    return updated;
  }

  /** From here on all records are exported, however late a worker begins to. */
  private async beginExport(sourceId: number, { export: target }: SourceConfig): Promise<void> {
    if (target !== undefined) await beginExport(this.options.collections, sourceId);
  }

  private async ensureFields({ fields }: SourceConfig, { actor, addFields = false }: SaveOptions): Promise<void> {
    if (addFields) await new FieldService(this.options.collections).ensure(Object.keys(fields ?? {}), actor);
  }

  private async collectorFor(collectorId: number): Promise<CollectorDocument> {
    const collector = await storedCollector(this.options.collections, { _id: collectorId });
    if (collector === null) throw unknownCollector();
    if (collector.deletingAt !== undefined) throw beingDeleted('collector', collector.name);
    return collector;
  }

  /** The collector may have been deleted while the source was being stored: then the source goes with it. */
  private async refuseLostCollector(
    source: SourceDocument,
    { _id: collectorId, name }: CollectorDocument,
    actor: string,
  ): Promise<void> {
    if ((await stayingCollectors(this.options.collections, [collectorId])).has(collectorId)) return;
    await this.removal.markSource(source, actor);
    throw beingDeleted('collector', name);
  }

  private async isSame({ config, secret, exportSecret }: SourceDocument, wanted: SourceConfig): Promise<boolean> {
    // Stored earlier, it may hold keys that are empty, which now are left out.
    const known = parseSourceConfig(config, { allowInsecure: true, keepSecret: true });
    const stored = known.ok ? withoutSecrets(known.value) : config;
    if (!isDeepStrictEqual(asStored(withoutSecrets(wanted)), asStored(stored))) return false;
    return (await this.isSecret(secretOf(wanted), secret)) && this.isSecret(exportSecretOf(wanted), exportSecret);
  }

  private async isSecret(plain: string | undefined, stored: string | undefined): Promise<boolean> {
    if (plain === undefined) return true;
    return stored !== undefined && (await this.options.keyring?.isOf(stored, plain)) === true;
  }

  private async refuseTaken(collectorId: number, name: string): Promise<void> {
    const holder = await storedSource(this.options.collections, { collectorId, name });
    if (holder !== null) throw nameTaken('source', name, holder._id);
  }

  private async refusingTaken<T>(collectorId: number, name: string, write: () => Promise<T>): Promise<T> {
    try {
      return await write();
    } catch (error) {
      if (!(error instanceof NameTakenError)) throw error;
      const holder = await storedSource(this.options.collections, { collectorId, name });
      throw nameTaken('source', name, holder?._id);
    }
  }
}

function asStored(config: Readonly<Record<string, unknown>>): unknown {
  return JSON.parse(JSON.stringify(config));
}

/** What a source has read, and the secret that is stored for it, belong to where its records come from. */
function refuseOtherOrigin({ config: stored, secret, exportSecret }: SourceDocument, config: SourceConfig): void {
  const { collectionMethod = 'api', s3 } = config;
  const before = stored.collectionMethod ?? 'api';
  if (before !== collectionMethod) {
    const message = `source.config.collectionMethod: cannot be changed from "${before}"; create another source`;
    throw invalid(INVALID, [message]);
  }
  refuseOtherExportKey(stored, exportSecret, config);
  const isKept = collectionMethod === 's3' && secretPath(config) !== undefined && secretOf(config) === undefined;
  if (!isKept) return;
  const isOfKey = secret !== undefined && isObject(stored.s3) && stored.s3.accessKeyId === s3?.accessKeyId;
  if (!isOfKey) throw invalid(INVALID, [noSecretYet(config)]);
}

function refuseOtherExportKey(
  { export: stored }: SourceDocument['config'],
  secret: string | undefined,
  config: SourceConfig,
): void {
  if (!hasExportSecret(config) || exportSecretOf(config) !== undefined) return;
  const isOfKey = secret !== undefined && isObject(stored) && stored.accessKeyId === config.export?.accessKeyId;
  if (!isOfKey) throw invalid(INVALID, [noSecretYet(config, EXPORT_SECRET_PATH)]);
}

/** A mask in a new source stands for nothing. */
function refuseMissing(config: SourceConfig, { secret, exportSecret }: SecretChange): void {
  const paths = [
    ...(secret === undefined && secretPath(config) !== undefined ? [secretPath(config)] : []),
    ...(exportSecret === undefined && hasExportSecret(config) ? [EXPORT_SECRET_PATH] : []),
  ];
  if (paths.length > 0)
    throw invalid(
      INVALID,
      paths.map((path) => noSecretYet(config, path)),
    );
}
