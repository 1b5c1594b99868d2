/** Alert connections as commands and API offer them. */

import { randomBytes, randomUUID } from 'node:crypto';
import { opened } from '../../alerts/deliver.js';
import { DeliveryError } from '../../alerts/delivery-error.js';
import { send } from '../../alerts/send.js';
import {
  type ConnectionChange,
  type ConnectionInput,
  connectionChange,
  connectionInput,
  readConnection,
  readTarget,
} from '../../config/connection-schema.js';
import { CONNECTION_LIMITS, shownTarget, type Target } from '../../domain/alerts/connection.js';
import { parseDuration } from '../../domain/duration.js';
import { present } from '../../domain/present.js';
import { type Keyring, SecretError } from '../../secrets/keyring.js';
import type { Collections } from '../../store/collections.js';
import { collectorNames } from '../../store/collectors.js';
import {
  type ConnectionDocument,
  type ConnectionSettings,
  deleteConnection,
  insertConnection,
  listConnections,
  replaceConnection,
  storedConnection,
} from '../../store/connections.js';
import { countPending, deleteNotifications, sendPendingNow } from '../../store/notifications.js';
import { audited, CLI_ACTOR } from '../audited.js';
import { CodedRefusal } from '../common/errors.js';
import { changedMeanwhile } from '../refusals.js';
import { invalidConnection, nameTaken, noSuchConnection, tooMany } from './connection-errors.js';
import { mergedTarget, targetMistakes } from './connection-target.js';
import { type ShownConnection, shownConnection } from './shown-connection.js';

export interface SavedConnection extends ShownConnection {
  /** Of a webhook whose secret was made here: shown only once. */
  readonly secret?: string;
}

/** What a target said to a test. */
export interface TestResult {
  readonly isAccepted: boolean;
  /** Its answer, or why there is none. */
  readonly answer: string;
}

export interface ConnectionAccess {
  readonly collections: Collections;
  readonly keyring?: Keyring | undefined;
  readonly allowInsecure: boolean;
  readonly alertHosts: ReadonlySet<string>;
}

export interface ConnectionChangeOptions {
  /** Default: the command line. */
  readonly actor?: string;
  /** Whether the caller knows the connection as it is now. Default: yes. */
  readonly mayChange?: (current: Pick<ShownConnection, 'id' | 'revision'>) => boolean;
}

export class ConnectionService {
  constructor(private readonly access: ConnectionAccess) {}

  /** @throws RefusedError naming each mistake. */
  async create(json: unknown, actor = CLI_ACTOR): Promise<SavedConnection> {
    const { collections } = this.access;
    const read = readConnection(connectionInput, json);
    if ('mistakes' in read) throw invalidConnection(read.mistakes);
    const input: ConnectionInput = read.value;
    const { target, secret } = await this.targetOf(input.type, input.target);
    await this.refuseUnknown(input.collectorIds);
    await collections.ensureIndexes();
    if ((await listConnections(collections)).length >= CONNECTION_LIMITS.connections) throw tooMany();
    const settings = { ...(await this.settingsOf(input, target)), type: input.type };
    const { name } = input;
    const entry = { actor, action: 'connection.create', name, to: auditedOf(settings) };
    const made = await audited(collections, entry, async () => ({
      result: await insertConnection(collections, settings, () => nameTaken(name)),
    }));
    return { ...(await this.shown(made)), ...present({ secret }) };
  }

  /** @throws RefusedError naming each mistake. @throws CodedRefusal 404, 409 for a name that is taken, 412 */
  async update(idOrName: string, json: unknown, options: ConnectionChangeOptions = {}): Promise<SavedConnection> {
    const { actor = CLI_ACTOR, mayChange = () => true } = options;
    const { collections } = this.access;
    const current = await this.find(idOrName);
    if (!mayChange({ id: current._id, revision: current.revision })) throw changedMeanwhile('connection');
    const read = readConnection(connectionChange, json);
    if ('mistakes' in read) throw invalidConnection(read.mistakes);
    const change: ConnectionChange = read.value;
    const { target, secret } = await this.changedTarget(current, change.target);
    await this.refuseUnknown(change.collectorIds ?? undefined);
    const settings = await this.settingsOf({ ...currentInput(current), ...present(change) }, target);
    const { name } = settings;
    const entry = { actor, action: 'connection.update', name, from: auditedOf(current), to: auditedOf(settings) };
    const saved = await audited(collections, entry, async () => {
      const result = await replaceConnection(collections, current, settings, () => nameTaken(name));
      if (result === null) throw changedMeanwhile('connection');
      return { result };
    });
    if (saved.isEnabled) await sendPendingNow(collections, saved._id, new Date());
    else await deleteNotifications(collections, saved._id);
    return { ...(await this.shown(saved)), ...present({ secret }) };
  }

  async list(): Promise<ShownConnection[]> {
    return Promise.all((await listConnections(this.access.collections)).map((each) => this.shown(each)));
  }

