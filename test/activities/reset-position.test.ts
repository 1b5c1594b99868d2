import { expect, test } from 'vitest';
import { collectorDatabase } from '../support/collector-database.js';
import { raw } from '../support/raw-collections.js';
import { simulatedSource, sizeOf } from '../support/simulated-source.js';

const collections = collectorDatabase();

test.each(['receipt', 'audit', 'hold'] as const)(
  '%s is read again from a time on, what is stored is skipped, and what was lost is there again',
  async (stream) => {
    const source = await simulatedSource(collections);
    const held = await source.held(stream);
    await source.collect(stream);
    await raw(collections).records(stream).deleteMany({ _sourceId: source.id }, { comment: 'lost' });

    const from = new Date(Date.now() - 86_400_000).toISOString();
    await source.run(({ resetPosition }, id) => resetPosition(id, stream, from));
    expect((await source.collect(stream)).counts).toMatchObject({ stored: sizeOf(held) });
    expect(await source.stored(stream)).toEqual(held);

    await source.run(({ resetPosition }, id) => resetPosition(id, stream, from));
    expect((await source.collect(stream)).counts).toMatchObject({ stored: 0 });
    expect(await source.stored(stream)).toEqual(held);
  },
);

test('without a time, a stream of files begins a day before its newest record', async () => {
  const source = await simulatedSource(collections);
  const stream = 'receipt';
  const { lastEventTime = '' } = await source.collect(stream);
  const { position } = await source.run(({ resetPosition }, id) => resetPosition(id, stream));
  const dayBefore = new Date(Date.parse(lastEventTime) - 86_400_000).toISOString().slice(0, 10);
  expect(position).toBe(`first page from ${dayBefore}`);
});
