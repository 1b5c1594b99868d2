import { beforeEach, describe, expect, test } from 'vitest';
import { BUILTIN_FIELDS } from '../../../src/domain/fields/field-names.js';
import { FieldError, FieldService } from '../../../src/management/fields/field-service.js';
import { createSource } from '../../../src/store/sources.js';
import { collectorDatabase } from '../../support/collector-database.js';
import { ensureCollector } from '../../support/ensure-collector.js';
import { raw } from '../../support/raw-collections.js';

const collections = collectorDatabase();
const service = new FieldService(collections);

beforeEach(async () => {
  await collections.ensureIndexes();
  for (const name of ['fields', 'sources', 'collectors', 'auditTrail'] as const)
    await raw(collections)[name].deleteMany({});
});

async function refusalOf(promise: Promise<unknown>): Promise<Pick<FieldError, 'status' | 'code' | 'message' | 'meta'>> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof FieldError)) throw new Error('it was not refused', { cause: error });
  const { status, code, message, meta } = error;
  return { status, code, message, meta };
}

const names = (fields: readonly { readonly fieldName: string }[]) => fields.map(({ fieldName }) => fieldName);
const sourceWith = async (name: string, fields: Record<string, unknown>) =>
  createSource(collections, await ensureCollector(collections, 'cloud'), name, { name, fields });

describe('a new field', () => {
  test('has its defaults, and is found by its id', async () => {
    const field = await service.create({ fieldName: 'team' });
    expect(field).toEqual({
      fieldName: 'team',
      fieldId: expect.stringMatching(/^[0-9A-F]{16}$/),
      dataType: 'String',
      state: 'Enabled',
    });
    expect(await service.get(field.fieldId)).toEqual(field);
    expect(await service.get(field.fieldId.toLowerCase())).toEqual(field);
    expect(await service.list()).toEqual([field]);
  });

  test('keeps its spelling, and what was sent empty', async () => {
    const request = { fieldName: 'TotallyDifferent', dataType: '', state: '' };
    expect(await service.create(request)).toMatchObject(request);
    expect(await service.list()).toMatchObject([request]);
  });

  test.each([
    ['Long', 'Disabled'],
    ['Boolean', 'Enabled'],
  ])('keeps %s and %s', async (dataType, state) => {
    const { fieldId } = await service.create({ fieldName: 'x', dataType, state });
    expect(await service.get(fieldId)).toMatchObject({ dataType, state });
  });

  test('is refused when the name is taken in whatever case, with the id of the one that has it', async () => {
    const { fieldId } = await service.create({ fieldName: 'Team' });
    for (const fieldName of ['Team', 'team', 'TEAM']) {
      expect(await refusalOf(service.create({ fieldName }))).toEqual({
        status: 400,
        code: 'field:already_exists',
        message: `Field with the given name already exists: "Team" has the ID ${fieldId}.`,
        meta: { id: fieldId },
      });
    }
  });

  test('is made once when many ask for it at once', async () => {
    const results = await Promise.allSettled(Array.from({ length: 8 }, () => service.create({ fieldName: 'race' })));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'field:already_exists' });
    }
  });

  test.each<[string, object, RegExp]>([
    ['built-in', { fieldName: '_sourceCategory' }, /"_sourceCategory" cannot be created: is a built-in field/],
    ['reserved', { fieldName: 'X-Sumo-Fields' }, /is a reserved name/],
    ['empty', { fieldName: '' }, /a field needs a name/],
    ['too long', { fieldName: 'n'.repeat(256) }, /at most 255 characters/],
    ['of odd characters', { fieldName: 'a$b' }, /consists of letters/],
    ['of an unknown type', { fieldName: 'a', dataType: 'Text' }, /dataType that is not one of: String, Long/],
    ['of an unknown state', { fieldName: 'a', state: 'enabled' }, /state that is not one of: Enabled, Disabled/],
  ])('%s is refused', async (_, request, message) => {
    const refusal = await refusalOf(service.create(request as { fieldName: string }));
    expect(refusal).toMatchObject({ status: 400, code: 'field:invalid', message: expect.stringMatching(message) });
    expect(await service.list()).toEqual([]);
  });
});

describe('an unknown id', () => {
  const GONE = {
    status: 404,
    code: 'field:doesnt_exist',
    message: "Field with the given id doesn't exist",
    meta: { id: '00000000000000FF' },
  };
  test.each<[string, (id: string) => Promise<unknown>]>([
    ['get', (id) => service.get(id)],
    ['remove', (id) => service.remove(id)],
    ['enable', (id) => service.setState(id, 'Enabled')],
    ['disable', (id) => service.setState(id, 'Disabled')],
    ['get of the built-in ones', async (id) => service.getBuiltin(id)],
  ])('%s', async (_, call) => {
    expect(await refusalOf(call('00000000000000FF'))).toEqual(GONE);
  });
});

test('a field is disabled, enabled and removed, and its name is free again', async () => {
  const { fieldId } = await service.create({ fieldName: 'team', state: '' });
  for (const state of ['Disabled', 'Enabled', 'Enabled'] as const) {
    await service.setState(fieldId, state);
    expect(await service.get(fieldId)).toMatchObject({ state });
  }
  await service.remove(fieldId);
  await refusalOf(service.get(fieldId));
  const { fieldId: next } = await service.create({ fieldName: 'TEAM' });
  expect(next).not.toBe(fieldId);
});

