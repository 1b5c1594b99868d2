/** What the commands ask for, whether it is at hand or behind a management server. */

import type { Detection } from '../../domain/detections/detection.js';
import type { PastExport } from '../../domain/export/past-export.js';
import type { RereadReport } from '../../domain/rereads/reread.js';
import type { CollectRequest } from '../../domain/streams/collect-request.js';
import type { ConnectionService } from '../../management/alerts/connection-service.js';
import type { DetectionFilter, DetectionService } from '../../management/detections/detection-service.js';
import type { Erasures } from '../../management/erasure/erasures.js';
import type { IocService } from '../../management/indicators/ioc-service.js';
import type { ApiKeyService, ShownKey } from '../../management/keys/api-key-service.js';
import type { PastExports } from '../../management/past-exports/past-exports.js';
import type { MissingRecord, RereadService } from '../../management/rereads/reread-service.js';
import type { SourceSaveOptions, SourceService, Started } from '../../management/sources/source-service.js';
import type { WatchlistService } from '../../management/watchlists/watchlist-service.js';
import type { AuditVerification, VerifyOptions } from '../../store/audit-verification.js';
import type { WatchlistHitEvent } from '../../store/watchlist-events.js';

export interface SourceCommands
  extends Pick<SourceService, 'status' | 'list' | 'stop' | 'update' | 'health' | 'resetPosition'> {
  start(json: unknown, collector: string, options: SourceSaveOptions): Promise<Started>;
  resume(idOrName: string): Promise<Started>;
  restart(idOrName: string): Promise<{ readonly sourceId: number }>;
  collectNow(idOrName: string, request: CollectRequest): Promise<{ readonly sourceId: number }>;
}

export interface RereadCommands extends Pick<RereadService, 'start' | 'report' | 'cancel'> {
  /** Every record that a run found missing. */
  missing(report: Pick<RereadReport, 'kind' | 'sourceId' | 'run'>): AsyncIterable<MissingRecord>;
}

/** A record as the API shows it. */
export interface ShownRecord {
  readonly collection: string;
  readonly stream: string;
  readonly id: string;
  readonly time: string;
  readonly record: Readonly<Record<string, unknown>>;
}

export interface SearchWish {
  readonly query: string;
  readonly collections?: readonly string[] | undefined;
  readonly sourceIds?: readonly number[] | undefined;
  /** ISO times. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

export interface SearchedPage {
  readonly data: readonly ShownRecord[];
  readonly plan: 'index' | 'scan';
  readonly complete: boolean;
  readonly searchedTo?: string;
  readonly next?: string;
}

export interface ShownStory {
  readonly accountId?: string;
  readonly aggregateId?: string;
  readonly messageId?: string;
  readonly records: readonly (ShownRecord & { readonly joinedBy: string })[];
  readonly doubts: readonly string[];
  readonly complete: boolean;
}

/** One that was stored, or no news; and from where to follow on. */
export interface FollowLine<T> {
  readonly token: string;
  readonly item?: T;
}

/** Ends with an error when the connection does. */
type Followed<T> = AsyncIterable<FollowLine<T>>;

export interface PageWish {
  readonly limit: number;
  readonly token?: string | undefined;
  /** Default: newest. */
  readonly order?: 'newest' | 'oldest';
}

export interface SearchCommands {
  page(wish: SearchWish, page: PageWish): Promise<SearchedPage>;
  story(collection: string, id: string): Promise<ShownStory>;
  follow(wish: SearchWish, token: string | undefined, signal: AbortSignal): Followed<ShownRecord>;
}

export interface KeyCommands extends Pick<ApiKeyService, 'create' | 'list'> {
  remove(accessId: string): Promise<Pick<ShownKey, 'accessId'>>;
}

export interface AuditCommands {
  verify(options: VerifyOptions): Promise<AuditVerification>;
}

/** From where to follow, and until when. */
export interface FollowWish {
  /** Default: from now on. */
  readonly token?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface DetectionCommands extends Pick<DetectionService, 'page'> {
  follow(filter: DetectionFilter, wish: FollowWish): Followed<Detection>;
}

export interface WatchlistCommands
  extends Pick<WatchlistService, 'create' | 'update' | 'list' | 'get' | 'hits' | 'remove'> {
  followHits(idOrName: string, wish: FollowWish): Followed<WatchlistHitEvent>;
}

export interface AlertCommands
  extends Pick<ConnectionService, 'create' | 'update' | 'list' | 'get' | 'test' | 'remove'> {}

export interface IndicatorCommands extends Pick<IocService, 'search'> {}

export interface ExportCommands extends Pick<PastExports, 'start' | 'get'> {
  /** The newest first. */
  list(idOrName: string): Promise<readonly PastExport[]>;
  /** Ends the one that runs. */
  cancel(idOrName: string): Promise<PastExport>;
}

export interface ErasureCommands extends Pick<Erasures, 'preview' | 'confirm' | 'cancel' | 'get' | 'list'> {}

export interface CommandServices {
  readonly erasures: ErasureCommands;
  readonly exports: ExportCommands;
  readonly sources: SourceCommands;
  readonly rereads: RereadCommands;
}
