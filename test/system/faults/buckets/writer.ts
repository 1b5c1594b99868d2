/**
 * Who writes the bucket of a run: objects in all forms, late, damaged, written again, deleted, and announced as notifications
 * are: not always, and not once. It notes what has to be stored in the end, from what it wrote alone.
 */

import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { StreamName } from '../../../../src/domain/streams/streams.js';
import type { TestQueue } from '../../../support/moto-server.js';
import type { SeededRandom } from '../../../support/random.js';
import type { TestBucket } from '../../../support/s3-server.js';
import { until } from '../../../support/until.js';
import type { BucketFaultKind } from '../fault.js';
import type { Gate } from './gate.js';
import { announcement, brokenLine, bytesOf, FORMS, type ObjectForm, truncated } from './object-forms.js';
import { hashOf, Tally } from './tally.js';

/** Of the sources that read the bucket: records with an identity by their bytes, and by an id. */
export const WRITTEN_SIEM_TYPES = ['receipt', 'process', 'av', 'url protect'] as const;
const WRITTEN_STREAMS: readonly StreamName[] = [...WRITTEN_SIEM_TYPES, 'audit'];

export interface WriterOptions {
  readonly bucket: TestBucket;
  readonly queue: TestQueue;
  /** Before the store. */
  readonly gate: Gate;
  readonly random: SeededRandom;
}

/** An object as it is to be in the end. */
interface Lying {
  readonly key: string;
  readonly stream: StreamName;
  readonly form: ObjectForm;
  readonly lines: readonly string[];
  /** Whether what lies there is another version, which cannot be read. */
  readonly isDamaged: boolean;
}

/** So many of the newest objects can still be changed. */
const KEPT = 2_000;
const DAY = '2026/11/30';
/** Objects that lie there before anybody reads are written so many at a time. */
const AT_ONCE = 16;
const MEND_AFTER_MS = { least: 1_000, most: 6_000 } as const;
const WRITE_LIMIT = { limitMs: 120_000, everyMs: 100 } as const;

