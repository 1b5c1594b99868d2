/** Where a tenant's records come from: generated mail, or records that the user gave. Both look the same from here. */
import type { RecordStream } from '../../src/domain/streams/streams.js';
import type { LineForm } from '../kinds/siem-lines.js';
import type { LogFile, Position } from './position.js';

/** One record that an endpoint under `/api` lists. */
export interface ApiEntry {
  /** Epoch ms of the record's own time, whole seconds. */
  readonly time: number;
  /** Epoch ms from which the endpoint shows it: a little after its time, so a window can fill up behind a reader. */
  readonly publishedAt: number;
  /** Same record, same key, in every run. Keys of one second sort by it. */
  readonly key: string;
  /** Compact JSON. */
  text(): string;
}

export interface Origin {
  /** Files from this position on that are published by `now`, in order. */
  files(from: Position, now: number): Iterable<LogFile>;
  /** Position of the first file published at or after this time. */
  positionAt(time: number): Position;
  /** The file's lines without line ends. */
  lines(file: LogFile, form: LineForm): Promise<Buffer[]>;
  /** The file as it was given, if its bytes are not to be made from its lines. */
  stored(file: LogFile): Promise<Buffer | undefined>;
  /** Records of a time range (inclusive, epoch ms), published or not, unordered. */
  entries(stream: RecordStream, from: number, to: number, now: number): Iterable<ApiEntry>;
}
