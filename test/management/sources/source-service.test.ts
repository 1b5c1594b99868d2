import { MongoError } from 'mongodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { workflowIdOf } from '../../../src/domain/contract/contract.js';
import { STREAMS } from '../../../src/domain/streams/streams.js';
import { RefusedError } from '../../../src/management/common/errors.js';
import { SourceService } from '../../../src/management/sources/source-service.js';
import { choosePort, LOOPBACK } from '../../../src/runtime/ports.js';
import { collectionsOf } from '../../../src/store/collections.js';
import { type Database, openDatabase } from '../../../src/store/database.js';
import { e2eStack, sourceFile } from '../../support/e2e-stack.js';
import { raw } from '../../support/raw-collections.js';
import { countStored } from '../../support/simulator-control.js';
import { testKeyring } from '../../support/test-keyring.js';
import { until } from '../../support/until.js';

const { get, collections } = e2eStack({ historyMs: 600_000, historyRate: 20, rate: 0 });
let away: Database | undefined;
/** The service while MongoDB does not answer. */
let blind: SourceService;

beforeAll(async () => {
  const uri = `mongodb://${LOOPBACK}:${await choosePort(0)}/`;
  away = openDatabase({ uri, name: 'away', serverSelectionTimeoutMs: 100 });
  blind = new SourceService({
    collections: collectionsOf(away),
    client: get().client,
    allowInsecure: true,
    keyring: testKeyring,
  });
  await get().startWorker();
});
afterAll(() => away?.close());

const file = (config: Readonly<Record<string, unknown>>) => sourceFile(get().simulator, config);

async function startSource(name: string, wanted = 'Collecting', config: Readonly<Record<string, unknown>> = {}) {
  const { sourceId } = await get().service.start(file({ name, ...config }));
  const id = String(sourceId);
  await until(
    () => get().service.status(id),
    ({ state, snapshot }) =>
      state === wanted && (wanted !== 'Collecting' || snapshot?.streams.every(({ caughtUp }) => caughtUp) === true),
  );
  return { sourceId, id };
}

/** Waits also until the workflow is closed. */
async function stop(id: string, request: { readonly remove?: boolean } = {}): Promise<void> {
  await get().service.stop(id, request);
  await get()
    .client.workflow.getHandle(workflowIdOf(Number(id)))
    .result();
}

async function refusalOf(promise: Promise<unknown>): Promise<RefusedError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof RefusedError) return error;
  throw new Error('it was not refused', { cause: error });
}

describe('while MongoDB is away', () => {
  test('of a source that is not running, only that it is not known', async () => {
    await expect(blind.status('Never seen')).rejects.toThrow(/MongoDB does not answer, and "Never seen" is not among/);
  });

  test('list, status, health and restart are answered by Temporal', async () => {
    const { sourceId, id } = await startSource('Without a store', 'Error', { clientSecret: 'wrong' });
    const listed = await until(
      () => blind.list(),
      (sources) => sources.some((source) => source.sourceId === sourceId && source.name === 'Without a store'),
    );
    expect(listed.find((source) => source.sourceId === sourceId)).toMatchObject({
      workflowId: workflowIdOf(sourceId),
      state: 'Error',
      health: 'Error',
      errorType: 'ThirdPartyConfig',
    });
    const status = await blind.status(id);
    expect(status).toMatchObject({ name: 'Without a store', collector: 'default', state: 'Error', health: 'Error' });
    expect(status.snapshot?.problem).toMatchObject({ step: 'authenticate', type: 'ThirdPartyConfig' });
    expect(await blind.status('Without a store')).toEqual(status);

    const { open, recent } = await blind.health(id);
    expect(open).toMatchObject([{ eventName: 'ThirdPartyConfigError', subject: 'authenticate', status: 'UnHealthy' }]);
    expect(recent).toEqual(open);
    const stored = await until(
      () => get().service.health(id),
      (health) => health.open.length === 1,
    );
    expect(stored.open[0]?.eventId).toBe(open[0]?.eventId);

    expect(await blind.restart('Without a store')).toMatchObject({ sourceId });
    await until(
      () => blind.status(id),
      ({ snapshot, state }) => snapshot?.restarts === 1 && state === 'Error',
    );
    await stop(id);
  });

  test('the numbers are those of the workflow', async () => {
    const { sourceId, id } = await startSource('Counted');
    const [blindly, wholly] = [await blind.status(id), await get().service.status(id)];
    expect(blindly.snapshot?.totals).toEqual(wholly.snapshot?.totals);
    expect(blindly.snapshot?.totals.stored).toBe(await countStored(collections, sourceId));
    expect(await blind.health(id)).toEqual({ open: [], recent: [] });
    await blind.collectNow(id);
    await stop(id);
  });

  test('what needs the store fails by its name, and mistakes are refused without asking it', async () => {
    const failing = blind.start(file({ name: 'Unstored' }));
    await expect(failing).rejects.toBeInstanceOf(MongoError);
    expect(await raw(collections).sources.countDocuments({ name: 'Unstored' })).toBe(0);
    const { mistakes } = await refusalOf(blind.start(file({ name: '', pollInterval: 'often' })));
    expect(mistakes).toHaveLength(2);
    await refusalOf(blind.status('nobody'));
  });
});