export class BucketWriter {
  /** What has to be stored, and what may be: of an object that was deleted nobody knows whether it was read before. */
  readonly required = new Tally();
  readonly allowed = new Tally();
  /** Keys of objects that were deleted. */
  readonly deleted = new Set<string>();
  /** Texts that are no records. */
  readonly broken = new Set<string>();
  private readonly objects = new Map<string, Lying>();
  private numbers = 0;
  private keys = 0;
  /** One change after the other. */
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: WriterOptions) {}

  /** Writes the objects that lie there at the start, with few records each, and announces none. */
  async fill(objects: number): Promise<void> {
    let left = objects;
    const writing = async () => {
      for (; left > 0; ) {
        left -= 1;
        await this.write(this.newObject({ records: 4 }));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, writing));
  }

  /** Writes and announces new objects for so long, in milliseconds. */
  async traffic(ms: number): Promise<void> {
    for (const end = performance.now() + ms; performance.now() < end; ) {
      await this.inTurn(() => this.publish(this.newObject()));
      await pause(this.options.random.between(20, 150));
    }
  }

  /** What the schedule has for whoever writes. */
  async strike(kind: BucketFaultKind, objects: number): Promise<void> {
    for (let at = 0; at < objects; at += 1) await this.strikeOnce(kind);
  }

  /** Writes an object that nobody announces, and deletes it as soon as somebody asks for it. @returns its key, when that is done. */
  async writeVanishing(): Promise<string> {
    const object = this.newObject();
    const vanished = new Promise<void>((resolve, reject) => {
      this.options.gate.holdRead(async (path) => {
        if (path !== this.pathOf(object.key)) return false;
        await this.vanish(object.key).then(() => resolve(), reject);
        return true;
      });
    });
    await this.inTurn(() => this.write(object));
    await vanished;
    return object.key;
  }

  /** Writes an object with lines that are broken. @returns one of them, and what mends the object; none of it is announced. */
  async writeBroken(): Promise<{ readonly text: string; mend(): Promise<void> }> {
    const object = { ...this.newObject({ form: FORMS[0] }), isDamaged: true };
    await this.inTurn(() => this.write(object, this.withBrokenLines(object)));
    return { text: brokenLine(object.lines[0] ?? ''), mend: () => this.mend(object.key, false) };
  }

  /** Replaces what cannot be read by what can. */
  async finish(): Promise<void> {
    for (const { key, isDamaged } of this.objects.values()) if (isDamaged) await this.mend(key);
  }

  private async strikeOnce(kind: BucketFaultKind): Promise<unknown> {
    const { random, gate } = this.options;
    switch (kind) {
      case 'truncated object':
        return this.damaged(({ lines }) => truncated(lines, random.between(30, 95) / 100));
      case 'broken lines':
        return this.damaged((object) => this.withBrokenLines(object));
      case 'late key':
        return this.inTurn(() => this.publish(this.newObject({ folder: DAY, number: Math.max(0, this.keys - 50) })));
      case 'old date':
        return this.inTurn(() => this.publish(this.newObject({ folder: '2019/05/05' })));
      case 'overwritten object':
        return this.inTurn(() => this.overwrite());
      case 'deleted object':
        return this.inTurn(async () => {
          const object = this.newObject();
          await this.publish(object);
          await pause(random.between(0, 300));
          await this.remove(object.key);
        });
      case 'vanishing object':
        gate.holdRead(async (path) => this.vanish(this.keyIn(path)));
        return;
      case 'lost notification':
        return this.inTurn(() => this.write(this.newObject()));
      case 'repeated notification':
        return this.inTurn(async () => {
          const object = this.newObject();
          const etag = await this.write(object);
          for (let times = random.between(2, 4); times > 0; times -= 1) await this.announce(object.key, etag);
        });
      case 'early notification':
        return this.inTurn(async () => {
          const object = this.newObject();
          await this.announce(object.key, createHash('md5').update(bytesOf(object.form, object.lines)).digest('hex'));
          await pause(random.between(0, 2_000));
          await this.write(object);
        });
    }
  }

  /** Every other line, so that there is at least one in every object. */
  private withBrokenLines({ form, lines }: Lying): Buffer {
    const broken = lines.map((line, at) => (at % 2 === 0 ? brokenLine(line) : line));
    for (const text of broken.filter((_, at) => at % 2 === 0)) this.broken.add(text);
    return bytesOf(form, broken);
  }

  private async damaged(bodyOf: (object: Lying) => Buffer): Promise<void> {
    const { random } = this.options;
    const object = { ...this.newObject({ form: FORMS[0] }), isDamaged: true };
    await this.inTurn(async () => this.announce(object.key, await this.write(object, bodyOf(object))));
    await pause(random.between(MEND_AFTER_MS.least, MEND_AFTER_MS.most));
    await this.mend(object.key);
  }

  private mend(key: string, isAnnounced = true): Promise<void> {
    return this.inTurn(async () => {
      const object = this.objects.get(key);
      if (object?.isDamaged !== true) return;
      const etag = await this.write({ ...object, isDamaged: false });
      if (isAnnounced) await this.announce(key, etag);
    });
  }

  private async overwrite(): Promise<void> {
    const { random } = this.options;
    const whole = [...this.objects.values()].filter(({ isDamaged }) => !isDamaged);
    if (whole.length === 0) return this.publish(this.newObject());
    const object = random.pick(whole) as Lying;
    const more = this.newLines(object.stream, random.between(1, 10));
    await this.publish({ ...object, lines: [...object.lines, ...more] });
  }

  /** @returns whether it was there to be deleted. */
  private async vanish(key: string | undefined): Promise<boolean> {
    return this.inTurn(async () => {
      const object = key === undefined ? undefined : this.objects.get(key);
      if (object === undefined || object.isDamaged) return false;
      await this.remove(object.key);
      return true;
    });
  }

  private async publish(object: Lying): Promise<void> {
    await this.announce(object.key, await this.write(object));
  }

  /** @returns the ETag. */
  private async write(object: Lying, body = bytesOf(object.form, object.lines)): Promise<string> {
    const { key, stream, lines } = object;
    await this.trying(() => this.options.bucket.put(key, body));
    const before = new Set(this.objects.get(key)?.lines);
    for (const line of lines) {
      if (before.has(line)) continue;
      this.required.add(stream, hashOf(line), 1);
      this.allowed.add(stream, hashOf(line), 1);
    }
    this.objects.delete(key);
    this.objects.set(key, object);
    const [oldest] = this.objects.values();
    if (this.objects.size > KEPT && oldest !== undefined && !oldest.isDamaged) this.objects.delete(oldest.key);
    return createHash('md5').update(body).digest('hex');
  }

  private async remove(key: string): Promise<void> {
    await this.trying(() => this.options.bucket.remove(key));
    const object = this.objects.get(key);
    this.objects.delete(key);
    this.deleted.add(key);
    for (const line of object?.lines ?? []) this.required.add(object?.stream ?? 'receipt', hashOf(line), -1);
  }

  private async announce(key: string, etag: string): Promise<void> {
    const { bucket, queue, random } = this.options;
    await queue.send(announcement({ bucket: bucket.name, key, etag }, random));
  }

  private newObject({
    records = 30,
    folder = DAY,
    number = this.keys,
    form = undefined as ObjectForm | undefined,
  } = {}): Lying {
    const { random } = this.options;
    const stream = random.pick(WRITTEN_STREAMS);
    this.keys += 1;
    const chosen = form ?? random.pick(FORMS);
    const name = `${String(number).padStart(9, '0')}${random.pick(['', ' of+it', '-Ü', 'Z', '%41'])}-${this.keys}`;
    const key = `${stream.replaceAll(' ', '_')}/${folder}/${name}${chosen.suffix}`;
    return { key, stream, form: chosen, lines: this.newLines(stream, random.between(1, records)), isDamaged: false };
  }

  /** Some of them several times: they are as many records. */
  private newLines(stream: StreamName, count: number): string[] {
    const { random } = this.options;
    return Array.from({ length: count }, () => this.newLine(stream)).flatMap((line) =>
      Array.from({ length: stream !== 'audit' && random.between(1, 20) === 1 ? 2 : 1 }, () => line),
    );
  }

  private newLine(stream: StreamName): string {
    this.numbers += 1;
    const n = this.numbers;
    const time = Date.UTC(2026, 10, 30) + n;
    const text = 'x'.repeat(this.options.random.between(0, 200));
    return JSON.stringify(
      stream === 'audit'
        ? { id: `event-${n}`, auditType: 'Logon', eventTime: new Date(time).toISOString(), eventInfo: text }
        : { aggregateId: `a${n}`, processingId: `p${n}`, timestamp: time, eventType: stream, subject: text },
    );
  }

  private pathOf(key: string): string {
    return `${this.options.bucket.name}/${key}`;
  }

  private keyIn(path: string): string | undefined {
    const start = this.pathOf('');
    return path.startsWith(start) ? path.slice(start.length) : undefined;
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.last.then(work);
    this.last = turn.catch(() => undefined);
    return turn;
  }

  /** The store is killed now and then, and comes back. */
  private async trying(work: () => Promise<unknown>): Promise<void> {
    await until(
      () =>
        work().then(
          () => true,
          () => false,
        ),
      Boolean,
      WRITE_LIMIT,
    );
  }
}
