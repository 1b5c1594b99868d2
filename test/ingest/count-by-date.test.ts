import { expect, test } from 'vitest';
import { SIEM_STREAMS, STREAMS, type StreamName } from '../../src/domain/streams/streams.js';
import { collectorDatabase } from '../support/collector-database.js';
import { raw } from '../support/raw-collections.js';
import { simulatedSource, sizeOf } from '../support/simulated-source.js';
import { countsOfApi, countsOfStore, differences, untrueCounts } from '../system/faults/count-by-date.js';

const collections = collectorDatabase();

test('the count by date agrees with the truth, and finds what is missing in the store', async () => {
  const source = await simulatedSource(collections);
  for (const stream of STREAMS) await source.collectAll(stream);
  const [tenant] = source.simulator.tenants;
  const { clientId = '', clientSecret = '' } = tenant ?? {};
  const counted = await countsOfApi({ url: source.simulator.url, clientId, clientSecret }, Date.now());
  const held = await Promise.all(STREAMS.map(async (stream) => [stream, sizeOf(await source.held(stream))] as const));
  const truth = Object.fromEntries(held) as Record<StreamName, number>;
  expect(untrueCounts(counted, truth)).toEqual([]);
  expect(untrueCounts(counted, { ...truth, dlp: truth.dlp + 1 })).toHaveLength(1);
  expect(differences(counted, await countsOfStore(collections, source.id))).toEqual([]);

  for (const stream of [...SIEM_STREAMS.slice(0, 1), 'audit', 'dlp', 'hold'] as const) {
    await raw(collections).records(stream).deleteOne({ _sourceId: source.id });
  }
  const missing = differences(counted, await countsOfStore(collections, source.id));
  expect(missing).toHaveLength(4);
  expect(missing[0]).toMatch(/^receipt at \d{4}-\d\d-\d\dT\d\d: the API has \d+ records, the store \d+$/);
});