const WRONG = { name: '', clientID: 5, dataCollection: ['mail'], pollInterval: 'often', colour: 'red' };

describe('what is refused', () => {
  test('a start names every mistake at once and stores nothing', async () => {
    const before = await raw(collections).sources.countDocuments();
    const { message, mistakes } = await refusalOf(get().service.start(file(WRONG)));
    for (const key of Object.keys(WRONG)) {
      expect(mistakes.filter((mistake) => mistake.includes(`source.config.${key}`))).toHaveLength(1);
      expect(message).toContain(`source.config.${key}`);
    }
    expect(mistakes).toHaveLength(Object.keys(WRONG).length);
    expect(message).not.toContain('sim-secret');
    expect(await raw(collections).sources.countDocuments()).toBe(before);
  });

  test.each([[null], ['text'], [[]], [{}], [7]])('a start from %j', async (json) => {
    expect((await refusalOf(get().service.start(json))).mistakes.length).toBeGreaterThan(0);
  });

  test('an update names every mistake at once and leaves the running source untouched', async () => {
    const { sourceId, id } = await startSource('Untouched');
    const stored = await raw(collections).sources.findOne({ _id: sourceId });
    const { mistakes } = await refusalOf(get().service.update(id, file(WRONG)));
    for (const key of Object.keys(WRONG)) {
      expect(mistakes.filter((mistake) => mistake.includes(`source.config.${key}`))).toHaveLength(1);
    }
    expect(await raw(collections).sources.findOne({ _id: sourceId })).toEqual(stored);
    const status = await get().service.status(id);
    expect(status).toMatchObject({ state: 'Collecting', snapshot: { version: 1, restarts: 0 } });
    await stop(id);
  });

  test('a name that is taken, by a start as by an update', async () => {
    const [first, second] = [await startSource('First'), await startSource('Second')];
    expect((await refusalOf(get().service.start(file({ name: 'First' })))).message).toContain('already running');
    expect((await refusalOf(get().service.resume('First'))).message).toContain('already running');
    const { message } = await refusalOf(get().service.update(second.id, file({ name: 'First' })));
    expect(message).toContain(`The source "First" has the ID ${first.sourceId}`);
    expect(await get().service.status(second.id)).toMatchObject({ name: 'Second', snapshot: { restarts: 0 } });
    await Promise.all([stop(first.id), stop(second.id)]);
  });

  test('a name that two collectors have: the id is asked for', async () => {
    const { service } = get();
    const { sourceId } = await service.start(file({ name: 'Twin' }), 'left');
    const other = await service.start(file({ name: 'Twin' }), 'right');
    const { message } = await refusalOf(service.restart('Twin'));
    expect(message).toContain(`(${sourceId}, ${other.sourceId})`);
    expect((await service.list()).filter(({ name }) => name === 'Twin').map(({ collector }) => collector)).toEqual([
      'left',
      'right',
    ]);
    await Promise.all([stop(String(sourceId)), stop(String(other.sourceId))]);
  });

  test('signals to a source that is stopped, with the way to start it', async () => {
    const { id } = await startSource('At rest');
    await stop(id);
    const { service } = get();
    for (const ask of [() => service.restart(id), () => service.collectNow(id)]) {
      expect((await refusalOf(ask())).message).toContain(`"At rest" (${id}) is stopped: start it first`);
    }
    expect(await service.stop(id)).toMatchObject({ state: 'Stopped' });
    expect(await service.status(id)).toMatchObject({ state: 'Stopped' });
  });
});

