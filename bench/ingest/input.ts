/** The records of a measurement: a file per stream, as the simulator takes them. */

import { once } from 'node:events';
import { createReadStream, createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip, createGzip, type Gzip } from 'node:zlib';
import { GeneratedMail } from '../../simulator/world/generated-mail.js';
import { historySegment, planSegments } from '../../simulator/world/segments.js';
import { namedStream } from '../../src/domain/streams/record-routing.js';
import { isSiemStream, type SiemStream } from '../../src/domain/streams/streams.js';

export interface Input {
  readonly folder: string;
  /** Lines of each stream. */
  readonly lines: ReadonlyMap<SiemStream, number>;
  /** Of all lines, without line ends. */
  readonly bytes: number;
}

export const fileOf = (folder: string, stream: SiemStream) => join(folder, `${stream.replaceAll(' ', '_')}.ndjson.gz`);

/** Streams of generated records. */
const GENERATED: readonly SiemStream[] = ['receipt', 'process', 'delivery'];
/** So many lines of a stream are made by the simulator, which takes its time; the others are like them, with other ids. */
const MADE = 5_000;
const ANCHOR_MS = Date.now() - 3_600_000;

export async function generatedInput(folder: string, records: number): Promise<Input> {
  const writer = new InputWriter(folder);
  const each = Math.ceil(records / GENERATED.length);
  const patterns = await generatedLines();
  for (let n = 0; n < each; n += 1) {
    for (const stream of GENERATED) {
      const lines = patterns.get(stream) ?? [];
      await writer.add(stream, variant(lines[n % lines.length] ?? '{}', Math.floor(n / lines.length)));
    }
  }
  return writer.end();
}

/** @throws for a line that does not say of which stream it is. */
export async function givenInput(folder: string, file: string): Promise<Input> {
  const writer = new InputWriter(folder);
  const stored = createReadStream(file);
  const plain = file.endsWith('.gz') ? stored.pipe(createGunzip()) : stored;
  stored.on('error', (error) => plain.destroy(error));
  let number = 0;
  for await (const line of createInterface({ input: plain, crlfDelay: Number.POSITIVE_INFINITY })) {
    number += 1;
    if (line.trim() === '') continue;
    await writer.add(streamOf(line, `${file}, line ${number}`), line);
  }
  if (number === 0) throw new Error(`${file} has no lines`);
  return writer.end();
}

function streamOf(line: string, place: string): SiemStream {
  let record: unknown;
  try {
    record = JSON.parse(line);
  } catch (error) {
    throw new Error(`${place}: not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const isRecord = typeof record === 'object' && record !== null && !Array.isArray(record);
  const stream = isRecord ? namedStream(record as Record<string, never>) : undefined;
  if (stream !== undefined && isSiemStream(stream)) return stream;
  throw new Error(`${place}: its "type" must be one of the SIEM types, such as "receipt"`);
}

class InputWriter {
  private readonly files = new Map<SiemStream, { readonly gzip: Gzip; readonly closed: Promise<unknown> }>();
  private readonly lines = new Map<SiemStream, number>();
  private bytes = 0;

  constructor(private readonly folder: string) {
    mkdirSync(folder, { recursive: true });
  }

  async add(stream: SiemStream, line: string): Promise<void> {
    const { gzip } = this.files.get(stream) ?? this.open(stream);
    this.lines.set(stream, (this.lines.get(stream) ?? 0) + 1);
    this.bytes += Buffer.byteLength(line);
    if (!gzip.write(`${line}\n`)) await once(gzip, 'drain');
  }

  async end(): Promise<Input> {
    for (const { gzip, closed } of this.files.values()) {
      gzip.end();
      await closed;
    }
    return { folder: this.folder, lines: this.lines, bytes: this.bytes };
  }

  private open(stream: SiemStream) {
    const gzip = createGzip({ level: 1 });
    const opened = { gzip, closed: once(gzip.pipe(createWriteStream(fileOf(this.folder, stream))), 'close') };
    this.files.set(stream, opened);
    return opened;
  }
}

async function generatedLines(): Promise<Map<SiemStream, string[]>> {
  const history = historySegment(ANCHOR_MS, 3_600_000, MADE / 20, 60_000, 0);
  const mail = new GeneratedMail(1, 1, 'C0A1', planSegments(history === undefined ? [] : [history]));
  const lines = new Map<SiemStream, string[]>();
  for (const file of mail.files({ segment: 0, bucket: 0, type: 0 }, ANCHOR_MS)) {
    if (!GENERATED.includes(file.stream)) continue;
    const of = lines.get(file.stream) ?? [];
    lines.set(file.stream, of);
    for (const line of await mail.lines(file, 'batch')) of.push(line.toString().trim());
  }
  return lines;
}

/** Another message of the same people. @param copy 0 for the message itself */
function variant(line: string, copy: number): string {
  if (copy === 0) return line;
  const record = JSON.parse(line);
  const ids = ['aggregateId', 'processingId'].filter((key) => typeof record[key] === 'string');
  const changed = Object.fromEntries(ids.map((key) => [key, `${copy.toString(36)}.${record[key]}`]));
  const messageId =
    typeof record.messageId === 'string' ? { messageId: record.messageId.replace('<', `<${copy}.`) } : {};
  return JSON.stringify({ ...record, ...changed, ...messageId });
}
