/** Detections, indicators and hits of watchlists in the database at hand; each question leaves a note in the audit trail. */

import { CLI_ACTOR } from '../../management/audited.js';
import { ReadAudit } from '../../management/audited-reads.js';
import { DetectionService } from '../../management/detections/detection-service.js';
import { IocService } from '../../management/indicators/ioc-service.js';
import { WatchlistService } from '../../management/watchlists/watchlist-service.js';
import type { Collections } from '../../store/collections.js';
import type { DetectionCommands, IndicatorCommands } from './command-services.js';

/** @returns notes a question. */
export function readNotes(collections: Collections) {
  const audit = new ReadAudit(collections);
  return (action: string, asked: object) => audit.note({ actor: CLI_ACTOR, action, asked: { ...asked } });
}

export function localDetections(collections: Collections): DetectionCommands {
  const service = new DetectionService(collections);
  const note = readNotes(collections);
  return {
    page: async (filter, request) => {
      await note('detections.search', filter);
      return service.page(filter, request);
    },
    follow: async function* (filter, wish) {
      await note('detections.follow', filter);
      yield* service.follow(filter, wish);
    },
  };
}

export function localIndicators(collections: Collections): IndicatorCommands {
  const service = new IocService(collections);
  const note = readNotes(collections);
  return {
    search: async ({ skip, limit, ...asked }, signal) => {
      await note('indicators.search', asked);
      return service.search({ skip, limit, ...asked }, signal);
    },
  };
}

export class LocalWatchlists extends WatchlistService {
  private readonly note: ReturnType<typeof readNotes>;

  constructor(access: ConstructorParameters<typeof WatchlistService>[0]) {
    super(access);
    this.note = readNotes(access.collections);
  }

  override async hits(...asked: Parameters<WatchlistService['hits']>): ReturnType<WatchlistService['hits']> {
    await this.note('watchlist.hits', { id: asked[0] });
    return super.hits(...asked);
  }

  override async *followHits(...asked: Parameters<WatchlistService['followHits']>) {
    await this.note('watchlist.follow', { id: asked[0] });
    yield* super.followHits(...asked);
  }
}
