/** The schema of fields: the fields that may come onto records, as people have made, enabled and disabled them. */

import { randomBytes } from 'node:crypto';
import { type Filter, MongoServerError } from 'mongodb';
import { fieldKey } from '../domain/fields/field-names.js';
import type { FieldSpelling, GivenFields } from '../domain/fields/record-fields.js';
import type { Collections, SourceDocument } from './collections.js';

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

/** Thrown when the schema has a field of this name already. */
export class FieldExistsError extends Error {
  override readonly name = 'FieldExistsError';
}

/** @throws FieldExistsError */
export async function createField({ fields }: Collections, field: NewField): Promise<FieldDocument> {
  const _id = randomBytes(8).toString('hex').toUpperCase();
  const document = { _id, ...field, key: fieldKey(field.fieldName), createdAt: new Date() };
  try {
    await fields.insertOne(document);
  } catch (error) {
    if (error instanceof MongoServerError && error.code === 11_000) throw new FieldExistsError(field.fieldName);
    throw error;
  }
  return document;
}

/** The fields whose values are kept. */
export async function enabledFields({ fields }: Collections): Promise<FieldSpelling> {
  const enabled = await fields.find({ state: { $ne: 'Disabled' } }).toArray();
  return new Map(enabled.map(({ key, fieldName }) => [key, fieldName]));
}

/** What a stored source has for fields, and its collector. */
export interface FieldUse {
  readonly sourceId: number;
  readonly name: string;
  readonly fields: GivenFields;
  readonly collectorFields: GivenFields;
}

/** Of all stored sources, or of some. */
export async function fieldUses(
  { sources, collectors }: Collections,
  which: Filter<SourceDocument> = {},
): Promise<FieldUse[]> {
  const [stored, groups] = await Promise.all([
    sources.find(which, { projection: { name: true, collectorId: true, 'config.fields': true } }).toArray(),
    collectors.find({ fields: { $exists: true } }, { projection: { fields: true } }).toArray(),
  ]);
  const inherited = new Map(groups.map(({ _id, fields }) => [_id, fields]));
  return stored.map(({ _id, name, collectorId, config }) => ({
    sourceId: _id,
    name,
    fields: config?.fields as GivenFields,
    collectorFields: inherited.get(collectorId),
  }));
}
