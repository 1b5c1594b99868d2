/** `?autoAddFields=true`: adds the fields that the schema does not have, and of what is refused none. */

import { Client, Connection } from '@temporalio/client';
import { afterAll, expect, test } from 'vitest';
import { choosePort } from '../../src/runtime/ports.js';
import { apiServer } from '../support/api-server.js';
import { collectionsIn } from '../support/raw-collections.js';
import { testDatabase } from '../support/test-database.js';

const collections = collectionsIn(testDatabase().db);
// Fields need no Temporal, and a source is created without.
const connection = Connection.lazy({ address: `127.0.0.1:${await choosePort(0)}`, interceptors: [] });
afterAll(() => connection.close());
const { api } = apiServer({ collections, client: () => new Client({ connection }) });

const source = (name: string, fields: Readonly<Record<string, string>> = {}) => ({
  source: {
    ...{ schemaRef: { type: 'Mimecast' }, sourceType: 'Universal' },
    config: { name, clientID: 'i', clientSecret: 's', dataCollection: ['dlp'], fields },
  },
});
const collector = (name: string, fields: Readonly<Record<string, string>> = {}) => ({ collector: { name, fields } });

async function newCollector(name: string): Promise<number> {
  return (await api<{ collector: { id: number } }>('POST', 'v1/collectors', { body: collector(name) })).json.collector
    .id;
}
async function newSource(cid: number, name: string): Promise<number> {
  const path = `v1/collectors/${cid}/sources`;
  return (await api<{ source: { id: number } }>('POST', path, { body: source(name) })).json.source.id;
}
async function schema(): Promise<string[]> {
  const { json } = await api<{ data: { fieldName: string }[] }>('GET', 'v1/fields');
  return json.data.map(({ fieldName }) => fieldName).sort();
}

test('of a collector and of a source, made and replaced', async () => {
  const cid = await newCollector('fielded');
  const sid = await newSource(cid, 'fielded');
  const saves = [
    ['POST', 'v1/collectors', collector('another', { team_a: 'x' })],
    ['PUT', `v1/collectors/${cid}`, collector('fielded', { team_b: 'x' })],
    ['POST', `v1/collectors/${cid}/sources`, source('another', { team_c: 'x', team_a: 'y' })],
    ['PUT', `v1/collectors/${cid}/sources/${sid}`, source('fielded', { team_d: 'x' })],
  ] as const;
  for (const [method, path, body] of saves) {
    const { status } = await api(method, `${path}?autoAddFields=true`, { body });
    expect({ method, path, status }).toEqual({ method, path, status: 200 });
  }
  expect(await schema()).toEqual(['team_a', 'team_b', 'team_c', 'team_d']);
});

test('of what is refused, none: unknown, stale, taken, wrong', async () => {
  const before = await schema();
  const cid = await newCollector('refusing');
  const sid = await newSource(cid, 'refusing');
  const [other] = [await newCollector('other'), await newSource(cid, 'taken')];
  const fields = { never_added: 'x' };
  const path = `v1/collectors/${cid}`;
  const refusals: readonly (readonly [number, string, string, unknown, string?])[] = [
    [404, 'POST', 'v1/collectors/987654/sources', source('x', fields)],
    [404, 'PUT', `${path}/sources/987654`, source('x', fields)],
    [404, 'PUT', 'v1/collectors/987654', collector('x', fields)],
    [412, 'PUT', `${path}/sources/${sid}`, source('refusing', fields), '"stale"'],
    [412, 'PUT', path, collector('refusing', fields), '"stale"'],
    [400, 'POST', `${path}/sources`, source('taken', fields)],
    [400, 'POST', `${path}/sources`, source('', fields)],
    [400, 'PUT', `${path}/sources/${sid}`, source('taken', fields)],
    [400, 'POST', 'v1/collectors', collector('refusing', fields)],
    [400, 'PUT', `v1/collectors/${other}`, collector('refusing', fields)],
  ];
  for (const [wanted, method, address, body, ifMatch] of refusals) {
    const headers: Record<string, string> = ifMatch === undefined ? {} : { 'if-match': ifMatch };
    const { status } = await api(method, `${address}?autoAddFields=true`, { body, headers });
    expect({ method, address, status }).toEqual({ method, address, status: wanted });
    expect(await schema()).toEqual(before);
  }
});
