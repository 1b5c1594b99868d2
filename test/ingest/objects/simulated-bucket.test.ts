/** The simulator fills a bucket, and a source that reads it has what the simulated API has. */

import { expect, test } from 'vitest';
import { WritableBucket } from '../../../simulator/bucket/bucket.js';
import { Delivery } from '../../../simulator/bucket/delivery.js';
import { createSimulation, type Simulation } from '../../../simulator/simulation.js';
import { isSiemStream, STREAMS, type StreamName } from '../../../src/domain/streams/streams.js';
import { bucketSource } from '../../support/bucket-source.js';
import { collectionsIn } from '../../support/raw-collections.js';
import { S3_KEYS, S3_REGION, s3Server } from '../../support/s3-server.js';
import { testDatabase } from '../../support/test-database.js';

const server = s3Server();
const collections = collectionsIn(testDatabase().db);

function deliveryOf({ world, files }: Simulation, bucket: string, clock: () => number): Delivery {
  const target = { bucket, endpoint: server.endpoint, region: S3_REGION, credentials: S3_KEYS.admin };
  const onError = (error: unknown) => expect.fail(String(error));
  return new Delivery({ bucket: new WritableBucket(target), tenants: world.tenants, files, clock, onError });
}

/** All that the API could show, in the order of its JSON. */
async function heldBy({ world: { tenants } }: Simulation, stream: StreamName, now: number): Promise<unknown[]> {
  const texts: string[] = [];
  for (const tenant of tenants) {
    if (!isSiemStream(stream)) texts.push(...tenant.records(stream, 0, now, now).map((entry) => entry.text()));
    else
      for (const file of tenant.files(tenant.positionAt(0), new Set([stream]), now))
        texts.push(...(await tenant.lines(file, 'batch')).map(String));
  }
  return texts.map((text) => JSON.parse(text)).toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

test('what the simulator exports to a bucket is what a source collects from it, of every stream', async () => {
  const bucket = await server.newBucket();
  const simulation = await createSimulation({ historyMs: 3_600_000, historyRate: 60, rate: 0 });
  // Beyond the minute in which the last records appear.
  const now = simulation.settings.clock() + 120_000;
  const delivery = deliveryOf(simulation, bucket.name, () => now);
  await delivery.deliver();
  const { written } = delivery;
  expect(written).toBeGreaterThan(STREAMS.length);
  await delivery.deliver();
  expect(delivery.written).toBe(written);
  const again = deliveryOf(simulation, bucket.name, () => now);
  await again.deliver();
  expect(again.written).toBe(0);

  const source = await bucketSource(collections, { endpoint: server.endpoint, bucket: bucket.name });
  for (const stream of STREAMS) {
    await expect.poll(async () => (await source.collect(stream)).result).toBe('caughtUp');
    const held = await heldBy(simulation, stream, now);
    expect([stream, held.length > 0]).toEqual([stream, true]);
    expect(await source.stored(stream)).toEqual(held);
  }
  expect(await source.quarantined()).toEqual([]);
  await Promise.all([delivery.close(), again.close()]);
  simulation.world.close();
});

test('records that appear later follow in objects of their own', async () => {
  const bucket = await server.newBucket();
  let now = Date.UTC(2026, 10, 1, 12);
  const simulation = await createSimulation({ historyMs: 600_000, historyRate: 120, rate: 600, clock: () => now });
  const delivery = deliveryOf(simulation, bucket.name, () => now);
  await delivery.deliver();
  const { written } = delivery;
  now += 180_000;
  await delivery.deliver();
  expect(delivery.written).toBeGreaterThan(written);
  const source = await bucketSource(collections, { endpoint: server.endpoint, bucket: bucket.name });
  for (const stream of ['receipt', 'audit'] as const) {
    await expect.poll(async () => (await source.collect(stream)).result).toBe('caughtUp');
    expect(await source.stored(stream)).toEqual(await heldBy(simulation, stream, now));
  }
  await delivery.close();
  simulation.world.close();
});
