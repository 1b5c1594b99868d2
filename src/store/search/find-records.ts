/** The records of a search, newest or oldest first, page by page. */

import { type Binary, BSON, type Document } from 'mongodb';
import type { JsonObject } from '../../domain/json.js';
import { present } from '../../domain/present.js';
import { definitionOf, type StreamName } from '../../domain/streams/streams.js';
import type { Store } from '../driver.js';
import { records } from '../records.js';
import { type Found, merged, type Reading } from './merged.js';
import { type Planned, planned } from './planned.js';
import { type Position, positionOf, tokenOf } from './position.js';
import { type Search, sortOf, timeFilter, type Way } from './request.js';
import { shownDocument } from './shown-document.js';
import { type Slice, slices } from './slices.js';
import { isTimeUp, TimeBudget, TimeIsUpError } from './time-budget.js';

export interface FoundRecord {
  readonly collection: string;
  readonly stream: StreamName;
  /** Its `_id` in hexadecimal. */
  readonly id: string;
  readonly time: Date;
  readonly document: JsonObject;
}

export interface SearchedRange {
  readonly plan: 'index' | 'scan';
  /** Whether there was time enough. */
  readonly isComplete: boolean;
  /** When there was not: everything back to this time was searched, or, oldest first, everything before it. Absent when not even the first part was. */
  readonly searchedTo?: Date;
}

export interface RecordPage extends SearchedRange {
  readonly items: readonly FoundRecord[];
  /** Where to go on; absent when there is nothing more. */
  readonly next?: string;
}

export interface RecordPageRequest {
  readonly limit: number;
  /** `next` of the page before. */
  readonly token?: string | undefined;
  readonly budgetMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** @throws PageTokenError, and what MongoDB throws */
export async function findRecords(store: Store, search: Search, request: RecordPageRequest): Promise<RecordPage> {
  const { limit, token, budgetMs, signal } = request;
  const start = token === undefined ? undefined : positionOf(token);
  const budget = new TimeBudget(budgetMs, signal);
  const plan = await planned(store, search, budget);
  const reading = { limit, budget, behind: start, projection: { _received: 0 } };
  const { found, next, searchedTo, isComplete } = await readRecords(store, plan, reading);
  // Where not even the first part was searched, the same place is tried again.
  const place = next === start ? token : next && tokenOf(next);
  return {
    items: found.map(shownRecord),
    plan: plan.plan,
    isComplete,
    ...present({ searchedTo, next: place }),
  };
}

/** A page that is larger ends early. */
const MAX_PAGE_BYTES = 8 * 1024 * 1024;
const FIRST_SLICE = 5_000;
/** Of what a page takes on average from each collection, to begin with: more would be read in vain. */
const SHARE = 3;
const MIN_BATCH = 4;
const MAX_BATCH = 1_000;

interface ReadOptions {
  readonly limit: number;
  readonly budget: TimeBudget;
  readonly behind?: Position | undefined;
  readonly projection: Document;
}

interface Read {
  readonly found: readonly Found[];
  /** Where to go on; absent when there is nothing more, or no time was enough to get anywhere. */
  readonly next?: Position | undefined;
  readonly searchedTo?: Date | undefined;
  readonly isComplete: boolean;
}

/** As many as a page takes, or as the time allows. */
export async function readRecords(store: Store, plan: Planned, reading: ReadOptions): Promise<Read> {
  const { limit, budget, behind } = reading;
  const found: Found[] = [];
  let bytes = 0;
  const isFull = (count: number, size: number) => count > limit || (count > 1 && size > MAX_PAGE_BYTES);
  const work = async (slice: Slice, time: TimeBudget) => {
    const read: Found[] = [];
    let size = bytes;
    const wanted = { ...reading, budget: time, limit: limit + 1 - found.length };
    try {
      for await (const one of merged(readingsOf(store, plan, slice, wanted), plan.search.isOldestFirst)) {
        read.push(one);
        size += BSON.calculateObjectSize(one.document);
        if (isFull(found.length + read.length, size)) break;
      }
    } catch (error) {
      // What was merged is complete down to the last of it.
      const reached = placeOf(read.at(-1));
      if (!isTimeUp(error) || reached === undefined) throw error;
      return { result: { read, size }, reached };
    }
    return { result: { read, size } };
  };
  let reached: { readonly searchedTo?: Date; readonly next?: Position | undefined } = { next: behind };
  for await (const { result, searchedTo, behind: place } of slices(store, plan, {
    budget,
    behind,
    firstSize: FIRST_SLICE,
    work,
  })) {
    found.push(...result.read);
    bytes = result.size;
    if (isFull(found.length, bytes))
      return { found: found.slice(0, -1), next: placeOf(found.at(-2)), isComplete: true };
    if (searchedTo === undefined) return { found, isComplete: true };
    reached = { searchedTo, next: place };
  }
  budget.signal?.throwIfAborted();
  return { found, ...reached, isComplete: false };
}

function placeOf(found: Found | undefined): Position | undefined {
  return found && { time: found.document._messageTime, id: found.document._id, stream: found.stream };
}

export function shownRecord({ stream, document }: Found): FoundRecord {
  const { _id, ...rest } = document;
  const id = (_id as Binary).toString('hex');
  const { collection } = definitionOf(stream);
  return { collection, stream, id, time: document._messageTime, document: { _id: id, ...shownDocument(rest) } };
}

function readingsOf(
  store: Store,
  { search, ways }: Planned,
  { behind: start, from, to }: Slice,
  { limit, projection, budget }: ReadOptions,
): Reading[] {
  const share = Math.max(MIN_BATCH, Math.ceil((limit * SHARE) / ways.length));
  // Not one cursor with small batches: to choose a plan, MongoDB reads ahead as far as the limit.
  async function* reading({ stream, reached, index, rest }: Way): Reading {
    let left = limit;
    let behind = start;
    for (let size = share; left > 0; size = Math.min(MAX_BATCH, size * 2)) {
      if (budget.isOver) throw new TimeIsUpError();
      const time = timeFilter({ ...search, ...present({ from, to }) }, behind)(stream);
      const filter = { $and: [reached, time, ...(rest === undefined ? [] : [rest])] };
      const asked = Math.min(left, size);
      const cursor = await budget.ask(async (limits) => {
        const options = { projection, limit: asked, batchSize: asked, ...limits };
        const found = records(store, stream).find<Found['document']>(filter, options).sort(sortOf(search)).hint(index);
        // This is what asks.
        await found.hasNext();
        return found;
      });
      let read = 0;
      for await (const document of cursor) {
        read += 1;
        behind = { time: document._messageTime, id: document._id, stream };
        yield { stream, document };
      }
      if (read < asked) return;
      left -= read;
    }
  }
  return ways.map(reading);
}
