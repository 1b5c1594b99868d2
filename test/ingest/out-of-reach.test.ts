import { describe, expect, test } from 'vitest';
import { collectorDatabase } from '../support/collector-database.js';
import { raw } from '../support/raw-collections.js';
import { type SimulatedSource, simulatedSource } from '../support/simulated-source.js';

const collections = collectorDatabase();
const DAY_MS = 86_400_000;

/** A source that read its stream to the end, and whose place there is now older than what Mimecast keeps. */
async function awayFor(days: number): Promise<SimulatedSource> {
  const source = await simulatedSource(collections);
  await source.collect('receipt');
  const lastEventTime = new Date(Date.now() - days * DAY_MS);
  await raw(collections).records('receipt').deleteMany({ _sourceId: source.id });
  await source.meddle('receipt', { $set: { lastEventTime } });
  await source.fault({ endpoint: 'batch', action: { error: 'retention' } });
  return source;
}

describe('a page token that has grown too old', () => {
  test('what is lost is recorded, and collection goes on with the oldest that there is', async () => {
    const source = await awayFor(9);
    const { lastEventTime } = await source.checkpoint('receipt');
    const before = Date.now();
    expect(await source.collect('receipt')).toMatchObject({ result: 'caughtUp' });
    expect(await source.stored('receipt')).toEqual(await source.held('receipt'));
    const [gap, ...more] = await raw(collections).gaps.find({ sourceId: source.id }).toArray();
    expect(more).toEqual([]);
    expect(gap).toMatchObject({
      stream: 'receipt',
      from: lastEventTime,
      reason: expect.stringContaining('7-day retention'),
    });
    expect(gap?.to.getTime()).toBeGreaterThanOrEqual(before - 7 * DAY_MS);
    expect(gap?.to.getTime()).toBeLessThanOrEqual(Date.now() - 7 * DAY_MS);
  });

  test('though nothing is lost: there is no gap', async () => {
    const source = await awayFor(2);
    expect(await source.collect('receipt')).toMatchObject({ result: 'caughtUp' });
    expect(await source.stored('receipt')).toEqual(await source.held('receipt'));
    expect(await raw(collections).gaps.countDocuments({ sourceId: source.id })).toBe(0);
  });

  test('and is refused however it is asked: that is a failure, and the place is not lost for good', async () => {
    const source = await awayFor(9);
    await source.fault({ endpoint: 'batch', times: 2, action: { error: 'retention' } });
    expect(await source.collect('receipt')).toMatchObject({
      result: 'failed',
      failure: { type: 'ThirdPartyGeneric', code: 'Request Validation Failed' },
    });
    await source.clearFaults();
    await source.collectAll('receipt');
    expect(await source.stored('receipt')).toEqual(await source.held('receipt'));
    expect(await raw(collections).gaps.countDocuments({ sourceId: source.id })).toBe(1);
  });
});
