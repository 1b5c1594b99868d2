import type { HealthLedger } from '../domain/health/health-ledger.js';
import type { SourceSnapshot } from '../domain/lifecycle/snapshot.js';
import type { StreamName } from '../domain/streams/streams.js';
import type { HistoryLimit } from './history.js';

/** Argument of the workflow. Only `sourceId` is needed; the rest of a source is in MongoDB. */
export interface SourceInput extends HistoryLimit {
  readonly sourceId: number;
  /** Identity of its installation; absent when it was started by hand or by an earlier version. */
  readonly installation?: string;
  /** Shown until the configuration was read. */
  readonly name?: string;
  readonly collector?: string;
  /** What the previous run hands over. */
  readonly carried?: {
    readonly snapshot: SourceSnapshot;
    readonly ledger: HealthLedger;
    /** Streams that it was asked to poll at once, and has not. */
    readonly collect?: readonly StreamName[];
  };
}