  /** @throws CodedRefusal 404 */
  async get(idOrName: string): Promise<ShownConnection> {
    return this.shown(await this.find(idOrName));
  }

  /** Sends a message that says that it is a test, at once. @throws CodedRefusal 404 */
  async test(idOrName: string, actor = CLI_ACTOR): Promise<TestResult> {
    const { collections, allowInsecure, alertHosts } = this.access;
    const { name, target } = await this.find(idOrName);
    return audited<TestResult>(collections, { actor, action: 'connection.test', name }, async () => {
      const id = randomUUID();
      const message = { id, alertId: id, kind: 'test', at: new Date().toISOString(), problems: [] } as const;
      const { signal } = new AbortController();
      try {
        const sealed = await opened(this.keyring(), target);
        const answer = await send(sealed, message, { allowInsecure, alertHosts, connection: name, signal });
        return { result: { isAccepted: true, answer } };
      } catch (error) {
        if (!(error instanceof DeliveryError || error instanceof SecretError)) throw error;
        return {
          result: { isAccepted: false, answer: error.message },
          mark: { outcome: 'failed', reason: error.message },
        };
      }
    });
  }

  /** @throws CodedRefusal 404 */
  async remove(idOrName: string, actor = CLI_ACTOR): Promise<{ readonly id: string }> {
    const { collections } = this.access;
    const { _id: id, name } = await this.find(idOrName);
    await audited(collections, { actor, action: 'connection.delete', name }, async () => {
      await deleteConnection(collections, id);
      return { result: await deleteNotifications(collections, id) };
    });
    return { id };
  }

  private async targetOf(type: Target['type'], given: Readonly<Record<string, unknown>>) {
    const secret = type === 'webhook' && given.secret === undefined ? randomBytes(32).toString('base64url') : undefined;
    const read = readTarget(type, { ...given, ...present({ secret }) });
    const mistakes = 'mistakes' in read ? read.mistakes : targetMistakes(read.target, this.access);
    if ('mistakes' in read || mistakes.length > 0) throw invalidConnection(mistakes);
    return { target: read.target, secret };
  }

  private async changedTarget(current: ConnectionDocument, given: ConnectionChange['target']) {
    const stored = await opened(this.keyring(), current.target);
    if (given === undefined) return { target: stored, secret: undefined };
    const merged = mergedTarget(stored, given);
    if ('mistakes' in merged) throw invalidConnection(merged.mistakes);
    return this.targetOf(current.type, merged.target);
  }

  private async settingsOf(
    { name, severityLevel, collectorIds, groupingWindow, isEnabled }: CommonInput,
    target: Target,
  ): Promise<ConnectionSettings> {
    return {
      ...{ name, severityLevel, isEnabled, groupingWindowMs: parseDuration(groupingWindow) ?? 0 },
      ...present({ collectorIds: collectorIds ?? undefined }),
      target: await this.keyring().encrypt(JSON.stringify(target)),
      shown: shownTarget(target),
    };
  }

  private async refuseUnknown(collectorIds: readonly number[] = []): Promise<void> {
    if (collectorIds.length === 0) return;
    const known = await collectorNames(this.access.collections);
    const unknown = collectorIds.filter((id) => !known.has(id));
    if (unknown.length > 0) throw invalidConnection([`collectorIds: there is no collector ${unknown.join(', ')}`]);
  }

  private keyring(): Keyring {
    const { keyring } = this.access;
    if (keyring === undefined)
      throw new CodedRefusal(
        400,
        'connection.keys.missing',
        'MIMECAST_SECRET_KEYS is not set, so targets can be neither encrypted nor read.',
      );
    return keyring;
  }

  private async shown(document: ConnectionDocument): Promise<ShownConnection> {
    return shownConnection(document, await countPending(this.access.collections, document._id));
  }

  /** @throws CodedRefusal */
  private async find(idOrName: string): Promise<ConnectionDocument> {
    const { collections } = this.access;
    const found = /^[0-9a-f]{24}$/.test(idOrName)
      ? await storedConnection(collections, idOrName)
      : (await listConnections(collections)).find(({ name }) => name === idOrName);
    if (!found) throw noSuchConnection(idOrName);
    return found;
  }
}

type CommonInput = Omit<ConnectionInput, 'type' | 'target' | 'collectorIds'> & {
  readonly collectorIds?: readonly number[] | null | undefined;
};

function currentInput({ name, severityLevel, collectorIds, groupingWindowMs, isEnabled }: ConnectionDocument) {
  return { name, severityLevel, isEnabled, groupingWindow: `${groupingWindowMs}ms`, ...present({ collectorIds }) };
}

/** For the audit trail: without what nobody may see of the target. */
function auditedOf(settings: Omit<ConnectionSettings, 'target'> & { readonly target?: unknown }) {
  const { name, severityLevel, collectorIds, groupingWindowMs, isEnabled, shown } = settings;
  return { name, severityLevel, groupingWindowMs, isEnabled, target: shown, ...present({ collectorIds }) };
}
