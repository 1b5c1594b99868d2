/**
 * The requests of Sumo Logic's Terraform provider, one after the other as it was seen to send them: create, read, update,
 * delete and import of a collector, a source and a field. Each is made as the provider makes it, and asked what it asks.
 */

import { beforeAll, describe, expect, test } from 'vitest';
import { apiServer } from '../support/api-server.js';
import { e2eStack, sourceFile } from '../support/e2e-stack.js';
import { raw } from '../support/raw-collections.js';
import { until } from '../support/until.js';

const { get: stack, collections } = e2eStack({ historyMs: 600_000, historyRate: 20, rate: 0 });
const { api } = apiServer({ collections, client: () => stack().client });

const AGENT = { 'user-agent': 'SumoLogicTerraformProvider/3.1.0' };

interface Collector {
  readonly id: number;
  readonly name: string;
  readonly description?: string;
  readonly category?: string;
  readonly timeZone: string;
  readonly fields: Readonly<Record<string, string>>;
}

interface Source {
  readonly id: number;
  readonly name?: string;
}

interface Field {
  readonly fieldId: string;
  readonly fieldName: string;
  readonly dataType: string;
  readonly state: string;
}

beforeAll(async () => {
  await stack().startWorker();
});

/** An answer that the provider can read, or the error that it would show. */
async function ask<T>(method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}) {
  const more = body === undefined ? {} : { body };
  const answer = await api<T>(method, path, { ...more, headers: { ...AGENT, ...headers } });
  if (answer.status >= 400) throw new Error(answer.text);
  return answer;
}

/** What the state has of a collector. */
async function readCollector(id: number) {
  const { collector } = (await ask<{ collector: Collector }>('GET', `v1/collectors/${id}`)).json;
  const { name, description = '', category = '', timeZone, fields } = collector;
  return { name, description, category, timeZone, fields };
}

/** An update of the provider begins with a GET for the ETag, which goes back byte for byte. */
async function put(path: string, body: unknown): Promise<void> {
  const etag = (await ask('GET', path)).headers.get('etag') ?? '';
  await ask('PUT', path, body, { 'if-match': etag });
}

const collectorBody = (more: Readonly<Record<string, unknown>>) => ({
  collector: { collectorType: 'Hosted', timeZone: 'Etc/UTC', ephemeral: false, ...more },
});
const sourceBody = (config: Readonly<Record<string, unknown>>, id?: number) => ({
  source: {
    ...(id === undefined ? {} : { id }),
    sourceType: 'Universal',
    config: { ...sourceFile(stack().simulator).source.config, ...config },
    schemaRef: { type: 'Mimecast' },
  },
});

describe('sumologic_collector', () => {
  test('create, read, plan without changes, update, read, delete', async () => {
    const given = { name: 'tf collector', description: 'by Terraform', category: 'email/tf', fields: { team: 'sec' } };
    const created = await ask<{ collector: Collector }>('POST', 'v1/collectors', collectorBody(given));
    const { id } = created.json.collector;
    expect(await readCollector(id)).toEqual({ ...given, timeZone: 'Etc/UTC' });
    // A plan reads again, and what it reads is what is in the state.
    expect(await readCollector(id)).toEqual({ ...given, timeZone: 'Etc/UTC' });

    await put(`v1/collectors/${id}`, collectorBody({ id, name: 'tf collector', timeZone: 'Europe/London' }));
    const cleared = { name: 'tf collector', description: '', category: '', timeZone: 'Europe/London', fields: {} };
    expect(await readCollector(id)).toEqual(cleared);

    await ask('DELETE', `v1/collectors/${id}`);
    const after = await api('GET', `v1/collectors/${id}`, { headers: AGENT });
    expect(after.status).toBe(404);
    expect((await api('DELETE', `v1/collectors/${id}`)).status).toBe(404);
  });

  test.for(['my.coll one', 'a/b', 'plain'])('import of "%s", by id and by name', async (name) => {
    const { json } = await ask<{ collector: Collector }>('POST', 'v1/collectors', collectorBody({ name }));
    const { id } = json.collector;
    expect((await readCollector(id)).name).toBe(name);
    const byName = `v1/collectors/name/${name.replaceAll(' ', '%20')}`;
    expect((await ask<{ collector: Collector }>('GET', byName)).json.collector.id).toBe(id);
    await ask('DELETE', `v1/collectors/${id}`);
    expect((await api('GET', byName)).status).toBe(404);
  });
});

