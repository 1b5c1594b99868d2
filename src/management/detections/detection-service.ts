/** Lists, counts and exports detections. */

import { needsReading, passes, type ReadFilter } from '../../detections/filter.js';
import { detectionOf } from '../../detections/normalize.js';
import type { Detection, DetectionKind, Severity } from '../../domain/detections/detection.js';
import { partsOf } from '../../domain/detections/rule.js';
import { DETECTION_TABLE } from '../../domain/detections/table.js';
import type { StreamName } from '../../domain/streams/streams.js';
import type { Collections } from '../../store/collections.js';
import { countDetections } from '../../store/detections/detection-counts.js';
import {
  type DetectionRequest,
  detectionRecords,
  type FoundRecord,
  type RecordPosition,
} from '../../store/detections/detection-records.js';
import { followDetections } from '../../store/detections/follow-detections.js';
import type { Followed, FollowRequest } from '../../store/follow-inserts.js';
import { type PageRequest, PageTokenError } from '../../store/list-page.js';
import { TimeBudget } from '../../store/search/time-budget.js';
import { bucketWidth } from './bucket-width.js';

/** What the store finds by an index. */
export interface IndexedFilter {
  readonly kinds?: readonly DetectionKind[] | undefined;
  readonly severities?: readonly Severity[] | undefined;
  readonly sourceId?: number | undefined;
  readonly since?: Date | undefined;
  readonly until?: Date | undefined;
}

export interface DetectionFilter extends IndexedFilter, ReadFilter {}

export interface DetectionPage {
  readonly items: readonly Detection[];
  /** Absent at the end. */
  readonly next?: string;
  /** Where it stopped to look before the page was full. */
  readonly readTo?: string;
}

interface Patience {
  /** Aborted when nobody waits for the answer any more. */
  readonly signal?: AbortSignal | undefined;
}

export interface DetectionCounts {
  readonly since: string;
  readonly until: string;
  readonly widthMs: number;
  /** Where there are none, there is no entry. */
  readonly counts: readonly {
    readonly time: string;
    readonly kind: DetectionKind;
    readonly severity: Severity;
    readonly count: number;
  }[];
  /** Streams that could not be counted in time. */
  readonly uncounted: readonly StreamName[];
}

/** Records that are read for one page when each has to be looked at. */
const MOST_READ = 20_000;
const READ_AT_ONCE = 500;
const EXPORTED_AT_ONCE = 500;
const COUNT_LIMIT_MS = 10_000;
const DAY_MS = 86_400_000;

export class DetectionService {
  constructor(
    private readonly collections: Collections,
    private readonly mostRead = MOST_READ,
  ) {}

  /** Newest first. @throws PageTokenError */
  async page(filter: DetectionFilter, { limit, token, signal }: PageRequest & Patience): Promise<DetectionPage> {
    const size = needsReading(filter) ? READ_AT_ONCE : limit + 1;
    const items: Detection[] = [];
    let behind = token === undefined ? undefined : positionIn(token);
    for (let read = 0; ; ) {
      const found = await this.records(filter, { behind, limit: size, signal });
      for (const one of found) {
        const detection = detectionOf(one.stream, one.record);
        const isWanted = detection !== undefined && passes(filter, detection);
        if (isWanted && items.length === limit) return { items, ...(behind && { next: tokenOf(behind) }) };
        if (isWanted) items.push(detection);
        behind = positionOf(one);
      }
      read += found.length;
      if (found.length < size || behind === undefined) return { items };
      if (read >= this.mostRead) return { items, next: tokenOf(behind), readTo: behind.time.toISOString() };
    }
  }

  /**
   * All of them, newest first, some at a time; nothing is read ahead of who takes them. A part without any says that it is
   * still looking, and lets itself be stopped there.
   */
  async *all(filter: DetectionFilter, signal?: AbortSignal): AsyncGenerator<readonly Detection[], void, undefined> {
    let token: string | undefined;
    do {
      const { items, next } = await this.page(filter, { limit: EXPORTED_AT_ONCE, token, signal });
      yield items;
      token = next;
    } while (token !== undefined);
  }

  /** Those that are stored from now on, or from a token on. @throws PageTokenError, FollowTokenLostError with the first */
  async *follow(
    { kinds, severities, since, until, sourceId, ...filter }: DetectionFilter,
    request: FollowRequest,
  ): AsyncGenerator<Followed<Detection>, void, undefined> {
    const parts = partsOf(DETECTION_TABLE, { kinds, severities });
    const which = { since, until, sourceId, ...request };
    for await (const { token, item } of followDetections(this.collections, parts, which)) {
      const detection = item && detectionOf(item.stream, item.record);
      yield detection !== undefined && passes(filter, detection) ? { token, item: detection } : { token };
    }
  }

  /** By kind and severity over time; default: the last day. */
  async counts(
    { kinds, severities, sourceId, ...range }: IndexedFilter,
    { signal, now = new Date() }: Patience & { readonly now?: Date } = {},
  ): Promise<DetectionCounts> {
    const until = range.until ?? now;
    const since = range.since ?? new Date(until.getTime() - DAY_MS);
    const widthMs = bucketWidth(until.getTime() - since.getTime());
    const parts = partsOf(DETECTION_TABLE, { kinds, severities });
    const request = { since, until, sourceId, widthMs, budget: new TimeBudget(COUNT_LIMIT_MS, signal) };
    const { counts, uncounted } = await countDetections(this.collections, parts, request);
    const sums = new Map<string, DetectionCounts['counts'][number]>();
    for (const { bucket, kind, severity, count } of counts) {
      const time = new Date(since.getTime() + bucket * widthMs).toISOString();
      const key = `${time} ${kind} ${severity}`;
      sums.set(key, { time, kind, severity, count: count + (sums.get(key)?.count ?? 0) });
    }
    const sorted = [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, sum]) => sum);
    return { since: since.toISOString(), until: until.toISOString(), widthMs, counts: sorted, uncounted };
  }

  private records(
    { kinds, severities, since, until, sourceId }: IndexedFilter,
    page: Pick<DetectionRequest, 'behind' | 'limit' | 'signal'>,
  ): Promise<FoundRecord[]> {
    const parts = partsOf(DETECTION_TABLE, { kinds, severities });
    return detectionRecords(this.collections, parts, { since, until, sourceId, ...page });
  }
}

function positionOf({ record }: FoundRecord): RecordPosition {
  return { time: record._messageTime, id: record._id.toString('hex') };
}

function tokenOf({ time, id }: RecordPosition): string {
  return `${time.getTime()}-${id}`;
}

function positionIn(token: string): RecordPosition {
  const [, time, id] = /^(\d{1,14})-([0-9a-f]{32})$/.exec(token) ?? [];
  if (time === undefined || id === undefined) throw new PageTokenError();
  return { time: new Date(Number(time)), id };
}
