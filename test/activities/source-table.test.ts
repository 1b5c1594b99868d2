/** The table of configuration keys of Sumo Logic's Mimecast Source page: from the JSON to what stands on the records. */

import { setTimeout as pause } from 'node:timers/promises';
import type { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Simulator, startSimulator } from '../../simulator/simulator.js';
import { createActivities } from '../../src/activities/index.js';
import { parseSourceFile } from '../../src/config/source-config.js';
import { DATA_COLLECTIONS, SIEM_STREAMS, STREAMS, type StreamName } from '../../src/domain/streams/streams.js';
import { FieldService } from '../../src/management/fields/field-service.js';
import { createSource } from '../../src/store/sources.js';
import { activityEnvironment } from '../support/collected-source.js';
import { collectorDatabase } from '../support/collector-database.js';
import { ensureCollector } from '../support/ensure-collector.js';
import { raw } from '../support/raw-collections.js';
import { SMALL_WORLD } from '../support/simulated-source.js';

const collections = collectorDatabase();
const fields = new FieldService(collections);
/** One worker for all tests. */
const activities = createActivities({ collections, allowInsecure: true });
/** How long a worker may go by a copy of the schema. */
const SCHEMA_AGE_MS = 3_500;
let simulator: Simulator;
let made = 0;

beforeAll(async () => {
  simulator = await startSimulator(SMALL_WORLD);
  await fields.ensure(['team', 'Site', 'zone', 'team2']);
  await fields.create({ fieldName: 'off', state: 'Disabled' });
});
afterAll(() => simulator.close());

const run = <R>(work: () => Promise<R>, environment: MockActivityEnvironment = activityEnvironment()): Promise<R> =>
  environment.run<[], R, () => Promise<R>>(work);

interface Wish {
  readonly config?: object;
  /** Set on its collector, which is its own. */
  readonly collector?: object;
}

/** A source from its whole JSON file, initialized. @returns its id. */
async function sourceFrom({ config = {}, collector = {} }: Wish): Promise<number> {
  made += 1;
  const [tenant] = simulator.tenants;
  const parsed = parseSourceFile(
    {
      'api.version': 'v1',
      source: {
        config: {
          name: `mail ${made}`,
          clientID: tenant?.clientId,
          clientSecret: tenant?.clientSecret,
          dataCollection: DATA_COLLECTIONS,
          baseUrl: simulator.url,
          ...config,
        },
        schemaRef: { type: 'Mimecast' },
        sourceType: 'Universal',
      },
    },
    { allowInsecure: true },
  );
  if (!parsed.ok) throw new Error(parsed.mistakes.join('\n'));
  const collectorId = await ensureCollector(collections, `cloud ${made}`);
  await raw(collections).collectors.updateOne({ _id: collectorId }, { $set: { name: `cloud ${made}`, ...collector } });
  const { _id } = await createSource(collections, collectorId, parsed.value.name, { ...parsed.value });
  await run(() => activities.initialize(_id));
  return _id;
}

/** The documents of a stream after it was collected. */
async function collected(sourceId: number, stream: StreamName = 'journal') {
  await run(() => activities.collect(sourceId, stream));
  const documents = await raw(collections).records(stream).find({ _sourceId: sourceId }).toArray();
  expect(documents.length).toBeGreaterThan(0);
  return documents;
}

/** A key as all records of the source have it. */
async function onRecords(wish: Wish, key: string): Promise<unknown> {
  const documents = await collected(await sourceFrom(wish));
  const values = new Set(documents.map((document) => JSON.stringify(document[key])));
  expect(values.size).toBe(1);
  return documents[0]?.[key];
}

describe('name, category and description', () => {
  test('the name is _source', async () => {
    expect(await onRecords({ config: { name: ' Süd-Region 2 ' } }, '_source')).toBe('Süd-Region 2');
  });

  test('the collector is _collector', async () => {
    expect(await onRecords({ collector: { name: 'a/b' } }, '_collector')).toBe('a/b');
  });

  test.each<[string, Wish, string | undefined]>([
    ['of the source', { config: { category: 'email/mimecast' } }, 'email/mimecast'],
    ['of the collector', { collector: { category: 'email' } }, 'email'],
    ['of both', { config: { category: 'email/mimecast' }, collector: { category: 'email' } }, 'email/mimecast'],
    ['empty', { config: { category: '' }, collector: { category: 'email' } }, 'email'],
    ['null', { config: { category: null } }, undefined],
    ['of neither', {}, undefined],
  ])('_sourceCategory %s', async (_, wish, category) => {
    expect(await onRecords(wish, '_sourceCategory')).toBe(category);
  });

  test('the description is stored, and on no record', async () => {
    const sourceId = await sourceFrom({ config: { description: 'Mail gateway\nof example.com' } });
    expect(await raw(collections).sources.findOne({ _id: sourceId })).toMatchObject({
      config: { description: 'Mail gateway\nof example.com' },
    });
    expect(JSON.stringify(await collected(sourceId))).not.toContain('Mail gateway');
  });
});

