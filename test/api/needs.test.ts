/**
 * What Sumo Logic's Terraform provider needs of a server: every row of the table *Needs* in the facts about it, by its
 * number.
 */

import { beforeAll, expect, test } from 'vitest';
import { buildApp } from '../../src/api/app.js';
import { assembleServices } from '../../src/api/assemble.js';
import { KeyVerifier } from '../../src/management/keys/key-verifier.js';
import { choosePort } from '../../src/runtime/ports.js';
import { collectionsOf } from '../../src/store/collections.js';
import { openDatabase } from '../../src/store/database.js';
import { apiServer, call } from '../support/api-server.js';
import { e2eStack, sourceFile } from '../support/e2e-stack.js';
import { raw } from '../support/raw-collections.js';
import { testKeyring } from '../support/test-keyring.js';
import { until } from '../support/until.js';

const { get: stack, collections } = e2eStack({ historyMs: 600_000, historyRate: 20, rate: 0 });
const { api, get } = apiServer({ collections, client: () => stack().client });

interface Shown {
  readonly id: number;
  readonly [key: string]: unknown;
}
interface OneCollector {
  readonly collector: Shown;
}
interface OneSource {
  readonly source: Shown & { readonly config: Readonly<Record<string, unknown>>; readonly state: { state: string } };
}

beforeAll(async () => {
  await stack().startWorker();
});

let made = 0;
/** As the provider writes it. */
const body = (config: Readonly<Record<string, unknown>>) => ({
  source: {
    sourceType: 'Universal',
    config: { ...sourceFile(stack().simulator).source.config, pollInterval: '1m', ...config },
    schemaRef: { type: 'Mimecast' },
  },
});

async function newCollector(more: Readonly<Record<string, unknown>> = {}): Promise<number> {
  made += 1;
  const collector = {
    collectorType: 'Hosted',
    name: `Collector ${made}`,
    timeZone: 'Etc/UTC',
    ephemeral: false,
    ...more,
  };
  const { json, text } = await api<OneCollector>('POST', 'v1/collectors', { body: { collector } });
  if (json?.collector === undefined) throw new Error(text);
  return json.collector.id;
}

async function newSource(cid: number, config: Readonly<Record<string, unknown>> = {}): Promise<number> {
  made += 1;
  const given = body({ name: `Source ${made}`, ...config });
  const { json, text } = await api<OneSource>('POST', `v1/collectors/${cid}/sources`, { body: given });
  if (json?.source === undefined) throw new Error(text);
  return json.source.id;
}

const pathOf = (cid: number, sid: number) => `v1/collectors/${cid}/sources/${sid}`;
const read = (cid: number, sid: number) => api<OneSource>('GET', pathOf(cid, sid));
const inState = (cid: number, sid: number, wanted: string) =>
  until(
    async () => (await read(cid, sid)).json.source,
    (source) => source?.state.state === wanted,
  );
const gone = (path: string) =>
  until(
    async () => (await api('GET', path)).status,
    (status) => status === 404,
  );

test('1: ids are numbers, and no number overflows 32 bits', async () => {
  const cid = await newCollector();
  const sid = await newSource(cid);
  const collector = (await api<OneCollector>('GET', `v1/collectors/${cid}`)).json.collector;
  const { source } = (await read(cid, sid)).json;
  expect([collector.id, source.id]).toEqual([cid, sid]);
  expect([typeof cid, typeof sid]).toEqual(['number', 'number']);
  for (const object of [collector, source]) {
    expect(object).not.toHaveProperty('lastSeenAlive');
    expect(object).not.toHaveProperty('cutoffTimestamp');
    for (const value of Object.values(object)) if (typeof value === 'number') expect(value).toBeLessThan(2 ** 31);
  }
});

test('2: schemaRef.type is a text and config is as it was given', async () => {
  const cid = await newCollector();
  const sid = await newSource(cid, { name: 'Whole', category: 'a/b', fields: { _siemForward: false } });
  const { source } = (await read(cid, sid)).json;
  expect(source).toMatchObject({
    schemaRef: { type: 'Mimecast' },
    sourceType: 'Universal',
    config: { name: 'Whole', category: 'a/b', fields: { _siemForward: false }, clientID: 'sim-client-1' },
  });
});

