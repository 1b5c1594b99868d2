/**
 * Exports a world to a bucket, as customers have Mimecast do it: gzip objects of NDJSON, below a prefix for each type of
 * record (`receipt/`, `url_protect/`, …). Log files become objects as they are published; of all other records, an object
 * holds those of a minute.
 */

import { setTimeout as pause } from 'node:timers/promises';
import { groupedBy } from '../../src/domain/grouped.js';
import {
  isSiemStream,
  type RecordStream,
  SIEM_STREAMS,
  STREAMS,
  type StreamName,
} from '../../src/domain/streams/streams.js';
import { type FileCache, fileBytes } from '../world/file-bytes.js';
import { after, FIRST_POSITION, fileStem, type Position } from '../world/position.js';
import type { TenantWorld } from '../world/tenant-world.js';
import type { WritableBucket } from './bucket.js';

const MINUTE_MS = 60_000;
const EVERY_MS = 1_000;
/** Objects that are written at the same time. */
const AT_ONCE = 8;
const ALL_TYPES = new Set(SIEM_STREAMS);
const RECORD_STREAMS = STREAMS.filter((stream): stream is RecordStream => !isSiemStream(stream));
/** Of `--publish-delay`. */
const LONGEST_DELAY_MS = 60 * MINUTE_MS;

export interface DeliveryOptions {
  readonly bucket: WritableBucket;
  readonly tenants: readonly TenantWorld[];
  readonly files: FileCache;
  /** Epoch ms. */
  readonly clock: () => number;
  readonly onError: (error: unknown) => void;
}

interface NamedObject {
  readonly key: string;
  readonly bytes: () => Promise<Buffer>;
}

export class Delivery {
  /** Objects that were written. */
  written = 0;
  readonly #reached = new Map<TenantWorld, Position>();
  /** Epoch ms before which all records are written that are no log files. */
  #recordsUntil = 0;
  readonly #closing = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(private readonly options: DeliveryOptions) {}

  /** Writes what there is, and then what comes, until it is closed; what the bucket refuses is written later. */
  start(): void {
    this.#running = this.#run();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#running;
    this.options.bucket.close();
  }

  /** Writes all that there is now and that was not written yet. */
  async deliver(): Promise<void> {
    const now = this.options.clock();
    for (const tenant of this.options.tenants) await this.#deliverFiles(tenant, now);
    // A minute is written when nothing can be added to it.
    const until = Math.floor(now / MINUTE_MS) * MINUTE_MS;
    if (until === this.#recordsUntil) return;
    for (const tenant of this.options.tenants) {
      for (const stream of RECORD_STREAMS) await this.#deliverRecords(tenant, stream, until, now);
    }
    if (!this.#closing.signal.aborted) this.#recordsUntil = until;
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      await this.deliver().catch(this.options.onError);
      await pause(EVERY_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  async #deliverFiles(tenant: TenantWorld, now: number): Promise<void> {
    let batch: NamedObject[] = [];
    let last: Position | undefined;
    const flush = async () => {
      await this.#write(batch);
      if (last !== undefined) this.#reached.set(tenant, after(last));
      batch = [];
    };
    for (const file of tenant.files(this.#reached.get(tenant) ?? FIRST_POSITION, ALL_TYPES, now)) {
      const key = this.#keyOf(tenant, file.stream, file.publishedAt, `${fileStem(file)}.json.gz`);
      batch.push({ key, bytes: () => this.options.files.bytes(tenant, file) });
      last = file.position;
      if (batch.length === AT_ONCE) await flush();
      if (this.#closing.signal.aborted) return;
    }
    await flush();
  }

  async #deliverRecords(tenant: TenantWorld, stream: RecordStream, until: number, now: number): Promise<void> {
    const from = this.#recordsUntil;
    const published = tenant
      .records(stream, from - LONGEST_DELAY_MS, until, now)
      .filter(({ publishedAt }) => publishedAt >= from && publishedAt < until);
    const byMinute = groupedBy(published.toReversed(), ({ publishedAt }) => Math.floor(publishedAt / MINUTE_MS));
    const objects = [...byMinute].map(([minute, entries]): NamedObject => {
      const key = this.#keyOf(tenant, stream, minute * MINUTE_MS, `${folderOf(stream)}_${minute}.json.gz`);
      const lines = () => entries.map((entry) => Buffer.from(entry.text()));
      return { key, bytes: () => fileBytes(lines(), key) };
    });
    for (let at = 0; at < objects.length && !this.#closing.signal.aborted; at += AT_ONCE)
      await this.#write(objects.slice(at, at + AT_ONCE));
  }

  async #write(objects: readonly NamedObject[]): Promise<void> {
    const write = async ({ key, bytes }: NamedObject) => {
      if (await this.options.bucket.add(key, await bytes())) this.written += 1;
    };
    await Promise.all(objects.map(write));
  }

  /** Several tenants would take each other's names. */
  #keyOf(tenant: TenantWorld, stream: StreamName, time: number, name: string): string {
    const day = new Date(time).toISOString().slice(0, 10).replaceAll('-', '/');
    const own = this.options.tenants.length > 1 ? `${tenant.accountId}/` : '';
    return `${own}${folderOf(stream)}/${day}/${name}`;
  }
}

function folderOf(stream: StreamName): string {
  return stream.replaceAll(' ', '_');
}
