/** What the commands ask for, whether it is at hand or behind a management server. */

import type { RereadReport } from '../../domain/rereads/reread.js';
import type { IocService } from '../../management/indicators/ioc-service.js';
import type { ApiKeyService, ShownKey } from '../../management/keys/api-key-service.js';
import type { MissingRecord, RereadService } from '../../management/rereads/reread-service.js';
import type { SourceSaveOptions, SourceService, Started } from '../../management/sources/source-service.js';
import type { WatchlistService } from '../../management/watchlists/watchlist-service.js';

export interface SourceCommands
  extends Pick<SourceService, 'status' | 'list' | 'stop' | 'update' | 'health' | 'resetPosition'> {
  start(json: unknown, collector: string, options: SourceSaveOptions): Promise<Started>;
  resume(idOrName: string): Promise<Started>;
  restart(idOrName: string): Promise<{ readonly sourceId: number }>;
  collectNow(idOrName: string): Promise<{ readonly sourceId: number }>;
}

export interface RereadCommands extends Pick<RereadService, 'start' | 'report' | 'cancel'> {
  /** Every record that a run found missing. */
  missing(report: Pick<RereadReport, 'kind' | 'sourceId' | 'run'>): AsyncIterable<MissingRecord>;
}

export interface KeyCommands extends Pick<ApiKeyService, 'create' | 'list'> {
  remove(accessId: string): Promise<Pick<ShownKey, 'accessId'>>;
}

export interface WatchlistCommands extends Pick<WatchlistService, 'create' | 'list' | 'get' | 'hits' | 'remove'> {}

export interface IndicatorCommands extends Pick<IocService, 'search'> {}

export interface CommandServices {
  readonly sources: SourceCommands;
  readonly rereads: RereadCommands;
}
