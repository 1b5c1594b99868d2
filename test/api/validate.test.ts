/** `validate`: every mistake of a configuration, and whether Mimecast gives a token; the stored secret goes nowhere else. */

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startSimulator } from '../../simulator/simulator.js';
import { choosePort } from '../../src/runtime/ports.js';
import { Keyring } from '../../src/secrets/keyring.js';
import { apiServer } from '../support/api-server.js';
import { sourceFile } from '../support/e2e-stack.js';
import { collectionsIn, raw } from '../support/raw-collections.js';
import { testDatabase } from '../support/test-database.js';

const collections = collectionsIn(testDatabase().db);
const simulator = await startSimulator({ historyMs: 600_000, historyRate: 20, rate: 0 });
// A trial needs no Temporal, and a source is created without.
const connection = Connection.lazy({ address: `127.0.0.1:${await choosePort(0)}`, interceptors: [] });
afterAll(async () => {
  await connection.close();
  await simulator.close();
});
const { api } = apiServer({ collections, client: () => new Client({ connection }) });

let sources = '';
beforeAll(async () => {
  const { json } = await api<{ collector: { id: number } }>('POST', 'v1/collectors', {
    body: { collector: { name: 'tried out' } },
  });
  sources = `v1/collectors/${json.collector.id}/sources`;
});

async function newSource(name: string): Promise<number> {
  const body = sourceFile(simulator, { name });
  return (await api<{ source: { id: number } }>('POST', sources, { body })).json.source.id;
}

const validate = async (config: Readonly<Record<string, unknown>>, id?: number) => {
  const { source } = sourceFile(simulator, config);
  const given = { source: { ...source, ...(id === undefined ? {} : { id }) } };
  const { status, json } = await api('POST', `${sources}/validate`, { body: given });
  expect(status).toBe(200);
  return json;
};

test('of a good configuration gets a token and saves nothing', async () => {
  const before = await raw(collections).sources.countDocuments();
  expect(await validate({ name: 'tried' })).toEqual({
    valid: true,
    mistakes: [],
    connection: { ok: true, ms: expect.any(Number) },
  });
  expect(await raw(collections).sources.countDocuments()).toBe(before);
});

test('of a bad one names every mistake', async () => {
  const { valid, mistakes, connection } = await validate({ name: '', pollInterval: 'often' });
  expect({ valid, connection }).toEqual({ valid: false, connection: undefined });
  expect(mistakes).toEqual([
    expect.stringContaining('source.config.name'),
    expect.stringContaining('source.config.pollInterval'),
  ]);
});

test('of wrong credentials, or a host that is away, is a result and no error', async () => {
  expect(await validate({ name: 'tried', clientSecret: 'wrong' })).toMatchObject({
    valid: true,
    connection: { ok: false, errorType: 'ThirdPartyConfig', errorInfo: expect.stringContaining('client ID') },
  });
  expect(await validate({ name: 'tried', baseUrl: 'http://127.0.0.1:9' })).toMatchObject({
    valid: true,
    connection: { ok: false, errorType: 'ThirdPartyGeneric' },
  });
});

test('with the mask uses the stored secret of the source that is named', async () => {
  const sid = await newSource('with a secret');
  expect(await validate({ name: 'with a secret', clientSecret: '********' }, sid)).toMatchObject({
    valid: true,
    connection: { ok: true },
  });
  expect(await validate({ name: 'with a secret', clientSecret: '********' })).toMatchObject({
    valid: false,
    mistakes: [expect.stringContaining(`source ${sid}`), expect.stringContaining('clientSecret')],
  });
});

test('with the mask sends the stored secret nowhere else, nor for another client', async () => {
  const sid = await newSource('of one host');
  const heard: string[] = [];
  const listener = createServer((request, response) => {
    heard.push(request.url ?? '');
    response.end('{}');
  });
  await once(listener.listen(0, '127.0.0.1'), 'listening');
  const elsewhere = `http://127.0.0.1:${(listener.address() as AddressInfo).port}`;
  for (const other of [{ baseUrl: elsewhere }, { clientID: 'somebody else' }]) {
    const { valid, mistakes, connection } = await validate(
      { name: 'of one host', clientSecret: '********', ...other },
      sid,
    );
    expect({ valid, mistakes, connection }).toEqual({
      valid: false,
      mistakes: [expect.stringMatching(/clientSecret.*enter the secret itself/)],
      connection: undefined,
    });
  }
  expect(heard).toEqual([]);
  const given = await validate({ name: 'of one host', clientSecret: 'given', baseUrl: elsewhere }, sid);
  expect(given).toMatchObject({ valid: true, connection: { ok: false } });
  expect(heard.length).toBeGreaterThan(0);
  await new Promise((resolve) => listener.close(resolve));
});

test('with a key that is lost is a mistake that names it', async () => {
  const sid = await newSource('of a lost key');
  const lost = await Keyring.parse(Keyring.newKey()).encrypt('sim-secret-1');
  await raw(collections).sources.updateOne({ _id: sid }, { $set: { secret: lost } });
  expect(await validate({ name: 'of a lost key', clientSecret: '********' }, sid)).toEqual({
    valid: false,
    mistakes: [expect.stringContaining('which is not in MIMECAST_SECRET_KEYS')],
  });
});
