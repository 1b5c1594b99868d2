/** Fields as people manage them: the schema that says which fields come onto records. */

import { FIELD_LIMITS, fieldKey, invalidSchemaFieldReason, isBuiltinField } from '../../domain/fields/field-names.js';
import type { Collections } from '../../store/collections.js';
import { collectorsWithFields } from '../../store/collectors.js';
import {
  allFields,
  countFields,
  createField,
  enabledFields,
  type FieldDocument,
  FieldExistsError,
  fieldUses,
  knownFieldKeys,
  removeField,
  setFieldState,
  storedField,
} from '../../store/fields.js';
import { sourceFields } from '../../store/sources.js';
import { audited, CLI_ACTOR, DONE_BY_ANOTHER } from '../audited.js';
import { BUILTIN, builtinOf, type Field } from './builtin-fields.js';
import {
  FieldError,
  fieldExists,
  fieldInUse,
  fieldIsBuiltin,
  invalidField,
  unknownField,
  wouldExceedQuota,
} from './field-errors.js';
import { type DroppedField, droppedFields, usersOf } from './field-use.js';

export type { Field } from './builtin-fields.js';
export { FieldError } from './field-errors.js';

export const FIELD_TYPES = ['String', 'Long', 'Int', 'Double', 'Boolean'] as const;
export const FIELD_STATES = ['Enabled', 'Disabled'] as const;
export type FieldState = (typeof FIELD_STATES)[number];

export interface FieldRequest {
  readonly fieldName: string;
  /** Of `FIELD_TYPES`, or empty. Default `String`. */
  readonly dataType?: string | undefined;
  /** Of `FIELD_STATES`, or empty. Default `Enabled`. */
  readonly state?: string | undefined;
}

/** All methods throw what MongoDB throws, too. `actor` is who is noted in the audit trail. */
export class FieldService {
  constructor(private readonly collections: Collections) {}

  /** The fields that people have made, by their names. */
  async list(): Promise<Field[]> {
    return (await allFields(this.collections)).map(shown);
  }

  /** @throws FieldError 404 */
  async get(fieldId: string): Promise<Field> {
    const found = await storedField(this.collections, { _id: fieldId.toUpperCase() });
    if (found === null) throw unknownField(fieldId);
    return shown(found);
  }

  builtin(): readonly Field[] {
    return BUILTIN;
  }

  /** @throws FieldError 404 */
  getBuiltin(fieldId: string): Field {
    const found = builtinOf(fieldId);
    if (found === undefined) throw unknownField(fieldId);
    return found;
  }

  /**
   * What is empty stays so, and what is absent gets its default: Terraform takes every other answer for a change.
   *
   * @throws FieldError 400 when the name is taken or unfit, or when the schema is full.
   */
  async create({ fieldName, dataType, state }: FieldRequest, actor = CLI_ACTOR): Promise<Field> {
    const mistake =
      invalidSchemaFieldReason(fieldName) ??
      unfitValue('dataType', dataType, FIELD_TYPES) ??
      unfitValue('state', state, FIELD_STATES);
    if (mistake !== undefined) throw invalidField(fieldName, mistake);
    await this.collections.ensureIndexes();
    const existing = await this.byName(fieldName);
    if (existing !== undefined) throw fieldExists(existing);
    await this.requireRoom(1);
    const wanted = { fieldName, dataType: dataType ?? 'String', state: state ?? 'Enabled', createdBy: actor };
    const entry = { actor, action: 'field.create', name: fieldName, to: wanted };
    try {
      return await audited(this.collections, entry, async () => ({
        result: shown(await createField(this.collections, wanted)),
      }));
    } catch (error) {
      if (!(error instanceof FieldExistsError)) throw error;
      throw fieldExists((await this.byName(fieldName)) ?? { fieldName });
    }
  }

