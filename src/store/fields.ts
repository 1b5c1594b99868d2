/** The schema of fields: the fields that may come onto records, as people have made, enabled and disabled them. */

import { randomBytes } from 'node:crypto';
import { fieldKey } from '../domain/fields/field-names.js';
import type { FieldSpelling, GivenFields } from '../domain/fields/record-fields.js';
import { collectorsWithFields } from './collectors.js';
import { collection, type Indexes, type Store, unlessTaken } from './driver.js';
import { sourceFields } from './sources.js';

export interface FieldDocument {
  /** 16 hexadecimal digits, in capitals. */
  readonly _id: string;
  /** As it was written when it was made. */
  readonly fieldName: string;
  /** The name without its case: unique. */
  readonly key: string;
  /** `String`, `Long`, `Int`, `Double`, `Boolean`, or empty when it was made so. It changes no value. */
  readonly dataType: string;
  /** `Enabled` or `Disabled`; empty, when it was made so, counts as enabled. */
  readonly state: string;
  readonly createdAt: Date;
  readonly createdBy: string;
}

export type NewField = Pick<FieldDocument, 'fieldName' | 'dataType' | 'state' | 'createdBy'>;

const fields = collection<FieldDocument>('fields');
export const FIELD_INDEXES: Indexes = { fields: [{ key: { key: 1 }, unique: true }] };

/** Thrown when the schema has a field of this name already. */
export class FieldExistsError extends Error {
  override readonly name = 'FieldExistsError';
}

/** All of them, by their names. */
export function allFields(store: Store): Promise<FieldDocument[]> {
  return fields(store).find().sort({ key: 1 }).toArray();
}

export function storedField(
  store: Store,
  by: { readonly _id: string } | { readonly key: string },
): Promise<FieldDocument | null> {
  return fields(store).findOne(by);
}

/** Of these keys, those that the schema has. */
export async function knownFieldKeys(store: Store, keys: readonly string[]): Promise<string[]> {
  const found = await fields(store)
    .find({ key: { $in: keys } })
    .toArray();
  return found.map(({ key }) => key);
}

export function countFields(store: Store): Promise<number> {
  return fields(store).countDocuments();
}

/** @throws FieldExistsError */
export async function createField(store: Store, field: NewField): Promise<FieldDocument> {
  const _id = randomBytes(8).toString('hex').toUpperCase();
  const document = { _id, ...field, key: fieldKey(field.fieldName), createdAt: new Date() };
  await unlessTaken(
    () => fields(store).insertOne(document),
    () => new FieldExistsError(field.fieldName),
  );
  return document;
}

export async function setFieldState(store: Store, _id: string, state: string): Promise<void> {
  await fields(store).updateOne({ _id }, { $set: { state } });
}

/** @returns whether it was there. */
export async function removeField(store: Store, _id: string): Promise<boolean> {
  return (await fields(store).deleteOne({ _id })).deletedCount === 1;
}

/** The fields whose values are kept. */
export async function enabledFields(store: Store): Promise<FieldSpelling> {
  const enabled = await fields(store)
    .find({ state: { $ne: 'Disabled' } })
    .toArray();
  return new Map(enabled.map(({ key, fieldName }) => [key, fieldName]));
}

/** What a stored source has for fields, and its collector. */
export interface FieldUse {
  readonly sourceId: number;
  readonly fields: GivenFields;
  readonly collectorFields: GivenFields;
}

/** Of all stored sources. */
export async function fieldUses(store: Store): Promise<FieldUse[]> {
  const [stored, collectors] = await Promise.all([sourceFields(store), collectorsWithFields(store)]);
  const inherited = new Map(collectors.map(({ _id, fields }) => [_id, fields]));
  return stored.map(({ _id, collectorId, config }) => ({
    sourceId: _id,
    fields: config?.fields as GivenFields,
    collectorFields: inherited.get(collectorId),
  }));
}
