/** The activities of a source, as the worker registers them and the workflow knows them. */

import type { ErasureProgress } from '../domain/erasure/erasure.js';
import type { ExportNote, ExportNoted, ExportOutcome } from '../domain/export/export.js';
import type { PastExportEnd, PastSliceOutcome } from '../domain/export/past-export.js';
import type { FillInProgress } from '../domain/fill-in/indicator-fill-in.js';
import type { HealthChange } from '../domain/health/health-ledger.js';
import type { RereadOutcome } from '../domain/rereads/reread.js';
import type {
  Permissions,
  SourceSettings,
  StreamOutcome,
  StreamProgress,
  SweepOutcome,
  ToldCounts,
} from '../domain/streams/outcome.js';
import type { StreamName } from '../domain/streams/streams.js';
import type { WatchlistProgress } from '../domain/watchlists/watchlist.js';
import type { RereadRange } from '../ingest/reread/reread-state.js';
import { withHeartbeats } from '../ingest/slice/heartbeats.js';
import type { ActivityDependencies } from '../ingest/source/dependencies.js';
import { SourceReader } from '../ingest/source/source-reader.js';
import { authenticate } from './authenticate.js';
import { collect } from './collect.js';
import { erase } from './erase.js';
import { exportRecords } from './export.js';
import { fillInIndicators } from './fill-in-indicators.js';
import { finalize } from './finalize.js';
import { initialize } from './initialize.js';
import { noteExport } from './note-export.js';
import { endPastExport, exportPast } from './past-export.js';
import { recordHealth } from './record-health.js';
import { recheck, reread } from './reread-slice.js';
import { resetPosition } from './reset-position.js';
import { sweep } from './sweep.js';
import { validate } from './validate.js';
import { deliverWatchlistHits, searchWatchlistPast } from './watchlists.js';

/** Of the installation, not of a source. */
export interface BackgroundActivities {
  /** Gives stored records their indicators, for a slice of about a minute. */
  fillInIndicators(): Promise<FillInProgress>;
  /** Searches what was stored before a watchlist, for a slice of about a minute. */
  searchWatchlistPast(watchlistId: string): Promise<WatchlistProgress>;
  /** Sends the hits of a watchlist that are still to be sent to its webhook. */
  deliverWatchlistHits(watchlistId: string): Promise<WatchlistProgress>;
  /** Counts or erases what names a person, for a slice of about a minute. */
  erase(erasureId: number): Promise<ErasureProgress>;
}

/** Of the exports of a source. */
export interface ExportActivities {
  /** Writes what was stored of a source to its bucket, for a slice of about a minute. */
  exportRecords(sourceId: number): Promise<ExportOutcome>;
  /** Writes what has changed of the export's health. */
  noteExport(sourceId: number, note: ExportNote): Promise<ExportNoted>;
  /** Writes what is stored of a range of time to a bucket, for a slice of about a minute. */
  exportPast(sourceId: number, exportId: number): Promise<PastSliceOutcome>;
  /** Notes that an export of the past ends before it is done. */
  endPastExport(sourceId: number, exportId: number, ended: PastExportEnd): Promise<void>;
}

export interface Activities extends BackgroundActivities, ExportActivities {
  /** Reads the stored configuration and checks it again. */
  validate(sourceId: number): Promise<SourceSettings>;
  /** Makes indexes and the checkpoints that are missing, and tells where each stream stands. */
  initialize(sourceId: number): Promise<readonly StreamProgress[]>;
  /** Gets a new token and probes which streams the application may read. */
  authenticate(sourceId: number): Promise<Permissions>;
  /**
   * Looks once at streams that are caught up, and stores what it finds within a small budget.
   *
   * @param isProbe whether none of them could be collected last time. It fails as long as that is so.
   * @param told what the caller knows; a stream whose checkpoint says something else is reported, too.
   */
  sweep(sourceId: number, streams: readonly StreamName[], isProbe?: boolean, told?: ToldCounts): Promise<SweepOutcome>;
  /** Collects one stream for a slice of about a minute. */
  collect(sourceId: number, stream: StreamName): Promise<StreamOutcome>;
  /** Reads a range of a stream again, for a slice of about a minute. */
  reread(sourceId: number, stream: StreamName, range: RereadRange): Promise<RereadOutcome>;
  /** Looks again at what a run found missing; tells how much still is. */
  recheck(sourceId: number, stream: StreamName, run: string): Promise<number>;
  /** Lets the source's collection poll. @returns whether it runs. */
  wake(sourceId: number): Promise<boolean>;
  /** Writes health events that are due. */
  recordHealth(sourceId: number, changes: readonly HealthChange[]): Promise<void>;
  /** Gives up a stream's position: it is collected again from an ISO time, by default from where all is known to be read. */
  resetPosition(sourceId: number, stream: StreamName, from?: string): Promise<StreamProgress>;
  /** Ends a source: notes it as stopped, or deletes its configuration and checkpoints. */
  finalize(sourceId: number, end: { readonly remove: boolean }): Promise<void>;
}

export function createActivities(dependencies: ActivityDependencies): Activities {
  const reader = new SourceReader(dependencies);
  return {
    validate: (sourceId) => alive(() => validate(dependencies, reader, sourceId)),
    initialize: (sourceId) => alive(() => initialize(dependencies, reader, sourceId)),
    authenticate: (sourceId) => alive(() => authenticate(dependencies, reader, sourceId)),
    sweep: (sourceId, streams, isProbe, told) => sweep(dependencies, reader, { sourceId, streams, isProbe, told }),
    collect: (sourceId, stream) => collect(dependencies, reader, sourceId, stream),
    reread: (sourceId, stream, range) => reread(dependencies, reader, sourceId, stream, range),
    recheck: (_sourceId, stream, run) => recheck(dependencies, stream, run),
    wake: (sourceId) => alive(() => dependencies.wake?.(sourceId) ?? Promise.resolve(false)),
    recordHealth: (sourceId, changes) => alive(() => recordHealth(dependencies, sourceId, changes)),
    resetPosition: (sourceId, stream, from) => alive(() => resetPosition(dependencies, sourceId, stream, from)),
    fillInIndicators: () => fillInIndicators(dependencies),
    searchWatchlistPast: (watchlistId) => searchWatchlistPast(dependencies, watchlistId),
    deliverWatchlistHits: (watchlistId) => alive(() => deliverWatchlistHits(dependencies, watchlistId)),
    erase: (erasureId) => erase(dependencies, erasureId),
    exportRecords: (sourceId) => exportRecords(dependencies, reader, sourceId),
    exportPast: (sourceId, exportId) => exportPast(dependencies, reader, sourceId, exportId),
    endPastExport: (_sourceId, exportId, ended) => alive(() => endPastExport(dependencies, exportId, ended)),
    noteExport: (sourceId, note) => alive(() => noteExport(dependencies, sourceId, note)),
    finalize: (sourceId, end) => alive(() => finalize(dependencies, reader, sourceId, end)),
  };
}

/** With heartbeats, so that a worker that dies in the middle of a step is noticed soon. */
function alive<T>(step: () => Promise<T>): Promise<T> {
  return withHeartbeats(() => undefined, step);
}