describe('what the command line asks goes the way of the API', () => {
  const trailOf = async (filter: object) =>
    (await raw(collections).auditTrail.find(filter).sort({ at: 1 }).toArray()).map(({ action, outcome }) => [
      action,
      outcome,
    ]);

  test.each(['', 'x'.repeat(129), 'a\nb'])('no collector named %j is made', async (name) => {
    const before = await raw(collections).collectors.countDocuments();
    expect((await refusalOf(get().service.start(file({ name: 'Nowhere' }), name))).message).toContain('collector');
    expect(await raw(collections).collectors.countDocuments()).toBe(before);
  });

  test('a collector is made with a note, and one that is being deleted takes no source', async () => {
    const { sourceId } = await get().service.start(file({ name: 'Noted' }), 'made on the way');
    expect(await trailOf({ action: 'collector.create', name: 'made on the way' })).toEqual([
      ['collector.create', 'done'],
    ]);
    await get().service.stop(String(sourceId), { remove: true });
    await raw(collections).collectors.updateOne({ name: 'made on the way' }, { $set: { deletingAt: new Date() } });
    const late = get().service.start(file({ name: 'Late' }), 'made on the way');
    expect((await refusalOf(late)).message).toContain('is being deleted');
    await raw(collections).collectors.deleteOne({ name: 'made on the way' });
  });

  test('the same configuration once more changes nothing; a new secret is noted as such', async () => {
    const { sourceId, id } = await startSource('Same');
    expect(await get().service.update(id, file({ name: 'Same' }))).toEqual({ sourceId, version: 1 });
    expect(await get().service.update(id, file({ name: 'Same', clientSecret: '********' }))).toMatchObject({
      version: 1,
    });
    expect(await get().service.status(id)).toMatchObject({ snapshot: { restarts: 0 } });
    expect(await get().service.update(id, file({ name: 'Same', clientSecret: 'another' }))).toMatchObject({
      version: 2,
    });
    const entry = await raw(collections).auditTrail.findOne({ sourceId, action: 'source.update' });
    expect(entry).toMatchObject({ from: { clientSecret: '********' }, to: { clientSecret: '******** (changed)' } });
    await stop(id);
  });

  test('empty keys that an earlier version has stored are no difference', async () => {
    const { sourceId, id } = await startSource('Earlier');
    const empty = { 'config.description': null, 'config.category': '', 'config.fields': {}, 'config.filters': [] };
    await raw(collections).sources.updateOne({ _id: sourceId }, { $set: empty });
    expect(await get().service.update(id, file({ name: 'Earlier' }))).toEqual({ sourceId, version: 1 });
    await stop(id);
  });

  test('a file for a source that runs and does not answer is refused, and nothing is changed', async () => {
    const { sourceId, id } = await startSource('Silent');
    const { client } = get();
    const silent = (workflowId: string) =>
      new Proxy(client.workflow.getHandle(workflowId), {
        get: (target, key) =>
          key === 'query' ? () => Promise.reject(new Error('no worker')) : Reflect.get(target, key),
      });
    const workflow = new Proxy(client.workflow, {
      get: (target, key) => (key === 'getHandle' ? silent : Reflect.get(target, key, target)),
    });
    const deaf = new Proxy(client, {
      get: (target, key) => (key === 'workflow' ? workflow : Reflect.get(target, key, target)),
    });
    const service = new SourceService({ collections, client: deaf, allowInsecure: true, keyring: testKeyring });
    const refused = await refusalOf(service.start(file({ name: 'Silent', pollInterval: '7m' })));
    expect(refused.message).toContain('is a worker running?');
    expect(await raw(collections).sources.findOne({ _id: sourceId })).toMatchObject({ version: 1 });
    await stop(id);
  });

  test('a stopped source that is started by its file has each step noted', async () => {
    const { sourceId, id } = await startSource('Again');
    await stop(id);
    await get().service.start(file({ name: 'Again', pollInterval: '2m' }));
    expect(await trailOf({ sourceId })).toEqual([
      ['source.create', 'done'],
      ['source.stop', 'done'],
      ['source.update', 'done'],
      ['source.start', 'done'],
    ]);
    await stop(id);
  });

  test('a start at once after a stop is not lost, and a stop without a workflow is kept', async () => {
    const { sourceId, id } = await startSource('To and fro');
    const handle = get().client.workflow.getHandle(workflowIdOf(sourceId));
    await handle.signal('stop');
    expect(await get().service.resume(id)).toMatchObject({ sourceId, created: false });
    await until(
      () => get().service.status(id),
      ({ state }) => state === 'Collecting',
    );
    await handle.terminate('by hand');
    expect(await get().service.stop(id)).toEqual({ sourceId, state: 'Stopped' });
    expect((await raw(collections).sources.findOne({ _id: sourceId }))?.stoppedAt).toBeInstanceOf(Date);
  });
});

