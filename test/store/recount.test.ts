/** Totals that stay those of what is stored, whoever stored it and whatever became of them. */

import { Binary } from 'mongodb';
import { beforeEach, describe, expect, test } from 'vitest';
import type { RecordDocument } from '../../src/domain/records/record.js';
import {
  type CheckpointDocument,
  checkpointId,
  ensureCheckpoints,
  moveCheckpoint,
  readCheckpoint,
} from '../../src/store/checkpoints.js';
import { recordGap } from '../../src/store/gaps.js';
import { quarantine } from '../../src/store/quarantine.js';
import { insertRecords } from '../../src/store/records.js';
import { askForRecount, beginBackfill, countBackfill, isUncounted, recountTotals } from '../../src/store/recount.js';
import { CheckpointMovedError, Writer } from '../../src/store/writer.js';
import { collectorDatabase } from '../support/collector-database.js';
import { raw } from '../support/raw-collections.js';
import { numbers } from '../support/store-fixtures.js';

const collections = collectorDatabase();
const { checkpoints } = raw(collections);
const BEGIN = new Date('2025-09-14T12:00:00Z');
const ID = checkpointId(7, 'receipt');

const stored = (count: number) => ({ stored: count, duplicates: 0, quarantined: 0 });
const read = () => readCheckpoint(collections, 7, 'receipt');

function recordsFrom(first: number, count: number): RecordDocument[] {
  return numbers(count).map((number) => ({
    _id: new Binary(Buffer.from([first + number])),
    _sourceId: 7,
    _messageTime: BEGIN,
    _receiptTime: BEGIN,
  }));
}

beforeEach(async () => {
  await checkpoints.deleteMany({});
  await raw(collections).records('receipt').deleteMany({});
  await raw(collections).quarantine.deleteMany({});
  await raw(collections).gaps.deleteMany({});
  await ensureCheckpoints(collections, 7, ['receipt'], BEGIN);
});

/** An attempt that has noted itself in the checkpoint, as it does before it stores anything. */
async function attempt(): Promise<{ readonly writer: Writer; readonly checkpoint: CheckpointDocument }> {
  const writer = Writer.open(collections, ID);
  const checkpoint = await moveCheckpoint(collections, await read(), { unsettled: true, writer: writer.id });
  return { writer, checkpoint };
}

describe('an attempt that is presumed dead', () => {
  test('stores nothing once its successor has counted', async () => {
    const { writer } = await attempt();
    await insertRecords(writer, 'receipt', recordsFrom(0, 4));
    const counted = await recountTotals(collections, await read());
    expect(counted).toMatchObject({ totals: stored(4), unsettled: false });
    expect(counted).not.toHaveProperty('writer');

    const gap = { sourceId: 7, stream: 'receipt', from: BEGIN, to: BEGIN, reason: 'late' } as const;
    const line = { id: new Binary(Buffer.from('x')), reason: 'no JSON', place: 'p', text: 'x', size: 1 };
    for (const late of [
      () => insertRecords(writer, 'receipt', recordsFrom(100, 3)),
      () => quarantine(writer, 7, 'receipt', [line]),
      () => recordGap(writer, gap),
    ]) {
      await expect(late()).rejects.toThrow(new CheckpointMovedError(ID));
    }
    await writer.close(false);
    expect(await raw(collections).records('receipt').countDocuments()).toBe(4);
    expect(await raw(collections).quarantine.countDocuments()).toBe(0);
    expect(await raw(collections).gaps.countDocuments()).toBe(0);
    expect(isUncounted(await read())).toBe(false);
  });

  test('is fenced off by whoever comes after a successor that died before it had counted', async () => {
    const { writer } = await attempt();
    await insertRecords(writer, 'receipt', recordsFrom(0, 2));
    // As successors leave it that died after they had fenced the attempt off.
    for (const _ of numbers(2)) {
      const claimed = await moveCheckpoint(collections, await read(), {});
      const fence = Writer.fenceFor(collections, ID, writer.id, claimed.version);
      await moveCheckpoint(fence, claimed, {});
      await fence.close(false);
    }
    expect(await read()).toMatchObject({ unsettled: true, writer: writer.id });
    expect((await recountTotals(collections, await read())).totals).toEqual(stored(2));
    await expect(insertRecords(writer, 'receipt', recordsFrom(9, 1))).rejects.toThrow(CheckpointMovedError);
    await writer.close(false);
  });

  test('of many who count after it, one goes on', async () => {
    const { writer } = await attempt();
    await insertRecords(writer, 'receipt', recordsFrom(0, 3));
    const current = await read();
    const recounts = await Promise.allSettled(numbers(8).map(() => recountTotals(collections, current)));
    const reasons = recounts.flatMap((recount) => (recount.status === 'rejected' ? [recount.reason] : []));
    expect(reasons).toHaveLength(7);
    for (const reason of reasons) expect(reason).toBeInstanceOf(CheckpointMovedError);
    expect(await read()).toMatchObject({ totals: stored(3), unsettled: false });
    await writer.close(false);
  });

  test('one that lives on asks for another count', async () => {
    expect(isUncounted(await read())).toBe(false);
    await askForRecount(collections, { _id: ID });
    expect(isUncounted(await read())).toBe(true);
    expect(isUncounted(await recountTotals(collections, await read()))).toBe(true);
    expect(isUncounted(await read())).toBe(false);
  });

  test('its session is not used again; that of one which has counted all is', async () => {
    const ended = Writer.open(collections, ID);
    const { id } = ended;
    await ended.close(true);
    const next = Writer.open(collections, ID);
    expect(next.id).toBe(id);
    await next.close(false);
    const other = Writer.open(collections, ID);
    expect(other.id).not.toBe(id);
    await other.close(true);
  });
});

