/** Alert connections: whom to tell of what, and how the last deliveries went. The target is encrypted as a whole. */

import { ObjectId } from 'mongodb';
import type { AlertChoice, ConnectionType } from '../domain/alerts/connection.js';
import { present } from '../domain/present.js';
import { collection, type Indexes, type Store, unlessTaken } from './driver.js';

export interface ConnectionDocument extends AlertChoice {
  readonly _id: string;
  readonly name: string;
  readonly type: ConnectionType;
  readonly isEnabled: boolean;
  /** JWE of the target's JSON. */
  readonly target: string;
  /** What may be seen of the target. */
  readonly shown: Readonly<Record<string, unknown>>;
  readonly createdAt: Date;
  /** How often it was saved. */
  readonly revision: number;
  /** The revision since which it is told of what was open then. */
  readonly informed?: number;
  /** When a message was last accepted. */
  readonly deliveredAt?: Date;
  /** Why the last message was not; absent once one is. */
  readonly problem?: { readonly at: Date; readonly text: string };
  /** Failed deliveries since the last one that was accepted. */
  readonly failures?: number;
  /** The target is away, or has asked for it: nothing is sent before. */
  readonly pausedUntil?: Date;
  /** Messages that were given up. */
  readonly undelivered?: number;
}

export type ConnectionSettings = AlertChoice & Pick<ConnectionDocument, 'name' | 'isEnabled' | 'target' | 'shown'>;

const connections = collection<ConnectionDocument>('connections');
export const CONNECTION_INDEXES: Indexes = { connections: [{ key: { name: 1 }, unique: true }] };

/** @throws what `taken` makes, when another one has the name. */
export async function insertConnection(
  store: Store,
  settings: ConnectionSettings & Pick<ConnectionDocument, 'type'>,
  taken: () => Error,
): Promise<ConnectionDocument> {
  const document = { ...settings, _id: new ObjectId().toHexString(), createdAt: new Date(), revision: 1 };
  await unlessTaken(() => connections(store).insertOne(document), taken);
  return document;
}

/**
 * Replaces the settings; what waited because of the former ones is due at once.
 *
 * @returns `null` when it was changed or deleted meanwhile.
 * @throws what `taken` makes, when another one has the name.
 */
export function replaceConnection(
  store: Store,
  { _id, revision }: Pick<ConnectionDocument, '_id' | 'revision'>,
  { collectorIds, ...settings }: ConnectionSettings,
  taken: () => Error,
): Promise<ConnectionDocument | null> {
  const $unset = { pausedUntil: true as const, ...(collectorIds === undefined && { collectorIds: true as const }) };
  const $set = { ...settings, ...present({ collectorIds }), revision: revision + 1 };
  return unlessTaken(
    () => connections(store).findOneAndUpdate({ _id, revision }, { $set, $unset }, { returnDocument: 'after' }),
    taken,
  );
}

export function storedConnection(store: Store, _id: string): Promise<ConnectionDocument | null> {
  return connections(store).findOne({ _id });
}

/** The oldest first. */
export function listConnections(store: Store): Promise<ConnectionDocument[]> {
  return connections(store).find().sort({ _id: 1 }).toArray();
}

/** @returns whether there was one. */
export async function deleteConnection(store: Store, _id: string): Promise<boolean> {
  return (await connections(store).deleteOne({ _id })).deletedCount === 1;
}

/** Notes that it was told of what was open when it was saved. */
export async function markInformed(
  store: Store,
  { _id, revision }: Pick<ConnectionDocument, '_id' | 'revision'>,
): Promise<void> {
  await connections(store).updateOne({ _id, revision }, { $set: { informed: revision } });
}

export async function noteAccepted(store: Store, _id: string, at: Date): Promise<void> {
  await connections(store).updateOne(
    { _id },
    { $set: { deliveredAt: at, failures: 0 }, $unset: { problem: true, pausedUntil: true } },
  );
}

export interface FailedDelivery {
  readonly at: Date;
  readonly text: string;
  readonly pausedUntil?: Date;
  /** No more is tried to deliver that message. */
  readonly isGivenUp: boolean;
}

export async function noteFailed(
  store: Store,
  _id: string,
  { at, text, pausedUntil, isGivenUp }: FailedDelivery,
): Promise<void> {
  const $set = { problem: { at, text }, ...present({ pausedUntil }) };
  await connections(store).updateOne({ _id }, { $set, $inc: { failures: 1, undelivered: isGivenUp ? 1 : 0 } });
}

/** Those whose target is not encrypted with the key that stands in the prefix. */
export function staleConnections(
  store: Store,
  prefix: string,
): AsyncIterable<Pick<ConnectionDocument, '_id' | 'name' | 'target'>> {
  return connections(store).find(
    { target: { $not: new RegExp(`^${prefix}`) } },
    { projection: { name: true, target: true } },
  );
}

/** Replaces the target, which encrypts the same one as before. */
export async function sealConnection(store: Store, _id: string, before: string, target: string): Promise<void> {
  await connections(store).updateOne({ _id, target: before }, { $set: { target } });
}
