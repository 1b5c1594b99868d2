/** Finds the records that are detections, over all of their collections. */

import { Binary, type Document } from 'mongodb';
import type { DetectionPart } from '../../domain/detections/rule.js';
import { present } from '../../domain/present.js';
import type { RecordDocument } from '../../domain/records/record.js';
import { Semaphore } from '../../domain/semaphore.js';
import type { StreamName } from '../../domain/streams/streams.js';
import type { Store } from '../driver.js';
import { ORDER } from '../record-indexes.js';
import { records } from '../records.js';
import { AT_ONCE } from '../search/time-budget.js';
import { alternativesOf, type DetectionRange, inRange } from './detection-conditions.js';

/** Where a page ends: the next one begins behind it. */
export interface RecordPosition {
  readonly time: Date;
  /** Hexadecimal. */
  readonly id: string;
}

export interface FoundRecord {
  readonly stream: StreamName;
  readonly record: RecordDocument;
}

export interface DetectionRequest extends DetectionRange {
  readonly behind?: RecordPosition | undefined;
  readonly limit: number;
  readonly signal?: AbortSignal | undefined;
}

/** Of the records that the parts ask for, the newest ones behind a position. */
export async function detectionRecords(
  store: Store,
  parts: readonly DetectionPart[],
  { behind: start, limit, signal, ...range }: DetectionRequest,
): Promise<FoundRecord[]> {
  const turns = new Semaphore(AT_ONCE);
  const asked = parts.flatMap((part) => alternativesOf(part).map((condition) => ({ part, condition })));
  // What one gives in excess is read for nothing, so each is asked for less than all.
  const step = asked.length === 1 ? limit : Math.max(10, Math.ceil(limit / 4));
  const searches = asked.map(({ part: { stream, ...part }, condition }) => ({
    stream,
    found: stepwise(start, step, (behind) =>
      turns.run(() =>
        records(store, stream)
          .find(
            { $and: [condition, inRange(range), behindOf(behind)] },
            { projection: fieldsOf(part), ...present({ signal }) },
          )
          .sort(ORDER)
          .limit(step)
          .toArray(),
      ),
    ),
  }));
  return merged(searches, limit);
}

/**
 * Reads on as far as it is asked to, in searches of their own instead of one cursor: to choose an index, the server reads
 * up to 101 records or the limit of a search, however small its batches are.
 */
async function* stepwise(
  from: RecordPosition | undefined,
  step: number,
  find: (behind: RecordPosition | undefined) => Promise<RecordDocument[]>,
): AsyncGenerator<RecordDocument, null, undefined> {
  for (let behind = from; ; ) {
    const found = await find(behind);
    yield* found;
    const last = found.at(-1);
    if (last === undefined || found.length < step) return null;
    behind = { time: last._messageTime, id: last._id.toString('hex') };
  }
}

interface Search {
  readonly stream: StreamName;
  readonly found: AsyncGenerator<RecordDocument, null, undefined>;
}

/** A record that several searches find is one. */
async function merged(searches: readonly Search[], limit: number): Promise<FoundRecord[]> {
  const heads = await Promise.all(searches.map(nextOf));
  const result: FoundRecord[] = [];
  while (result.length < limit) {
    const newest = heads.reduce<number>((best, head, at) => (isNewer(head, heads[best] ?? null) ? at : best), 0);
    const [record, search] = [heads[newest], searches[newest]];
    if (!record || search === undefined) break;
    const found = { stream: search.stream, record };
    if (!isSame(found, result.at(-1))) result.push(found);
    heads[newest] = result.length < limit ? await nextOf(search) : null;
  }
  return result;
}

async function nextOf({ found }: Search): Promise<RecordDocument | null> {
  return (await found.next()).value;
}

function isSame({ stream, record }: FoundRecord, other: FoundRecord | undefined): boolean {
  return stream === other?.stream && record._id.toString('hex') === other.record._id.toString('hex');
}

function isNewer(record: RecordDocument | null, other: RecordDocument | null): boolean {
  if (record === null || other === null) return record !== null;
  const ahead = record._messageTime.getTime() - other._messageTime.getTime();
  return ahead === 0 ? record._id.toString('hex') > other._id.toString('hex') : ahead > 0;
}

/** What of a record is needed to tell what it is; the rest can be long. */
function fieldsOf({ fields, rules, checks }: Omit<DetectionPart, 'stream'>): Document {
  const tested = rules.flatMap(({ when }) => when.flat().map(({ field }) => field));
  const own = ['_messageTime', '_receiptTime', '_sourceId', '_source', '_collector'];
  return Object.fromEntries(
    [...own, ...tested, ...(checks ?? []), ...Object.values(fields).flat()].map((key) => [key, 1]),
  );
}

function behindOf(position: RecordPosition | undefined): Document {
  if (position === undefined) return {};
  const { time, id } = position;
  const _id = { $lt: new Binary(Buffer.from(id, 'hex')) };
  // The bound beside the alternatives lets the index begin there.
  return { _messageTime: { $lte: time }, $or: [{ _messageTime: { $lt: time } }, { _messageTime: time, _id }] };
}