  /**
   * Adds the names that the schema does not have. A disabled field stays disabled.
   *
   * @returns what was added.
   * @throws FieldError 400 when a name is unfit, or when the schema has not enough room; then nothing was added.
   */
  async ensure(names: readonly string[], actor = CLI_ACTOR): Promise<Field[]> {
    const missing = new Map(names.filter((name) => !isBuiltinField(name)).map((name) => [fieldKey(name), name]));
    for (const key of await knownFieldKeys(this.collections, [...missing.keys()])) missing.delete(key);
    for (const name of missing.values()) {
      const mistake = invalidSchemaFieldReason(name);
      if (mistake !== undefined) throw invalidField(name, mistake);
    }
    if (missing.size > 0) await this.requireRoom(missing.size);
    const added: Field[] = [];
    for (const fieldName of missing.values()) added.push(...(await this.createUnlessThere(fieldName, actor)));
    return added;
  }

  /**
   * Removes a field from the schema. What is on records already stays there.
   *
   * @throws FieldError 404, or 400 when it is built-in, or while a source or a collector has the field.
   */
  async remove(fieldId: string, actor = CLI_ACTOR): Promise<void> {
    const { fieldId: _id, ...from } = await this.changeable(fieldId);
    const collectors = await collectorsWithFields(this.collections, { staying: true });
    const sources = await sourceFields(this.collections, { staying: true });
    const users = usersOf(from.fieldName, collectors, sources);
    if (users.length > 0) throw fieldInUse(from.fieldName, users);
    const entry = { actor, action: 'field.delete', name: from.fieldName, from };
    await audited(this.collections, entry, async () => {
      const isMine = await removeField(this.collections, _id);
      return { result: undefined, ...(isMine ? {} : { mark: DONE_BY_ANOTHER }) };
    });
  }

  /**
   * What is stored from then on has the value, or has it not.
   *
   * @throws FieldError 404, or 400 when it is built-in.
   */
  async setState(fieldId: string, state: FieldState, actor = CLI_ACTOR): Promise<void> {
    const { fieldId: _id, ...from } = await this.changeable(fieldId);
    if (from.state === state) return;
    const entry = { actor, action: 'field.update', name: from.fieldName, from, to: { ...from, state } };
    await audited(this.collections, entry, async () => ({
      result: await setFieldState(this.collections, _id, state),
    }));
  }

  async quota(): Promise<{ readonly quota: number; readonly remaining: number }> {
    const used = await countFields(this.collections);
    return { quota: FIELD_LIMITS.schema, remaining: Math.max(0, FIELD_LIMITS.schema - used) };
  }

  /** What stored sources and their collectors have, and the schema has not or has disabled. */
  async dropped(): Promise<DroppedField[]> {
    const [uses, schema] = await Promise.all([fieldUses(this.collections), enabledFields(this.collections)]);
    return droppedFields(uses, schema);
  }

  private async createUnlessThere(fieldName: string, actor: string): Promise<Field[]> {
    try {
      return [await this.create({ fieldName }, actor)];
    } catch (error) {
      if (error instanceof FieldError && error.code === 'field:already_exists') return [];
      throw error;
    }
  }

  private async changeable(fieldId: string): Promise<Field> {
    const builtin = builtinOf(fieldId);
    if (builtin !== undefined) throw fieldIsBuiltin(builtin.fieldName);
    return this.get(fieldId);
  }

  private async byName(fieldName: string): Promise<Field | undefined> {
    const found = await storedField(this.collections, { key: fieldKey(fieldName) });
    return found === null ? undefined : shown(found);
  }

  private async requireRoom(count: number): Promise<void> {
    const { quota, remaining } = await this.quota();
    if (remaining < count) throw wouldExceedQuota(quota, remaining, count);
  }
}

function shown({ _id, fieldName, dataType, state }: FieldDocument): Field {
  return { fieldName, fieldId: _id, dataType, state };
}

function unfitValue(key: string, value: string | undefined, values: readonly string[]): string | undefined {
  const isFit = value === undefined || value === '' || values.includes(value);
  return isFit ? undefined : `has a ${key} that is not one of: ${values.join(', ')}`;
}