describe('fields', () => {
  test.each<[string, Wish, object]>([
    ['none', {}, {}],
    ['of the source', { config: { fields: { team: 'a', Site: 5 } } }, { team: 'a', Site: '5' }],
    ['of the collector', { collector: { fields: { team: 'a' } } }, { team: 'a' }],
    [
      'the source over the collector',
      { config: { fields: { TEAM: 'a' } }, collector: { fields: { team: 'b', zone: 'z' } } },
      { team: 'a', zone: 'z' },
    ],
    ['unknown and disabled ones dropped', { config: { fields: { team: 'a', other: 'b', off: 'c' } } }, { team: 'a' }],
  ])('%s', async (_, wish, expected) => {
    expect(await onRecords(wish, '_fields')).toEqual(expected);
  });

  test('what is dropped is listed', async () => {
    const sourceId = await sourceFrom({ config: { fields: { 'never.seen': 'x' } } });
    expect(await fields.dropped()).toContainEqual({ fieldName: 'never.seen', sourceIds: [sourceId] });
  });

  test('a field that was added comes onto the very next records', async () => {
    const sourceId = await sourceFrom({ config: { fields: { prompt: 'x' } } });
    expect((await collected(sourceId, 'receipt'))[0]?._fields).toEqual({});
    await fields.ensure(['prompt']);
    expect((await collected(sourceId, 'process'))[0]?._fields).toEqual({ prompt: 'x' });
  });

  test('a change of the schema, and of the collector, takes effect without a restart', async () => {
    const sourceId = await sourceFrom({ config: { fields: { late: 'x', team2: 'y' } } });
    expect((await collected(sourceId, 'receipt'))[0]).toMatchObject({ _fields: { team2: 'y' } });
    await fields.ensure(['late']);
    const { fieldId = '' } = (await fields.list()).find(({ fieldName }) => fieldName === 'team2') ?? {};
    await fields.setState(fieldId, 'Disabled');
    await raw(collections).collectors.updateOne(
      { name: `cloud ${made}` },
      { $set: { fields: { zone: 'z' }, category: 'c' } },
    );
    await pause(SCHEMA_AGE_MS);
    const [document] = await collected(sourceId, 'process');
    expect(document?._fields).toEqual({ late: 'x', zone: 'z' });
    expect(document?._sourceCategory).toBe('c');
    expect((await collected(sourceId, 'receipt'))[0]?._fields).toEqual({ team2: 'y' });
  });
});

describe('Forward to SIEM', () => {
  const EVENT_ID: Readonly<Record<StreamName, string>> = {
    ...{ receipt: 'receipt', process: 'process', delivery: 'delivery', journal: 'jrnl', av: 'av', spam: 'spam' },
    ...{ 'internal email protect': 'ttp', 'impersonation protect': 'ttp', 'url protect': 'ttp' },
    ...{ 'attachment protect': 'ttp', audit: 'audit', dlp: 'dlp', hold: 'hold', 'ttp url': 'ttp url' },
  };
  let sourceId: number;
  beforeAll(async () => {
    sourceId = await sourceFrom({ config: { fields: { _siemForward: 'true', team: 'a' } } });
  });

  test.each(STREAMS)('%s', async (stream) => {
    for (const document of await collected(sourceId, stream)) {
      expect(document).toMatchObject({
        ...{ _siemForward: true, _siemVendor: 'Mimecast', _siemProduct: 'Mimecast', _siemFormat: 'JSON' },
        ...{ _siemEventID: EVENT_ID[stream], _dataType: stream, _fields: { team: 'a' } },
      });
      expect(document._fields).not.toHaveProperty('_siemForward');
    }
  });

  test.each<[string, Wish]>([
    ['false', { config: { fields: { _siemForward: false } } }],
    ['absent', {}],
    [
      'false, over its collector',
      { config: { fields: { _siemForward: false } }, collector: { fields: { _siemForward: 'true' } } },
    ],
  ])('%s: no such key', async (_, wish) => {
    const [document] = await collected(await sourceFrom(wish));
    expect(Object.keys(document ?? {}).filter((key) => key.startsWith('_siem'))).toEqual([]);
  });

  test('of the collector', async () => {
    expect(await onRecords({ collector: { fields: { _siemForward: 'true' } } }, '_siemEventID')).toBe('jrnl');
  });
});

describe('clientID, clientSecret and dataCollection', () => {
  test('both of the application are needed', async () => {
    const good = await sourceFrom({});
    expect(await run(() => activities.authenticate(good))).toBeDefined();
    for (const config of [{ clientID: 'nobody' }, { clientSecret: 'wrong' }]) {
      const bad = await sourceFrom({ config });
      await expect(run(() => activities.authenticate(bad))).rejects.toThrow(/[Ii]nvalid|credential/);
    }
  });

  test.each<[unknown, readonly StreamName[]]>([
    ['siem', SIEM_STREAMS],
    ['dlp', ['dlp']],
    ['auditEvent', ['audit']],
    ['holdMessageList', ['hold']],
    ['ttpUrl', ['ttp url']],
    [
      ['holdMessageList', 'dlp'],
      ['dlp', 'hold'],
    ],
    [DATA_COLLECTIONS, STREAMS],
  ])('%j', async (dataCollection, streams) => {
    const sourceId = await sourceFrom({ config: { dataCollection } });
    const settings = await run(() => activities.validate(sourceId));
    expect(settings.streams).toEqual(streams);
    const progress = await run(() => activities.initialize(sourceId));
    expect(new Set(progress.map(({ stream }) => stream))).toEqual(new Set(streams));
    expect(await raw(collections).checkpoints.countDocuments({ sourceId })).toBe(streams.length);
    for (const stream of streams.slice(0, 2)) await collected(sourceId, stream);
  });
});
