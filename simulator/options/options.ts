/** What a simulator can be told, its defaults, and the check that names every mistake at once. */

import type { BucketTarget } from '../bucket/bucket.js';

/** A quota: at most `calls` per window of `windowMs`, for each application and endpoint. */
export interface RateLimit {
  readonly calls: number;
  readonly windowMs: number;
}

/** All times are in milliseconds, all addresses loopback unless told otherwise. */
export interface SimulatorOptions {
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default 0: a free port. */
  readonly port?: number;
  /** Mimecast accounts, each with one application. Default 1. */
  readonly tenants?: number;
  /** The world follows from it. Default 1. */
  readonly seed?: number;
  /** Length of the history that is there at the first start. Default 24 h; with `records` none. */
  readonly historyMs?: number;
  /** Records of all streams per minute and tenant in the history. Default 60. */
  readonly historyRate?: number;
  /** The same for live traffic; 0 for none. Default 60; with `records` none. */
  readonly rate?: number;
  /** Time that one live file covers. Default 10 s. */
  readonly fileIntervalMs?: number;
  /** Time that one file of the history covers. Default 5 min. */
  readonly historyFileIntervalMs?: number;
  /** Audit, DLP and held records appear up to this long after they happened. Default 3 s. */
  readonly publishDelayMs?: number;
  /** Held messages leave the queue after this time. Default: never. */
  readonly releaseAfterMs?: number;
  /** Folder of NDJSON files that tenant 1 serves. */
  readonly records?: string;
  /** Lines of a given input per served file. Default 5000. */
  readonly linesPerFile?: number;
  /** Folder that keeps the world, so that a later start goes on with it. Default: nothing is kept. */
  readonly data?: string;
  /** No live traffic in this run: the world stands still at its end. Default false. */
  readonly frozen?: boolean;
  /** Log files are made before anybody asks for them, as many as fit into the cache. Default false. */
  readonly prepare?: boolean;
  /** Life of an access token. Default 1799 s, as the API says. */
  readonly tokenTtlMs?: number;
  /** Life of a file's URL. Default 15 min. */
  readonly urlTtlMs?: number;
  /** Default: no limit. */
  readonly rateLimit?: RateLimit;
  /** A bucket to export all records to, besides what the API shows. Default: none. */
  readonly bucket?: BucketTarget;
  /** The present, epoch ms. Default `Date.now`. */
  readonly clock?: () => number;
}

export type SimulatorSettings = Required<Omit<SimulatorOptions, 'records' | 'data' | 'rateLimit' | 'bucket'>> &
  Pick<SimulatorOptions, 'records' | 'data' | 'rateLimit' | 'bucket'>;

/** Thrown when the simulator is asked for something that can't be; lists every mistake. */
export class SimulatorOptionError extends Error {
  readonly mistakes: readonly string[];

  constructor(mistakes: readonly string[]) {
    super(mistakes.join('\n'));
    this.name = 'SimulatorOptionError';
    this.mistakes = mistakes;
  }
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

export function withDefaults(options: SimulatorOptions): SimulatorSettings {
  const generated = options.records === undefined;
  return {
    host: '127.0.0.1',
    port: 0,
    tenants: 1,
    seed: 1,
    historyMs: generated ? 24 * HOUR : 0,
    historyRate: 60,
    rate: generated ? 60 : 0,
    fileIntervalMs: 10 * SECOND,
    historyFileIntervalMs: 5 * MINUTE,
    publishDelayMs: 3 * SECOND,
    releaseAfterMs: Number.POSITIVE_INFINITY,
    linesPerFile: 5000,
    frozen: false,
    prepare: false,
    tokenTtlMs: 1799 * SECOND,
    urlTtlMs: 15 * MINUTE,
    clock: Date.now,
    ...options,
  };
}

interface Range {
  readonly option: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly whole?: boolean;
}

/** Longest stretch of time that makes sense: the audit log's look-back is 60 days. */
const MAX_MS = 366 * 24 * HOUR;
const MAX_RATE = 1_000_000;

/** Every mistake as a sentence that names the command line's option. */
export function mistakesOf(settings: SimulatorSettings): string[] {
  const ranges: Range[] = [
    { option: '--port', value: settings.port, min: 0, max: 65_535, whole: true },
    { option: '--tenants', value: settings.tenants, min: 1, max: 10_000, whole: true },
    { option: '--seed', value: settings.seed, min: 0, max: 2 ** 31 - 1, whole: true },
    { option: '--history', value: settings.historyMs, min: 0, max: MAX_MS },
    { option: '--history-rate', value: settings.historyRate, min: 0, max: MAX_RATE },
    { option: '--rate', value: settings.rate, min: 0, max: MAX_RATE },
    { option: '--file-interval', value: settings.fileIntervalMs, min: 100, max: MAX_MS },
    { option: '--history-file-interval', value: settings.historyFileIntervalMs, min: 100, max: MAX_MS },
    { option: '--publish-delay', value: settings.publishDelayMs, min: 0, max: HOUR },
    { option: '--release-after', value: settings.releaseAfterMs, min: 0, max: Number.POSITIVE_INFINITY },
    { option: '--lines-per-file', value: settings.linesPerFile, min: 1, max: 10_000_000, whole: true },
    { option: '--token-ttl', value: settings.tokenTtlMs, min: 1, max: MAX_MS },
    { option: '--url-ttl', value: settings.urlTtlMs, min: 1, max: MAX_MS },
  ];
  if (settings.rateLimit) {
    const { calls, windowMs } = settings.rateLimit;
    ranges.push({ option: '--rate-limit calls', value: calls, min: 1, max: 1_000_000, whole: true });
    ranges.push({ option: '--rate-limit window', value: windowMs, min: 1, max: MAX_MS });
  }
  return ranges
    .filter(({ value, min, max, whole }) => !(value >= min && value <= max) || (whole && !Number.isInteger(value)))
    .map(({ option, value, min, max, whole }) => {
      return `${option} must be ${whole ? 'a whole number' : 'a number'} from ${min} to ${max}, not ${value}`;
    });
}
