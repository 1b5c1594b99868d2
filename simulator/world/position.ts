/**
 * A file's place in a tenant's history: which segment, which bucket of it, which type. All files of a tenant are in
 * this one order, and a page token is a place in it, so a token stays good for as long as the world lives.
 */
import { SIEM_STREAMS, type SiemStream } from '../../src/domain/streams/streams.js';

export interface Position {
  /** 0 holds the records given by the user, segment n of the generated mail is n + 1. */
  readonly segment: number;
  readonly bucket: number;
  /** Index in `SIEM_STREAMS`. */
  readonly type: number;
}

export const FIRST_POSITION: Position = { segment: 0, bucket: 0, type: 0 };

export interface LogFile {
  readonly position: Position;
  readonly stream: SiemStream;
  /** Epoch ms; the file is in the listings from then on. */
  readonly publishedAt: number;
  /** Lines that hold a record. */
  readonly lines: number;
}

export function comparePositions(a: Position, b: Position): number {
  return a.segment - b.segment || a.bucket - b.bucket || a.type - b.type;
}

export function after(position: Position): Position {
  return { ...position, type: position.type + 1 };
}

/** `receipt_1_42`, `internal_email_protect_2_7`: the file's name without its ending; unique within a tenant. */
export function fileStem(file: Pick<LogFile, 'position' | 'stream'>): string {
  return `${file.stream.replaceAll(' ', '_')}_${file.position.segment}_${file.position.bucket}`;
}

/** Path of the file below `/files/`; its identity, the same in every listing. */
export function filePath(accountId: string, file: LogFile): string {
  const day = new Date(file.publishedAt).toISOString().slice(0, 10).replaceAll('-', '/');
  return `/files/${accountId}/${day}/${fileStem(file)}.json.gz`;
}

const FILE_PATH = /^\/files\/([^/]+)\/\d{4}\/\d\d\/\d\d\/([a-z_]+)_(\d+)_(\d+)\.json\.gz$/;

/** Account and place that a file's path names, if it is one. */
export function parseFilePath(path: string): { accountId: string; position: Position } | undefined {
  const [, accountId, name, segment, bucket] = FILE_PATH.exec(path) ?? [];
  const stream = SIEM_STREAMS.find((known) => known === name?.replaceAll('_', ' '));
  if (accountId === undefined || stream === undefined) return undefined;
  const type = SIEM_STREAMS.indexOf(stream);
  return { accountId, position: { segment: Number(segment), bucket: Number(bucket), type } };
}
