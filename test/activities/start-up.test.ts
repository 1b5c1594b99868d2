import { describe, expect, test } from 'vitest';
import { RawError } from '../../src/domain/failures/failure.js';
import { STREAMS, type StreamName } from '../../src/domain/streams/streams.js';
import { collectorDatabase } from '../support/collector-database.js';
import { raw } from '../support/raw-collections.js';
import { simulatedSource, sourceOf } from '../support/simulated-source.js';

const collections = collectorDatabase();
const { sources, checkpoints } = raw(collections);

describe('validate', () => {
  test('gives the settings that the workflow steers by', async () => {
    const source = await simulatedSource(collections, {
      config: { pollInterval: '90s', siemTypes: ['av'], dataCollection: ['siem', 'dlp'] },
    });
    const stored = await sources.findOne({ _id: source.id });
    expect(await source.run(({ validate }, id) => validate(id))).toEqual({
      sourceId: source.id,
      name: stored?.name,
      collector: 'cloud',
      streams: ['av', 'dlp'],
      pollIntervalMs: 90_000,
      version: 1,
    });
  });

  test.each<[string, object, RegExp]>([
    ['a mistake', { pollInterval: 'often' }, /pollInterval: must be a duration/],
    ['several', { pollInterval: 'often', backfill: 5 }, /pollInterval: .*; backfill: /],
    ['no secret', { clientSecret: '' }, /clientSecret: must not be empty/],
  ])('a stored configuration with %s is for the operator to mend', async (_, change, message) => {
    const source = await simulatedSource(collections);
    const stored = await sources.findOne({ _id: source.id });
    await sources.updateOne({ _id: source.id }, { $set: { config: { ...stored?.config, ...change } } });
    const validated = source.run(({ validate }, id) => validate(id));
    await expect(validated).rejects.toMatchObject({
      facts: { origin: 'configuration', code: 'InvalidConfiguration' },
    });
    await expect(validated).rejects.toThrow(message);
    await expect(validated).rejects.not.toThrow('sim-secret');
  });

  test('a source that is not there', async () => {
    const source = await simulatedSource(collections);
    await sources.deleteOne({ _id: source.id });
    await expect(source.run(({ validate }, id) => validate(id))).rejects.toThrow(
      `There is no source ${source.id} in the store`,
    );
  });
});

describe('initialize', () => {
  test('makes a checkpoint for each stream, beginning where the backfill does', async () => {
    const before = Date.now();
    const source = await simulatedSource(collections, { config: { backfill: '2h' } });
    const made = await checkpoints.find({ sourceId: source.id }).toArray();
    expect(made.map(({ stream }) => stream).sort()).toEqual([...STREAMS].sort());
    for (const { beginAt } of made) {
      expect(beginAt.getTime()).toBeGreaterThanOrEqual(before - 2 * 3_600_000);
      expect(beginAt.getTime()).toBeLessThanOrEqual(Date.now() - 2 * 3_600_000);
    }
  });

  test('again keeps every checkpoint', async () => {
    const source = await simulatedSource(collections);
    await source.collect('dlp');
    const before = await checkpoints.find({ sourceId: source.id }).sort({ _id: 1 }).toArray();
    await source.run(({ initialize }, id) => initialize(id));
    expect(await checkpoints.find({ sourceId: source.id }).sort({ _id: 1 }).toArray()).toEqual(before);
  });
});