test('who recounts what another has moved steps back', async () => {
  const current = await read();
  await moveCheckpoint(collections, current, { filesDone: ['/a'] });
  await expect(recountTotals(collections, current)).rejects.toThrow(CheckpointMovedError);
});

test('a recount counts what is in quarantine, and gaps', async () => {
  const { writer } = await attempt();
  const line = { id: new Binary(Buffer.from('x')), reason: 'no JSON', place: 'p', text: 'x', size: 1 };
  await quarantine(writer, 7, 'receipt', [line]);
  const later = new Date(BEGIN.getTime() + 1_000);
  await recordGap(writer, { sourceId: 7, stream: 'receipt', from: BEGIN, to: later, reason: 'too old' });
  await recordGap(collections, { sourceId: 7, stream: 'dlp', from: BEGIN, to: later, reason: 'of another stream' });
  await writer.close(false);
  expect(await recountTotals(collections, await read())).toMatchObject({
    totals: { stored: 0, quarantined: 1 },
    gaps: { count: 1, last: { from: BEGIN.toISOString(), to: later.toISOString(), reason: 'too old' } },
  });
});

describe('a backfill, which stores beside the collection', () => {
  const backfill = () => Writer.open(collections, ID);
  const age = (writer: Writer) =>
    checkpoints.updateOne({ _id: ID }, { $set: { [`backfills.${writer.id}`]: new Date(Date.now() - 3_600_000) } });

  test('what it counted is not overwritten by a slice that read the checkpoint before', async () => {
    const before = await read();
    const writer = backfill();
    await beginBackfill(writer, 7, 'receipt');
    await countBackfill(writer, 7, 'receipt', { ...stored(5), quarantined: 1 });
    const moved = await moveCheckpoint(collections, before, { filesDone: ['/a'], totals: stored(3) });
    expect(moved.totals).toEqual({ stored: 8, duplicates: 0, quarantined: 1 });
    expect(moved.recountFor).toEqual(expect.any(String));
    expect(moved.backfills).toEqual({});
    await writer.close(false);
  });

  test('that stored nothing asks for no count', async () => {
    const writer = backfill();
    await beginBackfill(writer, 7, 'receipt');
    await countBackfill(writer, 7, 'receipt', stored(0));
    expect(isUncounted(await read())).toBe(false);
    await writer.close(false);
  });

  test('that goes on during a recount asks for another', async () => {
    const writer = backfill();
    await insertRecords(writer, 'receipt', recordsFrom(0, 4));
    await countBackfill(writer, 7, 'receipt', stored(9));
    const current = await read();
    await countBackfill(writer, 7, 'receipt', stored(1));
    expect((await recountTotals(collections, current)).totals).toEqual(stored(4));
    const again = await read();
    expect(again.recountFor).toEqual(expect.any(String));
    await recountTotals(collections, again);
    expect(await read()).not.toHaveProperty('recountFor');
    await writer.close(false);
  });

  test('in the middle of a batch is not disturbed by a recount', async () => {
    const writer = backfill();
    await beginBackfill(writer, 7, 'receipt');
    expect(isUncounted(await read())).toBe(false);
    await recountTotals(collections, await read());
    await insertRecords(writer, 'receipt', recordsFrom(0, 2));
    await countBackfill(writer, 7, 'receipt', stored(2));
    expect((await recountTotals(collections, await read())).totals).toEqual(stored(2));
    await writer.close(false);
  });

  test('that died after it had stored is fenced off and counted after a while', async () => {
    const writer = backfill();
    await beginBackfill(writer, 7, 'receipt');
    await insertRecords(writer, 'receipt', recordsFrom(0, 2));
    await age(writer);
    expect(isUncounted(await read())).toBe(true);
    const counted = await recountTotals(collections, await read());
    expect(counted).toMatchObject({ totals: stored(2), backfills: {} });
    expect(isUncounted(counted)).toBe(false);
    await expect(insertRecords(writer, 'receipt', recordsFrom(9, 1))).rejects.toThrow(CheckpointMovedError);
    await writer.close(false);
  });
});
