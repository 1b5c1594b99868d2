/** `/accessKeys`: for administrators, told once, and refused at once when they are deleted. */

import { expect, test } from 'vitest';
import { apiServer } from '../support/api-server.js';
import { collectionsIn, raw } from '../support/raw-collections.js';
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
  for (const shown of list.json.data) expect(Object.keys(shown).sort()).toEqual(['createdAt', 'id', 'label', 'role']);
  expect(list.text).not.toContain(viewer.key);
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