/** While Temporal is away: without-temporal.test.ts. */
test('3: 404 means gone and only that: while the store is away, everything is 503', async () => {
  const cid = await newCollector();
  const sid = await newSource(cid);
  const uri = `mongodb://127.0.0.1:${await choosePort(0)}/`;
  const away = openDatabase({ uri, name: 'away', serverSelectionTimeoutMs: 100 });
  const blind = assembleServices({
    collections: collectionsOf(away),
    client: stack().client,
    allowInsecure: true,
    keyring: testKeyring,
  });
  const app = await buildApp({ services: { ...blind, verifier: new KeyVerifier(collections) } });
  const server = { url: await app.listen({ host: '127.0.0.1', port: 0 }), admin: get().admin };
  for (const path of [
    'v1/collectors',
    `v1/collectors/${cid}`,
    `v1/collectors/name/x`,
    pathOf(cid, sid),
    'v1/sources',
  ]) {
    const { status, headers, json } = await call(server, 'GET', path);
    expect({ path, status, code: json.code }).toEqual({ path, status: 503, code: 'service.unavailable' });
    expect(headers.get('retry-after')).toBe('5');
    expect(json.message).toContain('MongoDB');
  }
  const collector = { collector: { name: 'While it is away' } };
  const writes: readonly (readonly [string, string, unknown?])[] = [
    ['POST', 'v1/collectors', collector],
    ['PUT', `v1/collectors/${cid}`, collector],
    ['DELETE', `v1/collectors/${cid}`],
    ['POST', `v1/collectors/${cid}/sources`, body({ name: 'While it is away' })],
    ['PUT', pathOf(cid, sid), body({ name: 'While it is away' })],
    ['DELETE', pathOf(cid, sid)],
    ...['restart', 'stop', 'start', 'collectNow'].map(
      (name) => ['POST', `${pathOf(cid, sid)}/action/${name}`] as const,
    ),
  ];
  for (const [method, path, given] of writes) {
    const { status } = await call(server, method, path, given === undefined ? {} : { body: given });
    expect({ method, path, status }).toEqual({ method, path, status: 503 });
  }
  for (const [method, path] of [
    ['GET', 'v1/healthEvents'],
    ['GET', 'v1/fields/FFFFFFFFFFFFFFFF'],
    ['DELETE', 'v1/fields/FFFFFFFFFFFFFFFF'],
    ['PUT', 'v1/fields/FFFFFFFFFFFFFFFF/enable'],
  ] as const)
    expect((await call(server, method, path)).json).toMatchObject({ errors: [{ code: 'service.unavailable' }] });
  await app.close();
  await away.close();
});

test('4: the ETag of a GET is good for the PUT, whatever the state does in between', async () => {
  const cid = await newCollector();
  const sid = await newSource(cid, { name: 'Tagged' });
  const etag = (await read(cid, sid)).headers.get('etag') ?? '';
  expect(etag).toMatch(/^"[0-9a-f]{32}"$/);
  await inState(cid, sid, 'Collecting');
  expect((await read(cid, sid)).headers.get('etag')).toBe(etag);
  const put = async (description: string, ifMatch: string) => {
    const headers = { 'if-match': ifMatch };
    return api('PUT', pathOf(cid, sid), { body: body({ name: 'Tagged', description }), headers });
  };
  expect((await put('first', etag)).status).toBe(200);
  const stale = await put('second', etag);
  expect({ status: stale.status, code: stale.json.code }).toEqual({ status: 412, code: 'collectors.etag.mismatch' });
  const next = (await read(cid, sid)).headers.get('etag');
  expect(next).not.toBe(etag);
  expect((await put('third', `W/${next}`)).status).toBe(200);
  expect((await put('fourth', '')).status).toBe(200);
});

test('4: If-Match may be a star or a list of tags, and one without any tag matches none', async () => {
  const cid = await newCollector();
  const sid = await newSource(cid, { name: 'Listed' });
  const objects = {
    [pathOf(cid, sid)]: (description: string) => body({ name: 'Listed', description }),
    [`v1/collectors/${cid}`]: (description: string) => ({ collector: { name: 'Listed', description } }),
  };
  for (const [path, bodyOf] of Object.entries(objects)) {
    const statuses: number[] = [];
    for (const [index, ifMatch] of ['*', ' * ', '"a", TAG', 'W/"a",W/TAG', '"a","b"', ',', '"*"', 'TAGx'].entries()) {
      const etag = (await api('GET', path)).headers.get('etag') ?? '';
      const headers = { 'if-match': ifMatch.replace('TAG', etag) };
      statuses.push((await api('PUT', path, { body: bodyOf(String(index)), headers })).status);
    }
    expect({ path, statuses }).toEqual({ path, statuses: [200, 200, 200, 200, 412, 412, 412, 412] });
  }
});

