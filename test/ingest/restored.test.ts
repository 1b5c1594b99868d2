/** A backup that is not of one moment: some collections are older in it than others. */

import { expect, test } from 'vitest';
import { collectorDatabase } from '../support/collector-database.js';
import { raw } from '../support/raw-collections.js';
import { type SimulatedSource, simulatedSource, sizeOf } from '../support/simulated-source.js';

const collections = collectorDatabase();
const STREAM = 'receipt';

async function restoreCheckpoint(source: SimulatedSource, then: Awaited<ReturnType<SimulatedSource['checkpoint']>>) {
  await raw(source.collections).checkpoints.replaceOne({ _id: then._id }, then);
}

test('checkpoints that are older than the records: read again, and nothing is stored twice', async () => {
  const source = await simulatedSource(collections);
  const then = await source.checkpoint(STREAM);
  await source.collectAll(STREAM);
  await restoreCheckpoint(source, then);
  await source.collectAll(STREAM);
  const held = await source.held(STREAM);
  expect(sizeOf(held)).toBeGreaterThan(0);
  expect(await source.stored(STREAM)).toEqual(held);
});

test('records that are older than the checkpoints: collecting does not miss them, so a backup has to be of one moment', async () => {
  const source = await simulatedSource(collections);
  await source.collectAll(STREAM);
  await raw(collections).records(STREAM).deleteMany({ _sourceId: source.id });
  await source.collectAll(STREAM);
  expect(await source.stored(STREAM)).toEqual({});
  const [from, to] = [new Date(0).toISOString(), new Date(Date.now() + 60_000).toISOString()];
  const range = { kind: 'backfill', run: 'after a restore', from, to } as const;
  expect(await source.run(({ reread }, id) => reread(id, STREAM, range))).toMatchObject({ done: true });
  expect(await source.stored(STREAM)).toEqual(await source.held(STREAM));
});
