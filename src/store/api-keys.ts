/** Who may use the management API. */

import { present } from '../domain/present.js';
import { collection, type Store } from './driver.js';

export interface ApiKeyDocument {
  /** The access ID. */
  readonly _id: string;
  /** scrypt of the access key, hexadecimal. */
  readonly hash: string;
  /** Of the hash, hexadecimal. */
  readonly salt: string;
  readonly role: ApiRole;
  /** For people. */
  readonly label: string;
  readonly createdAt: Date;
  /** Who made it: an access ID, or `cli`. Absent in keys of earlier versions. */
  readonly createdBy?: string;
  /** It works until then. Absent: until it is deleted. */
  readonly expiresAt?: Date;
  /** To within five minutes. Absent: never. */
  readonly lastUsedAt?: Date;
}

/** A use is noted this long after the one before, in milliseconds. */
const USE_NOTED_EVERY_MS = 5 * 60_000;

/** An administrator may do everything, a viewer may read. */
export const API_ROLES = ['administrator', 'viewer'] as const;
export type ApiRole = (typeof API_ROLES)[number];

const apiKeys = collection<ApiKeyDocument>('api_keys');

/** The oldest first. */
export function allKeys(store: Store): Promise<ApiKeyDocument[]> {
  return apiKeys(store).find().sort({ createdAt: 1 }).toArray();
}

/** Whether it works or not. */
export function storedKey(store: Store, _id: string): Promise<ApiKeyDocument | null> {
  return apiKeys(store).findOne({ _id });
}

export interface KeyUse {
  /** Only while this is what is stored. */
  readonly hash?: string;
  readonly now?: Date;
}

/** A key that has not expired. */
export function workingKey(store: Store, _id: string, { hash, now = new Date() }: KeyUse = {}) {
  const works = { $or: [{ expiresAt: { $exists: false } }, { expiresAt: { $gt: now } }] };
  return apiKeys(store).findOne({ _id, ...present({ hash }), ...works });
}

/** Notes that somebody uses it. Nobody is turned away because that cannot be noted. */
export async function noteUse(store: Store, { _id, lastUsedAt }: ApiKeyDocument, now = new Date()): Promise<void> {
  const sinceMs = now.getTime() - (lastUsedAt?.getTime() ?? 0);
  if (sinceMs < USE_NOTED_EVERY_MS) return;
  await apiKeys(store)
    .updateOne({ _id }, { $max: { lastUsedAt: now } })
    .catch(() => undefined);
}

export async function addKey(store: Store, key: ApiKeyDocument): Promise<void> {
  await apiKeys(store).insertOne(key);
}

/** @returns whether it was there. */
export async function removeKey(store: Store, _id: string): Promise<boolean> {
  return (await apiKeys(store).deleteOne({ _id })).deletedCount === 1;
}
