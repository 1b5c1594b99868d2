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
}

/** An administrator may do everything, a viewer may read. */
export const API_ROLES = ['administrator', 'viewer'] as const;
export type ApiRole = (typeof API_ROLES)[number];

const apiKeys = collection<ApiKeyDocument>('api_keys');

/** The oldest first. */
export function allKeys(store: Store): Promise<ApiKeyDocument[]> {
  return apiKeys(store).find().sort({ createdAt: 1 }).toArray();
}

/** @param hash only while this is what is stored. */
export function storedKey(store: Store, _id: string, hash?: string): Promise<ApiKeyDocument | null> {
  return apiKeys(store).findOne({ _id, ...present({ hash }) });
}

export async function addKey(store: Store, key: ApiKeyDocument): Promise<void> {
  await apiKeys(store).insertOne(key);
}

/** @returns whether it was there. */
export async function removeKey(store: Store, _id: string): Promise<boolean> {
  return (await apiKeys(store).deleteOne({ _id })).deletedCount === 1;
}
