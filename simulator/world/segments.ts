/**
 * When mail flowed. A segment is a stretch of time with a constant rate; the first is the history, and each run with
 * live traffic appends one. Between segments the gateway was off and no mail flowed. What the world shows at a moment
 * is a function of the segments' ends, so a stopped world that is started again shows exactly what it showed before.
 */
import { RECORDS_PER_MESSAGE } from './deck.js';

/** As kept in `world.json`. Times are epoch ms, lengths ms. */
export interface Segment {
  readonly from: number;
  readonly to: number;
  /** Records of all streams per minute and tenant. */
  readonly recordsPerMinute: number;
  /** Time that one file covers; a file appears when its bucket is over. */
  readonly bucketMs: number;
  /** Audit, DLP and held records appear at most this long after they happened. */
  readonly publishDelayMs: number;
}

export class SegmentPlan {
  readonly from: number;
  readonly recordsPerMinute: number;
  readonly bucketMs: number;
  readonly publishDelayMs: number;
  /** Index of the first message; the numbering goes on from the segment before. */
  readonly firstMessage: number;
  #to: number;

  constructor(segment: Segment, firstMessage: number) {
    this.from = segment.from;
    this.recordsPerMinute = segment.recordsPerMinute;
    this.bucketMs = segment.bucketMs;
    this.publishDelayMs = segment.publishDelayMs;
    this.firstMessage = firstMessage;
    this.#to = segment.to;
  }

  /** End of the segment as seen at `now`: a live segment (`to` is infinite) ends now. */
  end(now: number): number {
    return Math.min(this.#to, now);
  }

  /** Ends the segment if it is live. */
  stop(now: number): void {
    if (this.#to === Number.POSITIVE_INFINITY) this.#to = Math.max(now, this.from);
  }

  /** Only whole buckets become files: mail of a bucket that was cut short by a stop is never published. */
  publishedBuckets(now: number): number {
    return Math.max(0, Math.floor((this.end(now) - this.from) / this.bucketMs));
  }

  /** Buckets of which at least a part has passed: their audit, DLP and held records may be visible. */
  startedBuckets(now: number): number {
    return Math.max(0, Math.ceil((this.end(now) - this.from) / this.bucketMs));
  }

  bucketStart(bucket: number): number {
    return this.from + bucket * this.bucketMs;
  }

  /** Messages of the segment before this bucket. */
  messagesBefore(bucket: number): number {
    return Math.floor((bucket * this.bucketMs * this.recordsPerMinute) / (60_000 * RECORDS_PER_MESSAGE));
  }

  stored(now: number): Segment {
    const { from, recordsPerMinute, bucketMs, publishDelayMs } = this;
    return { from, to: this.end(now), recordsPerMinute, bucketMs, publishDelayMs };
  }
}

/** Numbers the messages of the segments one after another. */
export function planSegments(segments: readonly Segment[]): SegmentPlan[] {
  const plans: SegmentPlan[] = [];
  let firstMessage = 0;
  for (const segment of segments) {
    const plan = new SegmentPlan(segment, firstMessage);
    plans.push(plan);
    if (Number.isFinite(segment.to)) firstMessage += plan.messagesBefore(plan.startedBuckets(segment.to));
  }
  return plans;
}

/**
 * The history that ends at `anchor`, in whole buckets: their length is shortened a little where the duration is not a
 * multiple of it.
 */
export function historySegment(
  anchor: number,
  durationMs: number,
  recordsPerMinute: number,
  intervalMs: number,
  publishDelayMs: number,
): Segment | undefined {
  if (durationMs <= 0 || recordsPerMinute <= 0) return undefined;
  const buckets = Math.ceil(durationMs / intervalMs);
  const bucketMs = Math.ceil(durationMs / buckets);
  return { from: anchor - buckets * bucketMs, to: anchor, recordsPerMinute, bucketMs, publishDelayMs };
}
