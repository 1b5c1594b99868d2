import type { Observer } from '../../metrics/observer.js';
import type { Keyring } from '../../secrets/keyring.js';
import type { Collections } from '../../store/collections.js';
import type { FilePolicy } from './file-policy.js';
import type { FoldPolicy } from './fold-policy.js';
import type { QueueLimits } from './source-queue.js';

/** What the worker gives its activities. */
export interface ActivityDependencies {
  readonly collections: Collections;
  /** `MIMECAST_ALLOW_INSECURE`: permits `http:` and private hosts. */
  readonly allowInsecure: boolean;
  /** Decrypts the client secrets; without it, no stored secret can be read. */
  readonly keyring?: Keyring;
  /** Lets a source's workflow poll, and says whether it runs; default: it does not. */
  readonly wake?: (sourceId: number) => Promise<boolean>;
  /** How long one slice of collecting lasts before it reports; default 45,000 ms. */
  readonly sliceMs?: number;
  /** How many records one stream may take of a sweep before it leaves it; default 5,000. */
  readonly sweepRecords?: number;
  /** How batch files are read and when one is given up; default `FILE_POLICY`. */
  readonly filePolicy?: FilePolicy;
  /** How the messages of a bucket's queue are received. */
  readonly queueLimits?: QueueLimits;
  /** When notes of objects are folded; default `FOLD_POLICY`. */
  readonly foldPolicy?: FoldPolicy;
  /** Waits before a blip of Mimecast's API is tried again, in milliseconds; see `HttpRequest`. */
  readonly blipWaitsMs?: readonly number[];
  /** Told what is collected. Default: nobody is. */
  readonly observer?: Observer;
}

export const DEFAULT_SLICE_MS = 45_000;

/**
 * Counted in records, not in time: on a slow machine, or with a slow API, nearly all of the time of a sweep is spent waiting.
 */
export const DEFAULT_SWEEP_RECORDS = 5_000;
