import { expect, test } from 'vitest';
import { collectorDatabase } from '../../support/collector-database.js';
import { raw } from '../../support/raw-collections.js';
import { type SimulatedSource, simulatedSource } from '../../support/simulated-source.js';

const collections = collectorDatabase();

/** One that has read its stream to the end; what it has stored since is lost with its token. */
async function caughtUp(): Promise<SimulatedSource> {
  const source = await simulatedSource(collections);
  await source.collect('receipt');
  return source;
}

const refuse = (source: SimulatedSource, times: number) =>
  source.fault({ endpoint: 'batch', times, action: { status: 400 } });
/** An attempt that fails throws, unless it got somewhere before. */
const fails = (source: SimulatedSource) => expect(source.collect('receipt')).rejects.toThrow();

test('a token that is refused three times is given up, and the stream is collected again by date', async () => {
  const source = await caughtUp();
  const { pageToken } = await source.checkpoint('receipt');
  await raw(collections).records('receipt').deleteMany({ _sourceId: source.id });
  await refuse(source, 3);
  await fails(source);
  await fails(source);
  expect((await source.checkpoint('receipt')).pageToken).toBe(pageToken);
  const outcome = await source.collect('receipt');
  expect(outcome).toMatchObject({ result: 'caughtUp', resets: { count: 1, last: { reason: expect.any(String) } } });
  expect(await source.stored('receipt')).toEqual(await source.held('receipt'));
  expect(await source.checkpoint('receipt')).not.toHaveProperty('refusals');
});

test('what refuses every request says nothing of the token, which is kept', async () => {
  const source = await caughtUp();
  const { pageToken } = await source.checkpoint('receipt');
  await refuse(source, -1);
  for (let attempts = 1; attempts <= 5; attempts += 1) await fails(source);
  await source.clearFaults();
  expect(await source.collect('receipt')).toMatchObject({ result: 'caughtUp', counts: { stored: 0, duplicates: 0 } });
  const { resets, ...checkpoint } = await source.checkpoint('receipt');
  expect(checkpoint).toMatchObject({ pageToken });
  expect(resets).toBeUndefined();
});

test('refusals count only one after the other', async () => {
  const source = await caughtUp();
  for (let rounds = 1; rounds <= 2; rounds += 1) {
    await refuse(source, 2);
    await fails(source);
    await fails(source);
    expect(await source.collect('receipt')).toMatchObject({ result: 'caughtUp' });
  }
  expect(await source.checkpoint('receipt')).not.toHaveProperty('resets');
});