test('5: PUT replaces: what is absent is cleared', async () => {
  const cid = await newCollector({ description: 'd', category: 'c', fields: { a: '1' } });
  const before = (await api<OneCollector>('GET', `v1/collectors/${cid}`)).json.collector;
  const collector = { id: cid, collectorType: 'Hosted', name: before.name, timeZone: 'Etc/UTC', ephemeral: false };
  await api('PUT', `v1/collectors/${cid}`, { body: { collector } });
  const after = (await api<OneCollector>('GET', `v1/collectors/${cid}`)).json.collector;
  expect(after).toMatchObject({ fields: {} });
  expect(Object.keys(after)).not.toEqual(expect.arrayContaining(['description']));
  expect(Object.keys(after)).not.toEqual(expect.arrayContaining(['category']));
  const sid = await newSource(cid, { name: 'Cleared', description: 'd', category: 'c', fields: { a: '1' } });
  await api('PUT', pathOf(cid, sid), { body: body({ name: 'Cleared' }) });
  const { config } = (await read(cid, sid)).json.source;
  for (const key of ['description', 'category', 'fields']) expect(config[key] ?? undefined, key).toBeUndefined();
});

test('6: the PUT of a collector needs none of what is transient', async () => {
  const cid = await newCollector();
  const collector = { id: cid, name: 'Only what is configured', collectorType: 'Hosted' };
  expect((await api('PUT', `v1/collectors/${cid}`, { body: { collector } })).status).toBe(200);
});

test('7: ephemeral is taken for hosted collectors', async () => {
  const cid = await newCollector({ ephemeral: false });
  expect((await api('GET', `v1/collectors/${cid}`)).status).toBe(200);
});

test('8: the time zone comes back letter for letter, and the values of fields as texts', async () => {
  const cid = await newCollector({ timeZone: 'Etc/UTC', fields: { port: 25, on: true, word: 'x' } });
  expect((await api<OneCollector>('GET', `v1/collectors/${cid}`)).json.collector).toMatchObject({
    timeZone: 'Etc/UTC',
    fields: { port: '25', on: 'true', word: 'x' },
  });
});

test('9: the secret is masked, and the mask in a PUT keeps it', async () => {
  const cid = await newCollector();
  const sid = await newSource(cid, { name: 'Masked' });
  const { json, text } = await read(cid, sid);
  expect(json.source.config.clientSecret).toBe('********');
  expect(text).not.toContain('sim-secret');
  const before = await raw(collections).sources.findOne({ _id: sid });
  const config = { ...json.source.config, description: 'edited' };
  const edited = await api('PUT', pathOf(cid, sid), { body: { source: { ...json.source, config } } });
  expect(edited.status).toBe(200);
  const after = await raw(collections).sources.findOne({ _id: sid });
  expect(await testKeyring.decrypt(after?.secret ?? '')).toBe('sim-secret-1');
  expect(after?.version).toBe((before?.version ?? 0) + 1);
  await inState(cid, sid, 'Collecting');
  const created = await api('POST', `v1/collectors/${cid}/sources`, {
    body: body({ name: 'No secret', clientSecret: '********' }),
  });
  expect({ status: created.status, message: created.json.message }).toEqual({
    status: 400,
    message: expect.stringContaining('clientSecret'),
  });
});

test('10: values that Terraform has turned into texts are taken', async () => {
  const cid = await newCollector();
  const sid = await newSource(cid, { name: 'Texts', fields: { _siemForward: 'true', number: '6' } });
  expect((await read(cid, sid)).json.source.config.fields).toMatchObject({ number: '6' });
  const refused = await api('POST', `v1/collectors/${cid}/sources`, {
    body: body({ name: 'Wrong', pollInterval: 'x' }),
  });
  expect(refused.json.message).toContain('source.config.pollInterval');
});

test('11: the PUT after an import is no change: nothing restarts, and no position is lost', async () => {
  const cid = await newCollector();
  const sid = await newSource(cid, { name: 'Imported' });
  await inState(cid, sid, 'Collecting');
  const { source } = body({ name: 'Imported' });
  const before = await read(cid, sid);
  const again = await api('PUT', pathOf(cid, sid), { body: { source: { ...source, id: sid } } });
  expect(again.status).toBe(200);
  expect(again.headers.get('etag')).toBe(before.headers.get('etag'));
  const status = await stack().service.status(String(sid));
  expect(status).toMatchObject({ state: 'Collecting', snapshot: { restarts: 0, version: 1 } });
});

test('11: a PUT that says null or nothing of what was absent is none either', async () => {
  const cid = await newCollector();
  const sid = await newSource(cid, { name: 'Sparse' });
  const { etag } = Object.fromEntries((await read(cid, sid)).headers);
  for (const empty of [null, '']) {
    const config = { name: 'Sparse', description: empty, category: empty, backfill: '24h' };
    const { status, headers, text } = await api('PUT', pathOf(cid, sid), { body: body(config) });
    expect({ empty, status, text: status === 200 ? '' : text }).toEqual({ empty, status: 200, text: '' });
    expect(headers.get('etag')).toBe(etag);
  }
  const nulls = { fields: null, filters: null, hashAlgorithm: null };
  const put = await api('PUT', pathOf(cid, sid), { body: body({ name: 'Sparse', ...nulls }) });
  expect({ status: put.status, etag: put.headers.get('etag') }).toEqual({ status: 200, etag });
  expect((await raw(collections).sources.findOne({ _id: sid }))?.version).toBe(1);
});

