/** A tenant's generated mail: counted bucket by bucket, and made only when somebody asks for it. */
import { type RecordStream, SIEM_STREAMS, STREAMS, type StreamName } from '../../src/domain/streams/streams.js';
import { recordsOf } from '../kinds/list.js';
import { type LineForm, siemLines } from '../kinds/siem-lines.js';
import { type Message, type MessageSlot, makeMessage, randomFor } from '../mail/message.js';
import { BucketMail, type RecentMail, recentMail } from './bucket-mail.js';
import { Dealer, type RowCounts, rowsOf } from './deck.js';
import type { ApiEntry, Origin } from './origin.js';
import type { LogFile, Position } from './position.js';
import type { SegmentPlan } from './segments.js';

const PURPOSE_TIME = 0;
const PURPOSE_PUBLISH = 2;
/** Segment numbers of positions start here; 0 is kept for given records. */
const FIRST_SEGMENT = 1;

export class GeneratedMail implements Origin {
  readonly #seed: number;
  readonly #tenant: number;
  readonly #accountId: string;
  readonly #dealer: Dealer;
  readonly #plans: readonly SegmentPlan[];
  readonly #counts = new Map<SegmentPlan, Map<number, RowCounts>>();
  readonly #entries = new Map<string, readonly ApiEntry[]>();
  readonly #recent: RecentMail;

  /**
   * @param plans may grow at its end.
   * @param recent is shared by the tenants of a world.
   */
  constructor(
    seed: number,
    tenant: number,
    accountId: string,
    plans: readonly SegmentPlan[],
    recent: RecentMail = recentMail(),
  ) {
    this.#recent = recent;
    this.#seed = seed;
    this.#tenant = tenant;
    this.#accountId = accountId;
    this.#dealer = new Dealer(seed, tenant);
    this.#plans = plans;
  }

  *files(from: Position, now: number): Iterable<LogFile> {
    for (
      let segment = Math.max(from.segment, FIRST_SEGMENT);
      segment - FIRST_SEGMENT < this.#plans.length;
      segment += 1
    ) {
      const plan = this.#plan(segment);
      const resumed = segment === from.segment;
      for (let bucket = resumed ? from.bucket : 0; bucket < plan.publishedBuckets(now); bucket += 1) {
        const counts = this.#countsOf(plan, bucket);
        const first = resumed && bucket === from.bucket ? from.type : 0;
        for (const [type, stream] of SIEM_STREAMS.entries()) {
          if (type < first || counts[stream] === 0) continue;
          const publishedAt = plan.bucketStart(bucket + 1);
          yield { position: { segment, bucket, type }, stream, publishedAt, lines: counts[stream] };
        }
      }
    }
  }

