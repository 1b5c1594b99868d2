/** All that one tenant (a Mimecast account with one application) has to show. */
import type { RecordStream, SiemStream } from '../../src/domain/streams/streams.js';
import { kindOf } from '../kinds/list.js';
import type { LineForm } from '../kinds/siem-lines.js';
import type { ApiEntry, Origin } from './origin.js';
import { comparePositions, FIRST_POSITION, type LogFile, type Position } from './position.js';

const DAY_MS = 86_400_000;
/** SIEM data is kept seven days. */
const RETENTION_DAYS = 7;

export class TenantWorld {
  readonly accountId: string;
  readonly number: number;
  readonly #given: Origin | undefined;
  readonly #generated: Origin;
  readonly #releaseAfterMs: number;

  /** @param releaseAfterMs time after which a held message leaves the queue; infinite: never. */
  constructor(number: number, accountId: string, generated: Origin, given: Origin | undefined, releaseAfterMs: number) {
    this.number = number;
    this.accountId = accountId;
    this.#generated = generated;
    this.#given = given;
    this.#releaseAfterMs = releaseAfterMs;
  }

  /** Published files of these types from a position on, in order. */
  *files(from: Position, types: ReadonlySet<SiemStream>, now: number): Iterable<LogFile> {
    for (const origin of [this.#given, this.#generated]) {
      if (!origin) continue;
      for (const file of origin.files(from, now)) if (types.has(file.stream)) yield file;
    }
  }

  fileAt(position: Position, now: number): LogFile | undefined {
    for (const file of this.#origin(position).files(position, now)) {
      return comparePositions(file.position, position) === 0 ? file : undefined;
    }
    return undefined;
  }

  /** Position of the first file published at or after `time`. */
  positionAt(time: number): Position {
    const given = this.#given?.positionAt(time);
    return given?.segment === 0 ? FIRST_POSITION : this.#generated.positionAt(time);
  }

  /** Midnight (UTC) seven days ago: the API takes dates by the day. */
  retainedFrom(now: number): number {
    return Math.floor(now / DAY_MS - RETENTION_DAYS) * DAY_MS;
  }

  lines(file: LogFile, form: LineForm): Promise<Buffer[]> {
    return this.#origin(file.position).lines(file, form);
  }

  stored(file: LogFile): Promise<Buffer | undefined> {
    return this.#origin(file.position).stored(file);
  }

  /**
   * Records that the endpoint shows at `now` for a time range (epoch ms, inclusive), newest first. Held messages are
   * those in the queue at that moment.
   */
  records(stream: RecordStream, from: number, to: number, now: number): ApiEntry[] {
    const { isQueue } = kindOf(stream);
    const found: ApiEntry[] = [];
    for (const origin of [this.#given, this.#generated]) {
      if (!origin) continue;
      for (const entry of origin.entries(stream, from, to, now)) {
        const gone = isQueue && entry.time + this.#releaseAfterMs <= now;
        if (entry.publishedAt <= now && !gone) found.push(entry);
      }
    }
    return found.sort((a, b) => b.time - a.time || (a.key < b.key ? 1 : -1));
  }

  #origin(position: Position): Origin {
    return position.segment === 0 && this.#given ? this.#given : this.#generated;
  }
}