describe('the built-in fields', () => {
  test('are listed apart and found by their ids', async () => {
    expect(names(service.builtin())).toEqual(BUILTIN_FIELDS);
    expect(new Set(service.builtin().map(({ fieldId }) => fieldId)).size).toBe(BUILTIN_FIELDS.length);
    for (const field of service.builtin()) {
      expect(field.fieldId).toMatch(/^[0-9A-F]{16}$/);
      expect(service.getBuiltin(field.fieldId)).toEqual(field);
    }
    expect(await service.list()).toEqual([]);
  });

  test('can be neither disabled nor deleted', async () => {
    for (const { fieldId } of service.builtin()) {
      expect(await refusalOf(service.setState(fieldId, 'Disabled'))).toMatchObject({ code: 'field:builtin' });
      expect(await refusalOf(service.remove(fieldId))).toMatchObject({ status: 400, code: 'field:builtin' });
    }
  });
});

describe('a field that is used', () => {
  test('by a source or its collector is not removed', async () => {
    const { fieldId } = await service.create({ fieldName: 'Team' });
    const { _id } = await sourceWith('mail', { team: 'a' });
    expect(await refusalOf(service.remove(fieldId))).toMatchObject({
      status: 400,
      code: 'field:in_use',
      message: `The field "Team" cannot be deleted while it is used by source "mail" (${_id}); remove it from their fields first.`,
    });
    await raw(collections).sources.deleteMany({});
    await raw(collections).collectors.updateOne({ name: 'cloud' }, { $set: { fields: { TEAM: 'b' } } });
    expect((await refusalOf(service.remove(fieldId))).message).toMatch(/used by collector "cloud" \(\d+\);/);
    await raw(collections).collectors.updateOne({ name: 'cloud' }, { $unset: { fields: true } });
    await service.remove(fieldId);
  });

  test('by many names a few of them', async () => {
    const { fieldId } = await service.create({ fieldName: 'team' });
    for (let at = 0; at < 8; at += 1) await sourceWith(`s${at}`, { team: 'a' });
    expect((await refusalOf(service.remove(fieldId))).message).toMatch(/"s4" \(\d+\) and 3 more;/);
  });
});

describe('what is dropped', () => {
  test('is what the schema has not, or has disabled, with the sources', async () => {
    expect(await service.dropped()).toEqual([]);
    await service.create({ fieldName: 'known' });
    const off = await service.create({ fieldName: 'off', state: 'Disabled' });
    const a = await sourceWith('a', { Known: 1, off: 2, Other: 3, _siemForward: true, _budget: 'x' });
    const b = await sourceWith('b', { other: 3 });
    await raw(collections).collectors.updateOne({ name: 'cloud' }, { $set: { fields: { zone: 'z' } } });
    expect(await service.dropped()).toEqual([
      { fieldName: 'off', sourceIds: [a._id] },
      { fieldName: 'Other', sourceIds: [a._id, b._id] },
      { fieldName: 'zone', sourceIds: [a._id, b._id] },
    ]);
    await service.setState(off.fieldId, 'Enabled');
    await service.ensure(['OTHER', 'zone']);
    expect(await service.dropped()).toEqual([]);
  });
});

describe('ensure', () => {
  test('adds what is missing, once, and leaves the rest as it is', async () => {
    const off = await service.create({ fieldName: 'Off', state: 'Disabled' });
    const added = await service.ensure(['team', 'TEAM', 'off', 'site', '_siemForward', '_budget'], 'key-1');
    expect(names(added)).toEqual(['TEAM', 'site']);
    expect(await service.ensure(['team', 'site'])).toEqual([]);
    expect(await service.ensure([])).toEqual([]);
    expect(await service.get(off.fieldId)).toEqual(off);
    expect(await raw(collections).fields.findOne({ fieldName: 'site' })).toMatchObject({ createdBy: 'key-1' });
  });

  test('adds nothing when one name is unfit', async () => {
    expect(await refusalOf(service.ensure(['good', 'b$d']))).toMatchObject({ code: 'field:invalid' });
    expect(await service.list()).toEqual([]);
  });

  test('many at once add each field once', async () => {
    const fields = ['a', 'b', 'c'];
    const added = await Promise.all(Array.from({ length: 5 }, () => service.ensure(fields)));
    expect(names(added.flat()).sort()).toEqual(fields);
    expect(names(await service.list())).toEqual(fields);
  });
});

describe('the quota', () => {
  test('counts what people have made, and is kept', async () => {
    expect(await service.quota()).toEqual({ quota: 200, remaining: 200 });
    await raw(collections).fields.insertMany(
      Array.from({ length: 198 }, (_, at) => ({
        _id: at.toString(16).padStart(16, 'F'),
        ...{ fieldName: `f${at}`, key: `f${at}`, dataType: '', state: '', createdAt: new Date(), createdBy: 'test' },
      })),
    );
    expect(await service.quota()).toEqual({ quota: 200, remaining: 2 });
    expect(await refusalOf(service.ensure(['a', 'b', 'c']))).toMatchObject({
      status: 400,
      code: 'field:quota_exceeded',
      message: 'The schema can have 200 fields; 2 more can be added, and this adds 3.',
    });
    expect(names(await service.ensure(['a', 'b', 'f0']))).toEqual(['a', 'b']);
    expect(await refusalOf(service.create({ fieldName: 'c' }))).toMatchObject({ code: 'field:quota_exceeded' });
  });
});

test('each change is noted with who made it', async () => {
  const { fieldId } = await service.create({ fieldName: 'team' }, 'key-1');
  await service.setState(fieldId, 'Disabled', 'key-2');
  await service.remove(fieldId, 'key-3');
  const trail = await raw(collections).auditTrail.find().sort({ at: 1 }).toArray();
  expect(trail).toMatchObject([
    { actor: 'key-1', action: 'field.create', name: 'team', outcome: 'done' },
    { actor: 'key-2', action: 'field.update', from: { state: 'Enabled' }, to: { state: 'Disabled' }, outcome: 'done' },
    { actor: 'key-3', action: 'field.delete', from: { state: 'Disabled' }, outcome: 'done' },
  ]);
});
