/** A store that fails after it has stored: nobody knows then how much of a batch is there. */

import { type Collection, MongoNetworkError } from 'mongodb';
import { expect, test } from 'vitest';
import type { RecordDocument } from '../../src/domain/records/record.js';
import type { Collections } from '../../src/store/collections.js';
import { collectorDatabase } from '../support/collector-database.js';
import { activityEnvironment, simulatedSource, sizeOf } from '../support/simulated-source.js';
import { addFault } from '../support/simulator-control.js';

const real = collectorDatabase();

/** Stores the first batch of each collection, and then says that the connection was lost. */
function losingTheAnswer(): Collections {
  const lost = new Set<string>();
  const records: Collections['records'] = (stream) => {
    const collection = real.records(stream);
    const insertMany: Collection<RecordDocument>['insertMany'] = async (documents, options) => {
      const result = await collection.insertMany(documents, options);
      if (lost.has(stream)) return result;
      lost.add(stream);
      throw new MongoNetworkError('connection 7 closed');
    };
    return Object.create(collection, {
      insertMany: { value: insertMany },
      countDocuments: { value: collection.countDocuments.bind(collection) },
    });
  };
  return Object.create(real, { records: { value: records } });
}

test.each(['receipt', 'audit', 'dlp', 'hold'] as const)(
  '%s: what was stored is counted all the same',
  async (stream) => {
    const source = await simulatedSource(losingTheAnswer());
    // It fails, or when it had got somewhere before, tells so.
    const first = await source.collect(stream).catch((error: Error) => ({ result: 'failed', failure: error }));
    expect(first).toMatchObject({
      result: 'failed',
      failure: { message: expect.stringContaining('connection 7 closed') },
    });
    expect(await source.checkpoint(stream)).toMatchObject({ unsettled: true });
    const { totals } = await source.collectAll(stream);
    const held = await source.held(stream);
    expect(await source.stored(stream)).toEqual(held);
    expect(totals?.stored).toBe(sizeOf(held));
    expect(await source.checkpoint(stream)).toMatchObject({ unsettled: false });
  },
);

test('a step that lasts sends heartbeats, so that a worker that dies in it is noticed', async () => {
  const source = await simulatedSource(real);
  const environment = activityEnvironment();
  let heartbeats = 0;
  environment.on('heartbeat', () => {
    heartbeats += 1;
  });
  await addFault(source.simulator, { endpoint: 'token', times: 1, action: { delayMs: 2_500 } });
  await source.run(({ authenticate }, id) => authenticate(id), environment);
  expect(heartbeats).toBeGreaterThan(0);
});