describe('authenticate', () => {
  test('with everything allowed', async () => {
    const source = await simulatedSource(collections);
    expect(await source.run(({ authenticate }, id) => authenticate(id))).toEqual({ denied: [] });
    expect(await source.calls('token')).toBe(1);
  });

  test.each<[readonly string[], readonly StreamName[]]>([
    [['dlp'], ['dlp']],
    [['siem'], STREAMS.slice(0, 10)],
    [['receipt'], ['receipt']],
    [
      ['receipt', 'spam', 'attachment protect'],
      ['receipt', 'spam', 'attachment protect'],
    ],
    [
      ['audit', 'hold'],
      ['audit', 'hold'],
    ],
  ])('%o denied', async (deny, streams) => {
    const source = await simulatedSource(collections);
    await source.changeTenant({ deny });
    const { denied } = await source.run(({ authenticate }, id) => authenticate(id));
    expect(denied.map(({ stream }) => stream)).toEqual(streams);
    for (const { failure } of denied) {
      expect(failure).toMatchObject({ type: 'ThirdPartyConfig', code: 'app_forbidden', retry: false });
    }
  });

  test('one question answers for all ten SIEM types where nothing is refused', async () => {
    const source = await simulatedSource(collections);
    await source.run(({ authenticate }, id) => authenticate(id));
    expect(await source.calls('batch')).toBe(1);
  });

  test.each([400, 403])('a %i for the first SIEM type parks none of the others', async (status) => {
    const source = await simulatedSource(collections, { config: { dataCollection: ['siem'] } });
    const body = { error: { code: 'Request Validation Failed', message: 'type: not allowed' } };
    await source.fault({ endpoint: 'batch', match: { type: 'receipt' }, times: -1, action: { status, body } });
    const { denied } = await source.run(({ authenticate }, id) => authenticate(id));
    expect(denied.map(({ stream }) => stream)).toEqual(status === 403 ? ['receipt'] : []);
  });

  test('a SIEM type that is refused while the others are collected is alone with it', async () => {
    const source = await simulatedSource(collections, { config: { dataCollection: ['siem'] } });
    await source.changeTenant({ deny: ['av'] });
    expect(await source.run(({ authenticate }, id) => authenticate(id))).toEqual({ denied: [] });
    const { outcomes } = await source.run(({ sweep }, id) => sweep(id, ['receipt', 'av', 'spam']));
    const failures = outcomes.map(({ stream, failure }) => [stream, failure?.code]);
    expect(failures).toEqual([
      ['receipt', undefined],
      ['av', 'app_forbidden'],
      ['spam', undefined],
    ]);
  });

  test('streams that are not collected are not asked for', async () => {
    const source = await simulatedSource(collections, { config: { dataCollection: ['dlp'] } });
    await source.changeTenant({ deny: ['siem', 'audit', 'hold'] });
    expect(await source.run(({ authenticate }, id) => authenticate(id))).toEqual({ denied: [] });
    expect(await source.calls('batch')).toBe(0);
  });

  test('a wrong secret fails, also when a token is still at hand', async () => {
    const source = await simulatedSource(collections);
    await source.run(({ authenticate }, id) => authenticate(id));
    await source.changeTenant({ clientSecret: 'another' });
    const again = source.run(({ authenticate }, id) => authenticate(id));
    await expect(again).rejects.toMatchObject({ facts: { status: 401, code: 'InvalidClientIdentifier' } });
  });

  test('a secret that is corrected in the configuration is used at once', async () => {
    const source = await simulatedSource(collections, { config: { clientSecret: 'wrong' } });
    await expect(source.run(({ authenticate }, id) => authenticate(id))).rejects.toBeInstanceOf(RawError);
    await sources.updateOne({ _id: source.id }, { $set: { 'config.clientSecret': 'sim-secret-1' } } as object);
    expect(await source.run(({ authenticate }, id) => authenticate(id))).toEqual({ denied: [] });
  });

  test('a host that has given a token before is only failing', async () => {
    const source = await simulatedSource(collections);
    await source.run(({ authenticate }, id) => authenticate(id));
    await source.fault({ endpoint: 'token', action: { status: 404, body: '<html>' } });
    const failing = source.run(({ authenticate }, id) => authenticate(id));
    await expect(failing).rejects.toMatchObject({ facts: { origin: 'mimecast', status: 404 } });
  });

  test.each(['fail200', 'too_many_requests'])(
    'a permission that cannot be asked for now (%s) is not denied',
    async (error) => {
      const source = await simulatedSource(collections);
      await source.fault({ endpoint: 'hold', action: { error } });
      expect(await source.run(({ authenticate }, id) => authenticate(id))).toEqual({ denied: [] });
    },
  );
});

describe('finalize', () => {
  test('a stop keeps everything and is noted', async () => {
    const source = await simulatedSource(collections);
    await source.collect('dlp');
    await source.run(({ finalize }, id) => finalize(id, { remove: false }));
    expect((await sources.findOne({ _id: source.id }))?.stoppedAt).toBeInstanceOf(Date);
    expect(await checkpoints.countDocuments({ sourceId: source.id })).toBe(STREAMS.length);
  });

  test('a removal takes configuration and checkpoints, of this source only; doing it again does no harm', async () => {
    const source = await simulatedSource(collections);
    const other = await sourceOf(source.simulator, collections);
    await source.collect('dlp');
    for (const _ of [1, 2]) await source.run(({ finalize }, id) => finalize(id, { remove: true }));
    expect(await sources.countDocuments({ _id: source.id })).toBe(0);
    expect(await checkpoints.countDocuments({ sourceId: source.id })).toBe(0);
    expect(await checkpoints.countDocuments({ sourceId: other.id })).toBe(STREAMS.length);
    expect(await source.stored('dlp')).toEqual(await source.held('dlp'));
  });
});
