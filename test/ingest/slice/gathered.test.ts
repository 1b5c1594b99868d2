/** When batches of small files are stored: together, but neither too many of them nor too late. */

import { Binary } from 'mongodb';
import { describe, expect, test, vi } from 'vitest';
import { timed } from '../../../src/domain/records/record.js';
import { NO_RULE_COUNTS } from '../../../src/domain/streams/rule-counts.js';
import { Gathered } from '../../../src/ingest/slice/gathered.js';
import type { TimedBatch } from '../../../src/ingest/slice/record-batch.js';

const MIB = 1_048_576;

function batchOf(count: number, { bytes = count, excluded = 0 } = {}): TimedBatch {
  const now = new Date();
  const document = { _id: new Binary(), _sourceId: 1, _messageTime: now, _receiptTime: now };
  return {
    records: Array.from({ length: count }, () => timed(document, undefined)),
    unreadable: [],
    times: Array.from({ length: count }, () => undefined),
    ruled: { ...NO_RULE_COUNTS, excluded },
    bytes,
  };
}

describe('batches of small files', () => {
  test.each<[string, readonly TimedBatch[], { readonly isDue: boolean; readonly hasRoom: boolean }]>([
    ['none', [], { isDue: false, hasRoom: true }],
    ['a small one', [batchOf(10)], { isDue: false, hasRoom: true }],
    ['some that just leave room for another', [batchOf(500), batchOf(490)], { isDue: false, hasRoom: true }],
    ['some that do not', [batchOf(500), batchOf(491)], { isDue: false, hasRoom: false }],
    ['a full one', [batchOf(1_000)], { isDue: true, hasRoom: false }],
    ['few of many bytes', [batchOf(2, { bytes: MIB })], { isDue: true, hasRoom: false }],
    ['one from which rules have left nothing', [batchOf(0, { excluded: 7 })], { isDue: false, hasRoom: true }],
  ])('%s', (_, batches, expected) => {
    const gathered = new Gathered();
    for (const batch of batches) gathered.add(batch);
    expect({ isDue: gathered.isDue, hasRoom: gathered.hasRoomFor(batchOf(10)) }).toEqual(expected);
  });

  test('wait a second at most', () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    try {
      const gathered = new Gathered();
      gathered.add(batchOf(1));
      vi.advanceTimersByTime(999);
      gathered.add(batchOf(1));
      expect(gathered.isDue).toBe(false);
      vi.advanceTimersByTime(1);
      expect(gathered.isDue).toBe(true);
      gathered.clear();
      expect([gathered.isDue, gathered.isEmpty]).toEqual([false, true]);
      gathered.add(batchOf(1));
      expect(gathered.isDue).toBe(false);
    } finally {
      vi.useRealTimers();
    }
  });

  test('stay until they are stored, with what the rules did to all of them', () => {
    const gathered = new Gathered();
    gathered.add(batchOf(2, { excluded: 1 }));
    gathered.add(batchOf(3, { excluded: 4 }));
    gathered.files += 2;
    const { records, ruled } = gathered.content;
    expect([records.length, ruled.excluded, gathered.files]).toEqual([5, 5, 2]);
    expect(gathered.content).toEqual({ records, unreadable: [], ruled });
    gathered.clear();
    expect([gathered.content, gathered.files]).toEqual([{ records: [], unreadable: [], ruled: NO_RULE_COUNTS }, 0]);
  });
});