  positionAt(time: number): Position {
    for (const [at, plan] of this.#plans.entries()) {
      const bucket = Math.max(0, Math.ceil((time - plan.from) / plan.bucketMs) - 1);
      if (bucket < plan.publishedBuckets(Number.MAX_SAFE_INTEGER))
        return { segment: at + FIRST_SEGMENT, bucket, type: 0 };
    }
    return { segment: this.#plans.length + FIRST_SEGMENT, bucket: 0, type: 0 };
  }

  lines(file: LogFile, form: LineForm): Promise<Buffer[]> {
    const lines: Buffer[] = [];
    const { segment, bucket } = file.position;
    for (const message of this.#mailOf(this.#plan(segment), bucket).messagesIn(file.stream)) {
      for (const line of siemLines(message, file.stream, form)) lines.push(Buffer.from(line));
    }
    return Promise.resolve(lines);
  }

  stored(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  *entries(stream: RecordStream, from: number, to: number, now: number): Iterable<ApiEntry> {
    for (const plan of this.#plans) {
      const end = plan.end(now);
      const last = Math.min(plan.startedBuckets(now) - 1, Math.floor((to + 1000 - plan.from) / plan.bucketMs));
      for (let bucket = Math.max(0, Math.floor((from - plan.from) / plan.bucketMs)); bucket <= last; bucket += 1) {
        for (const entry of this.#entriesOf(plan, bucket, stream)) {
          if (entry.time >= from && entry.time <= to && entry.publishedAt <= end) yield entry;
        }
      }
    }
  }

  #plan(segment: number): SegmentPlan {
    const plan = this.#plans[segment - FIRST_SEGMENT];
    if (!plan) throw new Error(`no segment ${segment}`);
    return plan;
  }

  #countsOf(plan: SegmentPlan, bucket: number): RowCounts {
    const ofPlan = this.#counts.get(plan) ?? new Map<number, RowCounts>();
    this.#counts.set(plan, ofPlan);
    const known = ofPlan.get(bucket);
    if (known) return known;
    const counts = Object.fromEntries(STREAMS.map((stream) => [stream, 0])) as Record<StreamName, number>;
    const end = plan.messagesBefore(bucket + 1);
    for (let at = plan.messagesBefore(bucket); at < end; at += 1) {
      const rows = rowsOf(this.#dealer.kindOf(plan.firstMessage + at));
      for (const stream of STREAMS) counts[stream] += rows[stream];
    }
    ofPlan.set(bucket, counts);
    return counts;
  }

  #mailOf(plan: SegmentPlan, bucket: number): BucketMail {
    const key = `${this.#accountId} ${plan.firstMessage} ${plan.from} ${bucket}`;
    const known = this.#recent.get(key);
    if (known !== undefined) return known;
    const mail = new BucketMail([...this.#slots(plan, bucket)]);
    this.#recent.set(key, mail);
    return mail;
  }

  /** The bucket's messages, in order of time. */
  *#slots(plan: SegmentPlan, bucket: number): Iterable<MessageSlot> {
    const first = plan.messagesBefore(bucket);
    const count = plan.messagesBefore(bucket + 1) - first;
    for (let at = 0; at < count; at += 1) {
      const index = plan.firstMessage + first + at;
      const identity = { seed: this.#seed, tenant: this.#tenant, index };
      const share = (at + randomFor(identity, PURPOSE_TIME).float()) / count;
      const finishedAt = Math.floor(plan.bucketStart(bucket) + share * plan.bucketMs);
      yield { ...identity, accountId: this.#accountId, kind: this.#dealer.kindOf(index), finishedAt };
    }
  }

  #entriesOf(plan: SegmentPlan, bucket: number, stream: RecordStream): readonly ApiEntry[] {
    const key = `${stream} ${plan.firstMessage} ${plan.from} ${bucket}`;
    let entries = this.#entries.get(key);
    if (!entries) {
      entries = this.#countsOf(plan, bucket)[stream] === 0 ? [] : [...this.#makeEntries(plan, bucket, stream)];
      this.#entries.set(key, entries);
    }
    return entries;
  }

  *#makeEntries(plan: SegmentPlan, bucket: number, stream: RecordStream): Iterable<ApiEntry> {
    for (const slot of this.#mailOf(plan, bucket).slotsIn(stream)) {
      const rows = rowsOf(slot.kind)[stream];
      const publishedAt = slot.finishedAt + randomFor(slot, PURPOSE_PUBLISH).int(0, plan.publishDelayMs);
      const time = Math.floor(slot.finishedAt / 1000) * 1000;
      for (let row = 0; row < rows; row += 1) {
        yield new GeneratedEntry(slot, stream, row, time, publishedAt);
      }
    }
  }
}

class GeneratedEntry implements ApiEntry {
  readonly #slot: MessageSlot;
  readonly #stream: RecordStream;
  readonly #row: number;
  readonly time: number;
  readonly publishedAt: number;

  constructor(slot: MessageSlot, stream: RecordStream, row: number, time: number, publishedAt: number) {
    this.#slot = slot;
    this.#stream = stream;
    this.#row = row;
    this.time = time;
    this.publishedAt = publishedAt;
  }

  get key(): string {
    return `${String(this.#slot.index).padStart(12, '0')}.${this.#row}`;
  }

  text(): string {
    const message: Message = makeMessage(this.#slot);
    const text = recordsOf(message, this.#stream)[this.#row];
    if (text === undefined) throw new Error(`message ${message.index} has no row ${this.#row} in ${this.#stream}`);
    return text;
  }
}
