/** One record, and those right after it. */

import { definitionOf, type StreamName } from '../../domain/streams/streams.js';
import type { Store } from '../driver.js';
import { BY_SOURCE } from '../record-indexes.js';
import { records } from '../records.js';
import { type FoundRecord, shownRecord } from './find-records.js';
import type { Found } from './merged.js';
import { binaryOf, compare, tokenOf } from './position.js';
import { TimeBudget } from './time-budget.js';

/** @param id in hexadecimal. */
export async function recordById(store: Store, stream: StreamName, id: string): Promise<FoundRecord | undefined> {
  const document = await records(store, stream).findOne<Found['document']>({ _id: binaryOf(id) });
  return document === null ? undefined : shownRecord({ stream, document });
}

/** Where a search goes on with the records that are older than this one. */
export function tokenBehind({ stream, id, time }: Pick<FoundRecord, 'stream' | 'id' | 'time'>): string {
  return tokenOf({ stream, id: binaryOf(id), time });
}

export interface NewerRequest {
  readonly sourceId: number;
  readonly streams: readonly StreamName[];
  /** Included. */
  readonly to: Date;
  readonly limit: number;
  readonly budgetMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** The records that come right before this one in a list, newest first: what happened next in its source. */
export async function newerRecords(
  store: Store,
  record: Pick<FoundRecord, 'stream' | 'id' | 'time'>,
  { sourceId, streams, to, limit, budgetMs, signal }: NewerRequest,
): Promise<FoundRecord[]> {
  const budget = new TimeBudget(budgetMs, signal);
  const filter = { _sourceId: sourceId, _messageTime: { $gte: record.time, $lte: to } };
  const place = { stream: record.stream, document: { _id: binaryOf(record.id), _messageTime: record.time } };
  const found = await Promise.all(
    streams.map((stream) =>
      budget.ask(async (options) => {
        const cursor = records(store, stream)
          .find<Found['document']>(filter, { projection: { _received: 0 }, ...options })
          .sort({ _messageTime: 1, _id: 1 })
          .hint(BY_SOURCE);
        const ofStream: Found[] = [];
        for await (const document of cursor) {
          const one = { stream, document };
          if (compare(one, place) < 0) ofStream.push(one);
          if (ofStream.length === limit) break;
        }
        return ofStream;
      }),
    ),
  );
  return found.flat().sort(compare).slice(-limit).map(shownRecord);
}

export function streamOfCollection(name: string, streams: readonly StreamName[]): StreamName | undefined {
  return streams.find((stream) => stream === name || definitionOf(stream).collection === name);
}
