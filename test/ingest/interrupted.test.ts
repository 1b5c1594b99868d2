import { CancelledFailure } from '@temporalio/common';
import { describe, expect, test } from 'vitest';
import { isSiemStream, type StreamName } from '../../src/domain/streams/streams.js';
import { CheckpointMovedError } from '../../src/store/writer.js';
import { activityEnvironment } from '../support/collected-source.js';
import { collectorDatabase } from '../support/collector-database.js';
import { raw } from '../support/raw-collections.js';
import { type SimulatedSource, simulatedSource, sizeOf } from '../support/simulated-source.js';
import { until } from '../support/until.js';

const collections = collectorDatabase();

/** A file is asked for while those before it are still being stored. */
async function filesStored(source: SimulatedSource, stream: StreamName, count: number): Promise<void> {
  await until(
    () => source.checkpoint(stream),
    ({ filesDone }) => filesDone.length === count,
  );
}

async function deleteHalf(source: SimulatedSource, stream: StreamName): Promise<void> {
  const records = raw(collections).records(stream);
  const documents = await records.find({ _sourceId: source.id }).toArray();
  const half = documents.filter((_, index) => index % 2 === 0).map(({ _id }) => _id);
  await records.deleteMany({ _id: { $in: half } });
}

describe('cancelled', () => {
  test.each([
    ['in the middle of a page of files', 'receipt', { endpoint: 'file', skip: 2 }, 2],
    ['while the page is listed', 'receipt', { endpoint: 'batch' }, 0],
    ['while a window is read', 'audit', { endpoint: 'audit' }, 0],
  ] as const)('%s: it ends as cancelled, and the next attempt takes up from there', async (_, stream, fault, files) => {
    const source = await simulatedSource(collections);
    await source.fault({ ...fault, action: { hang: true } });
    const environment = activityEnvironment();
    const collecting = source.collect(stream, environment);
    const cancelled = expect(collecting).rejects.toBeInstanceOf(CancelledFailure);
    await until(
      () => source.fired(),
      (fired) => fired === 1,
    );
    await filesStored(source, stream, files);
    environment.cancel('CANCELLED');
    await cancelled;

    const { filesDone, totals, unsettled } = await source.checkpoint(stream);
    expect(filesDone).toHaveLength(files);
    expect(totals.stored).toBe(sizeOf(await source.stored(stream)));
    expect(unsettled).not.toBe(true);

    const outcome = await source.collect(stream);
    const held = await source.held(stream);
    expect(outcome).toMatchObject({
      result: 'caughtUp',
      counts: { stored: sizeOf(held) - totals.stored, duplicates: 0 },
    });
    expect(outcome.totals?.stored).toBe(sizeOf(held));
    expect(await source.stored(stream)).toEqual(held);
  });

  test('before it began', async () => {
    const source = await simulatedSource(collections);
    const environment = activityEnvironment();
    environment.cancel('CANCELLED');
    await expect(source.collect('receipt', environment)).rejects.toBeInstanceOf(CancelledFailure);
    expect(sizeOf(await source.stored('receipt'))).toBe(0);
  });
});

describe('a worker that died', () => {
  test('leaves a note that its records may not be counted yet', async () => {
    const source = await simulatedSource(collections);
    await source.fault({ endpoint: 'file', skip: 1, action: { hang: true } });
    const environment = activityEnvironment();
    const ended = expect(source.collect('receipt', environment)).rejects.toThrow();
    await until(
      () => source.fired(),
      (fired) => fired === 1,
    );
    await filesStored(source, 'receipt', 1);
    expect(await source.checkpoint('receipt')).toMatchObject({ unsettled: true });
    environment.cancel('CANCELLED');
    await ended;
    expect(await source.checkpoint('receipt')).toMatchObject({ unsettled: false });
  });

  test.each(['receipt', 'dlp'] as const)(
    '%s: after it had stored and before it had counted: totals are exact',
    async (stream) => {
      const source = await simulatedSource(collections);
      const before = await source.checkpoint(stream);
      const held = await source.held(stream);
      await source.collect(stream);
      await deleteHalf(source, stream);
      const half = sizeOf(await source.stored(stream));
      // As a worker leaves it that was killed in the middle of the first page.
      await raw(collections).checkpoints.replaceOne({ _id: before._id }, { ...before, unsettled: true });
      const outcome = await source.collect(stream);
      expect(outcome.counts).toEqual({
        stored: sizeOf(held) - half,
        duplicates: isSiemStream(stream) ? half : 0,
        quarantined: 0,
      });
      expect(outcome.totals).toEqual({
        stored: sizeOf(held),
        duplicates: isSiemStream(stream) ? half : 0,
        quarantined: 0,
      });
      expect(await source.stored(stream)).toEqual(held);
      expect(await source.checkpoint(stream)).toMatchObject({ unsettled: false, totals: { stored: sizeOf(held) } });
    },
  );

  test('after its file was stored whole, and with something in quarantine', async () => {
    const source = await simulatedSource(collections);
    await source.fault({ endpoint: 'file', action: { malformedLine: 0 } });
    const { totals } = await source.collect('receipt');
    expect(totals).toMatchObject({ quarantined: 1 });
    await source.meddle('receipt', { $set: { unsettled: true, 'totals.stored': 1, 'totals.quarantined': 0 } });
    expect((await source.collect('receipt')).totals).toEqual(totals);
  });

  test('does not count the records of other sources', async () => {
    const [one, other] = [await simulatedSource(collections), await simulatedSource(collections)];
    const { totals } = await one.collect('dlp');
    await other.collect('dlp');
    await one.meddle('dlp', { $set: { unsettled: true, 'totals.stored': 0 } });
    expect((await one.collect('dlp')).totals).toEqual(totals);
  });
});

test('two attempts at once: one steps back, nothing is lost, repeated or counted twice', async () => {
  const source = await simulatedSource(collections);
  const attempts = await Promise.allSettled([source.collect('receipt'), source.collect('receipt')]);
  for (const attempt of attempts) {
    if (attempt.status === 'rejected') expect(attempt.reason).toBeInstanceOf(CheckpointMovedError);
  }
  const { totals } = await source.collectAll('receipt');
  const held = await source.held('receipt');
  expect(await source.stored('receipt')).toEqual(held);
  expect(totals?.stored).toBe(sizeOf(held));
});

test('a worker thought dead that comes back cannot move the checkpoint', async () => {
  const source = await simulatedSource(collections);
  await source.fault({ endpoint: 'file', skip: 1, action: { hang: true } });
  const environment = activityEnvironment();
  const lost = expect(source.collect('receipt', environment)).rejects.toThrow();
  await until(
    () => source.fired(),
    (fired) => fired === 1,
  );
  await filesStored(source, 'receipt', 1);
  await source.collectAll('receipt');
  const after = await source.checkpoint('receipt');
  environment.cancel('CANCELLED');
  await lost;
  // It may have stored something that nobody has counted.
  expect(await source.checkpoint('receipt')).toEqual({ ...after, recountFor: expect.any(String) });
});