test('a collector that is renamed shows its new name at once', async () => {
  const { sourceId } = await get().service.start(file({ name: 'Moved house' }), 'old name');
  const id = String(sourceId);
  await until(
    () => get().service.status(id),
    ({ snapshot }) => snapshot?.collector === 'old name',
  );
  await raw(collections).collectors.updateOne({ name: 'old name' }, { $set: { name: 'new name' } });
  const status = await get().service.status(id);
  expect(status).toMatchObject({ collector: 'new name', snapshot: { collector: 'new name' } });
  await stop(id);
});

describe('stop with remove', () => {
  async function expectGone(sourceId: number, records: number): Promise<void> {
    expect(await raw(collections).sources.countDocuments({ _id: sourceId })).toBe(0);
    expect(await raw(collections).checkpoints.countDocuments({ sourceId })).toBe(0);
    expect(await countStored(collections, sourceId)).toBe(records);
    expect((await get().service.list()).map((source) => source.sourceId)).not.toContain(sourceId);
    expect((await refusalOf(get().service.status(String(sourceId)))).message).toContain('There is no source');
  }

  test('of a stopped source removes configuration and checkpoints and keeps the records', async () => {
    const { sourceId, id } = await startSource('Removed later');
    const records = await countStored(collections, sourceId);
    expect(records).toBeGreaterThan(0);
    await stop(id);
    expect(await raw(collections).checkpoints.countDocuments({ sourceId })).toBe(STREAMS.length);
    await get().service.stop(id, { remove: true });
    await expectGone(sourceId, records);
  });

  test('of a source whose workflow was terminated, also closes what that left open', async () => {
    const { sourceId, id } = await startSource('Terminated', 'Error', { clientSecret: 'wrong' });
    await until(
      () => get().service.health(id),
      ({ open }) => open.length === 1,
    );
    await get().client.workflow.getHandle(workflowIdOf(sourceId)).terminate('by hand');
    await get().service.stop(id, { remove: true });
    await expectGone(sourceId, 0);
    expect(
      await raw(collections).healthEvents.countDocuments({
        sourceId,
        resolvedAt: { $exists: false },
        status: 'UnHealthy',
      }),
    ).toBe(0);
  });

  test('of a running source ends it as Deleted', async () => {
    const { sourceId, id } = await startSource('Removed at once');
    const records = await countStored(collections, sourceId);
    await stop(id, { remove: true });
    await expectGone(sourceId, records);
    expect(await get().client.workflow.getHandle(workflowIdOf(sourceId)).result()).toMatchObject({ state: 'Deleted' });
  });
});