test('12: a version in schemaRef, which the provider refuses itself, does no harm', async () => {
  const cid = await newCollector();
  const { source } = body({ name: 'Versioned' });
  const given = { source: { ...source, schemaRef: { type: 'Mimecast', version: 'latest' } } };
  const { status } = await api('POST', `v1/collectors/${cid}/sources`, { body: given });
  expect(status).toBe(200);
});

test('13: DELETE is answered while the source is Stopping, and the collector can be deleted then', async () => {
  const cid = await newCollector();
  const sid = await newSource(cid);
  await inState(cid, sid, 'Collecting');
  const statuses = [
    (await api('DELETE', pathOf(cid, sid))).status,
    (await api('DELETE', `v1/collectors/${cid}`)).status,
  ];
  expect(statuses).toEqual([200, 200]);
  await gone(pathOf(cid, sid));
  await gone(`v1/collectors/${cid}`);
  expect((await raw(collections).sources.findOne({ _id: sid })) ?? 'gone').toBe('gone');
});

test('14: what is wrong with a request is 400, never 5xx', async () => {
  const cid = await newCollector();
  for (const given of ['{', '[]', 'null', '"x"', '{"source":7}', '{"source":{"config":[]}}', '{"__proto__":{"x":1}}']) {
    const { status, json } = await api('POST', `v1/collectors/${cid}/sources`, { body: given });
    expect({ given, status }).toEqual({ given, status: 400 });
    expect(json).toMatchObject({ status: 400, code: expect.any(String), message: expect.any(String) });
  }
  const wrongFields = [[], 'x', { a: { b: 1 } }, { a: null }, { '': 'x' }, { a: 'v'.repeat(201) }, { a: '1', A: '2' }];
  for (const fields of [...wrongFields, Object.fromEntries(Array.from({ length: 11 }, (_, n) => [`f${n}`, '1']))]) {
    const collector = { collector: { name: 'Wrong fields', fields } };
    for (const [method, path] of [
      ['POST', 'v1/collectors'],
      ['PUT', `v1/collectors/${cid}`],
    ] as const) {
      const { status, json } = await api(method, path, { body: collector });
      expect({ fields, status }).toEqual({ fields, status: 400 });
      expect(json.message).toContain('fields');
    }
    const { status } = await api('POST', `v1/collectors/${cid}/sources`, { body: body({ name: 'Wrong', fields }) });
    expect({ fields, status }).toEqual({ fields, status: 400 });
  }
  const sid = await newSource(cid);
  const forged = Buffer.from('[{"$regularExpression":{"pattern":"(","options":""}},"x"]').toString('base64url');
  const lists = ['v1/auditTrail', 'v1/healthEvents', `${pathOf(cid, sid)}/gaps`, `${pathOf(cid, sid)}/quarantine`];
  for (const list of lists)
    for (const token of ['x', '%00', forged]) {
      const { status } = await api('GET', `${list}?token=${token}`);
      expect({ list, token, status }).toEqual({ list, token, status: 400 });
    }
});

test('a source can be updated in every state but Stopping', async () => {
  const cid = await newCollector();
  const sid = await newSource(cid, { name: 'At once' });
  const put = (config: Readonly<Record<string, unknown>>) => api('PUT', pathOf(cid, sid), { body: body(config) });
  expect((await put({ name: 'At once', description: 'while Pending' })).status).toBe(200);
  expect((await put({ name: 'At once', clientSecret: 'wrong' })).status).toBe(200);
  const error = await until(
    async () => (await read(cid, sid)).json.source,
    ({ state }) => state.state === 'Error' && 'errorInfo' in state,
  );
  expect(error.state).toMatchObject({
    state: 'Error',
    errorType: 'THIRD-PARTY-CONFIG',
    errorInfo: expect.stringContaining('secret'),
    errorCode: expect.any(String),
  });
  expect((await put({ name: 'At once', description: 'mended' })).status).toBe(200);
  await inState(cid, sid, 'Collecting');
  await api('POST', `${pathOf(cid, sid)}/action/stop`);
  await inState(cid, sid, 'Stopped');
  expect((await put({ name: 'At once', description: 'while stopped' })).status).toBe(200);
  expect((await read(cid, sid)).json.source.state.state).toBe('Stopped');
  await raw(collections).sources.updateOne({ _id: sid }, { $set: { deletingAt: new Date() } });
  const refused = await put({ name: 'At once', description: 'too late' });
  expect({ status: refused.status, code: refused.json.code }).toEqual({
    status: 409,
    code: 'collectors.source.stopping',
  });
});
