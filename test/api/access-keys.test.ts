/** `/accessKeys`: for administrators, told once, and refused at once when they are deleted. */

import { describe, expect, test } from 'vitest';
import { reviewCsv } from '../../src/cli/keys.js';
import { KeyVerifier } from '../../src/management/keys/key-verifier.js';
import { identityOfKey, signInAddress } from '../../src/management/keys/sign-in.js';
import { apiServer } from '../support/api-server.js';
import { collectionsIn, raw, withMethods } from '../support/raw-collections.js';
import { temporalConnection } from '../support/temporal-connection.js';
import { testDatabase } from '../support/test-database.js';

const collections = collectionsIn(testDatabase().db);
const { client } = temporalConnection();
const { api, get } = apiServer({ collections, client: () => client });

interface Made {
  readonly id: string;
  readonly key: string;
  readonly role: string;
  readonly label: string;
}
interface Listed {
  readonly errors: readonly { readonly code: string; readonly message: string }[];
}

async function make(body: unknown) {
  const { status, json, text } = await api<Made>('POST', 'v1/accessKeys', { body });
  if (status !== 200) throw new Error(text);
  return { ...json, asked: { accessId: json.id, accessKey: json.key } };
}

test('a key is made, works in its role, and its secret is shown only once', async () => {
  const viewer = await make({ role: 'viewer', label: 'of a dashboard' });
  expect(viewer).toMatchObject({ role: 'viewer', label: 'of a dashboard', createdAt: expect.any(String) });
  expect((await api('GET', 'v1/collectors', { key: viewer.asked })).status).toBe(200);
  expect((await api('POST', 'v1/fields', { key: viewer.asked, body: { fieldName: 'x' } })).status).toBe(403);
  const { role, label, asked } = await make({});
  expect({ role, label }).toEqual({ role: 'administrator', label: '' });
  expect((await api('POST', 'v1/fields', { key: asked, body: { fieldName: 'x' } })).status).toBe(200);
  const list = await api<{ data: Record<string, unknown>[] }>('GET', 'v1/accessKeys');
  expect(list.json.data.map(({ id }) => id)).toEqual(expect.arrayContaining([viewer.id, get().admin.accessId]));
  for (const shown of list.json.data)
    expect(Object.keys(shown)).toEqual(expect.arrayContaining(['createdAt', 'createdBy', 'id', 'label', 'role']));
  expect(list.text).not.toContain(viewer.key);
  expect(list.text).not.toMatch(/"(hash|salt|key)"/);
});

test('a viewer does not even see them', async () => {
  const { id } = await make({ role: 'viewer' });
  const key = get().viewer;
  for (const [method, path] of [
    ['GET', 'v1/accessKeys'],
    ['HEAD', 'v1/accessKeys'],
    ['POST', 'v1/accessKeys'],
    ['DELETE', `v1/accessKeys/${id}`],
  ] as const) {
    const { status } = await api(method, path, { key, ...(method === 'POST' ? { body: {} } : {}) });
    expect({ method, status }).toEqual({ method, status: 403 });
  }
  expect(await raw(collections).apiKeys.countDocuments({ _id: id })).toBe(1);
});

test('one that is deleted is refused at once, though it has just been used', async () => {
  const { id, asked } = await make({ role: 'viewer' });
  expect((await api('GET', 'v1/collectors', { key: asked })).status).toBe(200);
  const deleted = await api('DELETE', `v1/accessKeys/${id}`);
  expect({ status: deleted.status, text: deleted.text }).toEqual({ status: 204, text: '' });
  expect((await api('GET', 'v1/collectors', { key: asked })).status).toBe(401);
  const again = await api<Listed>('DELETE', `v1/accessKeys/${id}`);
  expect(again).toMatchObject({ status: 404, json: { errors: [{ code: 'accesskey.doesnt_exist' }] } });
});

test('the own one cannot be deleted', async () => {
  const { accessId } = get().admin;
  const { status, json } = await api<Listed>('DELETE', `v1/accessKeys/${accessId}`);
  expect({ status, code: json.errors[0]?.code }).toEqual({ status: 409, code: 'accesskey.in_use' });
  expect((await api('GET', 'v1/accessKeys')).status).toBe(200);
});

test('who made and deleted one stands in the audit trail, without the key', async () => {
  const { id, key } = await make({ label: 'audited' });
  await api('DELETE', `v1/accessKeys/${id}`);
  const trail = await raw(collections).auditTrail.find({ name: id }).sort({ at: 1, _id: 1 }).toArray();
  const actor = get().admin.accessId;
  expect(trail).toMatchObject([
    { action: 'key.create', actor, outcome: 'done', to: { label: 'audited' } },
    { action: 'key.delete', actor, outcome: 'done', from: { label: 'audited' } },
  ]);
  expect(JSON.stringify(trail)).not.toContain(key);
});

