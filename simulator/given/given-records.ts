/** Records that the user gave, served as they are: SIEM lines byte for byte, the others by their compact JSON. */
import { readFile } from 'node:fs/promises';
import { notARecord } from '../../src/domain/streams/record-shape.js';
import {
  isSiemStream,
  type RecordStream,
  SIEM_STREAMS,
  type SiemStream,
  type StreamName,
} from '../../src/domain/streams/streams.js';
import type { RecordKind } from '../kinds/kind.js';
import { KIND_NAMES, kindOf } from '../kinds/list.js';
import type { ApiEntry, Origin } from '../world/origin.js';
import type { LogFile, Position } from '../world/position.js';
import { type InputFile, readLines } from './input.js';
import { Spool } from './spool.js';

export interface GivenOptions {
  /** Where served files are kept while the simulator runs. */
  readonly folder: string;
  /** Epoch ms: first start of the world, when the given files were "published". */
  readonly anchor: number;
  readonly linesPerFile: number;
}

/** An API record keeps its own time if that lies within this time before the anchor; else it takes the anchor's. */
const OWN_TIME_MS = 24 * 3_600_000;

export class GivenRecords implements Origin {
  readonly #anchor: number;
  readonly #spools: ReadonlyMap<SiemStream, Spool>;
  readonly #records: ReadonlyMap<RecordStream, readonly ApiEntry[]>;

  private constructor(
    anchor: number,
    spools: ReadonlyMap<SiemStream, Spool>,
    records: ReadonlyMap<RecordStream, readonly ApiEntry[]>,
  ) {
    this.#anchor = anchor;
    this.#spools = spools;
    this.#records = records;
  }

  /** @param mistakes gets a sentence for each file or line that can't be used. */
  static async read(input: readonly InputFile[], options: GivenOptions, mistakes: string[]): Promise<GivenRecords> {
    const spools = new Map<SiemStream, Spool>();
    const records = new Map(KIND_NAMES.map((stream) => [stream, [] as ApiEntry[]]));
    for (const file of input) {
      let number = 0;
      const shape = new FileShape();
      try {
        for await (const line of readLines(file.path)) {
          number += 1;
          const stream = file.stream === 'mixed' ? protectTypeOf(line) : file.stream;
          shape.add(line, stream);
          if (isSiemStream(stream)) spoolOf(spools, stream, options).add(line);
          else {
            const entries = records.get(stream) ?? [];
            entries.push(entryOf(line, kindOf(stream), entries.length, options.anchor));
          }
        }
        if (shape.mistake !== undefined) mistakes.push(`${file.name}: ${shape.mistake}`);
      } catch (error) {
        mistakes.push(`${file.name}, after ${number} lines: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    for (const spool of spools.values()) spool.finish();
    return new GivenRecords(options.anchor, spools, records);
  }

  *files(from: Position, now: number): Iterable<LogFile> {
    if (from.segment > 0 || now < this.#anchor) return;
    const longest = Math.max(0, ...[...this.#spools.values()].map(({ files }) => files.length));
    for (let bucket = from.bucket; bucket < longest; bucket += 1) {
      for (const [type, stream] of SIEM_STREAMS.entries()) {
        const spooled = this.#spools.get(stream)?.files[bucket];
        if (!spooled || (bucket === from.bucket && type < from.type)) continue;
        yield { position: { segment: 0, bucket, type }, stream, publishedAt: this.#anchor, lines: spooled.lines };
      }
    }
  }

  positionAt(time: number): Position {
    return { segment: time <= this.#anchor ? 0 : 1, bucket: 0, type: 0 };
  }

  async lines(file: LogFile): Promise<Buffer[]> {
    const lines: Buffer[] = [];
    for await (const line of readLines(this.#spooled(file))) lines.push(line);
    return lines;
  }

  stored(file: LogFile): Promise<Buffer> {
    return readFile(this.#spooled(file));
  }

  *entries(stream: RecordStream, from: number, to: number, now: number): Iterable<ApiEntry> {
    if (now < this.#anchor) return;
    for (const entry of this.#records.get(stream) ?? []) if (entry.time >= from && entry.time <= to) yield entry;
  }

  #spooled(file: LogFile): string {
    const spooled = this.#spools.get(file.stream)?.files[file.position.bucket];
    if (!spooled) throw new Error(`no given file ${file.position.bucket} of ${file.stream}`);
    return spooled.path;
  }
}

/** Whether one line of a file at least looks like a record: a collector takes any other file for a failed download. */
class FileShape {
  #hasRecord = false;
  mistake: string | undefined;

  add(line: Buffer, stream: StreamName): void {
    if (this.#hasRecord) return;
    const reason = notARecord(stream, parsedOrNone(line));
    this.#hasRecord = reason === undefined;
    if (reason === undefined) this.mistake = undefined;
    else this.mistake ??= `none of its lines is a record of ${stream}; the first one: ${reason}`;
  }
}

/** Nothing for what is not JSON. */
function parsedOrNone(line: Buffer): unknown {
  try {
    return JSON.parse(line.toString());
  } catch {
    return undefined;
  }
}

function spoolOf(spools: Map<SiemStream, Spool>, stream: SiemStream, options: GivenOptions): Spool {
  let spool = spools.get(stream);
  if (!spool) {
    spool = new Spool(options.folder, stream.replaceAll(' ', '_'), options.linesPerFile);
    spools.set(stream, spool);
  }
  return spool;
}

function parsed(line: Buffer): Record<string, unknown> {
  const value: unknown = JSON.parse(line.toString());
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error('a line is not a JSON object');
  return value as Record<string, unknown>;
}

function protectTypeOf(line: Buffer): StreamName {
  const { type, eventType } = parsed(line);
  const stream = SIEM_STREAMS.find((name) => name === (type ?? eventType));
  if (!stream) throw new Error(`the type of a line is not one of ${SIEM_STREAMS.join(', ')}`);
  return stream;
}

function entryOf(line: Buffer, { timeField }: RecordKind, at: number, anchor: number): ApiEntry {
  const record = parsed(line);
  const text = JSON.stringify(record);
  const own = Date.parse(String(record[timeField]));
  const time = own > anchor - OWN_TIME_MS && own <= anchor ? own : anchor;
  const key = `given ${String(at).padStart(12, '0')}`;
  return { time: Math.floor(time / 1000) * 1000, publishedAt: anchor, key, text: () => text };
}
