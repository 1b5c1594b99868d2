/** A store that fails after it has stored: nobody knows then how much of a batch is there. */

import { MongoNetworkError } from 'mongodb';
import { expect, test } from 'vitest';
import type { Collections } from '../../src/store/collections.js';
import { activityEnvironment } from '../support/collected-source.js';
import { collectorDatabase } from '../support/collector-database.js';
import { RECORDS, withMethods } from '../support/raw-collections.js';
import { simulatedSource, sizeOf } from '../support/simulated-source.js';
import { addFault } from '../support/simulator-control.js';

const real = collectorDatabase();

/** Stores the first batch of each collection, and then says that the connection was lost. */
function losingTheAnswer(): Collections {
  const lost = new Set<string>();
  return withMethods(real, RECORDS, (collection) => {
    const insertMany: typeof collection.insertMany = async (documents, options) => {
      const result = await collection.insertMany(documents, options);
      if (lost.has(collection.collectionName)) return result;
      lost.add(collection.collectionName);
      throw new MongoNetworkError('connection 7 closed');
    };
    return { insertMany };
  });
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

/** The first move of a checkpoint that counts stored records is lost on the way. */
function losingAMove(): Collections {
  let isLost = false;
  return withMethods(real, /^checkpoints$/, (collection) => ({
    findOneAndUpdate: (filter: unknown, update: Counting, options: unknown) => {
      if (isLost || !update.$inc['totals.stored']) {
        return Reflect.apply(collection.findOneAndUpdate, collection, [filter, update, options]);
      }
      isLost = true;
      return Promise.reject(new MongoNetworkError('connection 8 closed'));
    },
  }));
}

interface Counting {
  readonly $inc: Readonly<Record<string, number>>;
}

test.each(['receipt', 'audit', 'dlp', 'hold'] as const)(
  '%s: what a lost move of the checkpoint was to count is counted all the same',
  async (stream) => {
    const source = await simulatedSource(losingAMove());
    const first = await source.collect(stream).catch((error: Error) => ({ result: 'failed', failure: error }));
    expect(first).toMatchObject({ result: 'failed', failure: { message: expect.stringContaining('connection 8') } });
    const stored = sizeOf(await source.stored(stream));
    expect(stored).toBeGreaterThan(0);
    expect(await source.checkpoint(stream)).toMatchObject({ unsettled: false, totals: { stored } });
    const { totals } = await source.collectAll(stream);
    const held = await source.held(stream);
    expect(await source.stored(stream)).toEqual(held);
    expect(totals?.stored).toBe(sizeOf(held));
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