describe('sumologic_cloud_to_cloud_source', () => {
  test('create, read, update at once, plan without changes, import, restart, delete with its collector', async () => {
    const { json } = await ask<{ collector: Collector }>(
      'POST',
      'v1/collectors',
      collectorBody({ name: 'tf sources' }),
    );
    const cid = json.collector.id;
    const created = await ask<{ source: Source }>(
      'POST',
      `v1/collectors/${cid}/sources`,
      sourceBody({ name: 'tf source' }),
    );
    const { id } = created.json.source;
    const path = `v1/collectors/${cid}/sources/${id}`;
    expect((await ask<{ source: Source }>('GET', path)).json.source.id).toBe(id);

    // While it is still Pending: no sleeping in between.
    await put(path, sourceBody({ name: 'tf source', description: 'changed' }, id));
    await ask('GET', path);
    expect((await raw(collections).sources.findOne({ _id: id }))?.config).toMatchObject({ description: 'changed' });
    await until(
      () => stack().service.status(String(id)),
      ({ state, snapshot }) => state === 'Collecting' && snapshot?.version === 2,
    );

    // The import of collectorName/sourceName looks for the name at the top of each source.
    const byName = await ask<{ collector: Collector }>('GET', 'v1/collectors/name/tf%20sources');
    const list = await ask<{ sources: Source[] }>('GET', `v1/collectors/${byName.json.collector.id}/sources`);
    expect(list.json.sources.filter(({ name }) => name === 'tf source').map((source) => source.id)).toEqual([id]);
    // The first plan after an import has one PUT of the same configuration.
    await put(path, sourceBody({ name: 'tf source', description: 'changed' }, id));
    const { snapshot } = await stack().service.status(String(id));
    expect(snapshot?.version).toBe(2);

    await ask('POST', `${path}/action/restart`);
    const restarts = snapshot?.restarts ?? 0;
    await until(
      () => stack().service.status(String(id)),
      (status) => status.state === 'Collecting' && (status.snapshot?.restarts ?? 0) > restarts,
    );

    // One DELETE, no waiting, and the collector's follows.
    await ask('DELETE', path);
    await ask('DELETE', `v1/collectors/${cid}`);
    for (const gone of [path, `v1/collectors/${cid}`])
      await until(
        async () => (await api('GET', gone)).status,
        (status) => status === 404,
      );
  });

  test('what is wrong is reported in the body, which Terraform shows as it is', async () => {
    const { json } = await ask<{ collector: Collector }>(
      'POST',
      'v1/collectors',
      collectorBody({ name: 'tf mistakes' }),
    );
    const path = `v1/collectors/${json.collector.id}/sources`;
    const wrong = sourceBody({ name: '', dataCollection: 'mail', colour: 'red' });
    await expect(ask('POST', path, wrong)).rejects.toThrow(/source\.config\.name.*source\.config\.dataCollection/);
    await ask('POST', path, sourceBody({ name: 'once' }));
    await expect(ask('POST', path, sourceBody({ name: 'once' }))).rejects.toThrow(
      /collectors\.validation\.name\.duplicate.*same name already exists.*has the ID \d+/,
    );
    await ask('DELETE', `v1/collectors/${json.collector.id}`);
  });
});

describe('sumologic_field', () => {
  test('create, read, plan without changes, disable, enable, delete, import by id', async () => {
    const created = await ask<Field>('POST', 'v1/fields', {
      fieldId: '',
      dataType: '',
      state: '',
      fieldName: 'TfField',
    });
    const { fieldId } = created.json;
    const listed = (await ask<{ data: Field[] }>('GET', 'v1/fields')).json.data;
    // It looks for exactly the name that it sent.
    expect(listed.find(({ fieldName }) => fieldName === 'TfField')?.fieldId).toBe(fieldId);
    const field = async () => (await ask<Field>('GET', `v1/fields/${fieldId}`)).json;
    // What nobody has written must come back as nothing, or every plan has a change.
    expect(await field()).toEqual({ fieldId, fieldName: 'TfField', dataType: '', state: '' });

    await ask('DELETE', `v1/fields/${fieldId}/disable`);
    expect((await field()).state).toBe('Disabled');
    const etag = (await ask('GET', `v1/fields/${fieldId}`)).headers.get('etag') ?? '';
    await ask('PUT', `v1/fields/${fieldId}/enable`, 'null', { 'if-match': etag });
    expect((await field()).state).toBe('Enabled');

    const deleted = await ask('DELETE', `v1/fields/${fieldId}`);
    expect({ status: deleted.status, text: deleted.text }).toEqual({ status: 204, text: '' });
    const after = await api('GET', `v1/fields/${fieldId}`);
    expect(after).toMatchObject({ status: 404, json: { errors: [{ code: 'field:doesnt_exist' }] } });
  });

  test('the same name again, in other capitals, is refused', async () => {
    await ask('POST', 'v1/fields', { fieldId: '', dataType: '', state: '', fieldName: 'twice' });
    await expect(ask('POST', 'v1/fields', { fieldName: 'Twice' })).rejects.toThrow(/field:already_exists/);
    const { quota, remaining } = (await ask<{ quota: number; remaining: number }>('GET', 'v1/fields/quota')).json;
    expect(quota - remaining).toBe((await ask<{ data: Field[] }>('GET', 'v1/fields')).json.data.length);
    expect((await ask<{ data: Field[] }>('GET', 'v1/fields/builtin')).json.data.length).toBeGreaterThan(0);
    expect((await ask<{ data: unknown[] }>('GET', 'v1/fields/dropped')).json.data).toEqual([]);
  });
});