describe('a key that expires', () => {
  const inAMinute = () => new Date(Date.now() + 60_000).toISOString();
  /** As if its time had come. */
  const expire = (id: string) => raw(collections).apiKeys.updateOne({ _id: id }, { $set: { expiresAt: new Date() } });
  const list = async (id: string) =>
    (await api<{ data: { id: string }[] }>('GET', 'v1/accessKeys')).json.data.find((key) => key.id === id);

  test('works until then, and is still listed afterward', async () => {
    const expiresAt = inAMinute();
    const { id, asked } = await make({ role: 'viewer', expiresAt });
    expect((await api('GET', 'v1/collectors', { key: asked })).status).toBe(200);
    expect(await list(id)).toMatchObject({ expiresAt });
    await expire(id);
    const later = new KeyVerifier(collections);
    expect(await later.verify(asked)).toBeUndefined();
    expect(await list(id)).toMatchObject({ id });
    expect((await api('DELETE', `v1/accessKeys/${id}`)).status).toBe(204);
  });

  test('is not remembered beyond its end by a server that has just seen it', async () => {
    let now = Date.now();
    const verifier = new KeyVerifier(collections, () => now);
    const { asked } = await make({ expiresAt: new Date(now + 20_000).toISOString() });
    expect(await verifier.verify(asked)).toMatchObject({ role: 'administrator' });
    now += 19_000;
    expect(await verifier.verify(asked)).toMatchObject({ role: 'administrator' });
    now += 2_000;
    expect(await verifier.verify(asked)).toBeUndefined();
  });

  test('ends the sessions that were begun with it', async () => {
    const { id, asked } = await make({ expiresAt: inAMinute() });
    expect(await identityOfKey(collections, id)).toMatchObject({ accessId: asked.accessId });
    await expire(id);
    expect(await identityOfKey(collections, id)).toBeUndefined();
    await expect(signInAddress(collections, get().url, id)).rejects.toThrow('There is no access key');
  });

  test.each([['2020-01-01T00:00:00Z'], ['tomorrow'], ['2030-01-01'], [7]])('is not made with %s', async (expiresAt) => {
    const { status, json } = await api<Listed>('POST', 'v1/accessKeys', { body: { expiresAt } });
    expect(status).toBe(400);
    expect(json.errors[0]?.message).toContain('expiresAt: must be');
  });
});

test('its last use is noted, not with each request', async () => {
  let now = Date.now();
  const verifier = new KeyVerifier(collections, () => now);
  const { id, asked } = await make({ role: 'viewer' });
  const lastUsed = async () => (await raw(collections).apiKeys.findOne({ _id: id }))?.lastUsedAt?.getTime();
  expect(await lastUsed()).toBeUndefined();
  const first = now;
  await verifier.verify(asked);
  expect(await lastUsed()).toBe(first);
  now += 4 * 60_000;
  await verifier.verify(asked);
  expect(await lastUsed()).toBe(first);
  now += 2 * 60_000;
  await verifier.verify(asked);
  expect(await lastUsed()).toBe(now);
  const wrong = { ...asked, accessKey: 'wrong' };
  now += 10 * 60_000;
  await verifier.verify(wrong);
  expect(await lastUsed()).toBe(now - 10 * 60_000);
});

test('a use that cannot be noted turns nobody away', async () => {
  const { asked } = await make({ role: 'viewer' });
  const updateOne = () => Promise.reject(new Error('read only'));
  const failing = withMethods(collections, /^api_keys$/, () => ({ updateOne }));
  expect(await new KeyVerifier(failing).verify(asked)).toMatchObject({ role: 'viewer' });
});

test('the access review has a line per key, which runs nothing in a spreadsheet', () => {
  const key = { role: 'viewer', createdAt: new Date(0) } as const;
  const text = reviewCsv(
    [
      { ...key, accessId: 'mc1', label: '=HYPERLINK("x")', createdBy: 'cli', expiresAt: new Date(5) },
      { ...key, accessId: 'mc2', label: 'a,b', lastUsedAt: new Date(7) },
      { ...key, accessId: 'mc3', label: '', expiresAt: new Date(11) },
    ],
    new Date(10),
  );
  expect(text.split('\n')).toEqual([
    'accessId,role,label,createdAt,createdBy,expiresAt,lastUsedAt,state',
    `mc1,viewer,"'=HYPERLINK(""x"")",1970-01-01T00:00:00.000Z,cli,1970-01-01T00:00:00.005Z,,expired`,
    'mc2,viewer,"a,b",1970-01-01T00:00:00.000Z,,,1970-01-01T00:00:00.007Z,works',
    'mc3,viewer,,1970-01-01T00:00:00.000Z,,1970-01-01T00:00:00.011Z,,works',
  ]);
});
