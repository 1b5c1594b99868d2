/** The records of a search, page by page, while the next one is not asked for before this one is dealt with. */

import { present } from '../../domain/present.js';
import { RefusedError } from '../../management/common/errors.js';
import type { SearchCommands, SearchWish, ShownRecord } from '../services/command-services.js';

const PAGE = 500;

/** How far a search has come. */
export interface Progress {
  found: number;
  token?: string | undefined;
}

interface FindOptions {
  readonly limit?: number;
  readonly order?: 'oldest';
  readonly reached: Progress;
  readonly signal?: AbortSignal;
}

/** After an error, another call with the same `reached` resumes. */
export async function* found(
  search: SearchCommands,
  wish: SearchWish,
  { limit = Number.POSITIVE_INFINITY, order, reached, signal }: FindOptions,
): AsyncGenerator<ShownRecord, void, undefined> {
  while (reached.found < limit && signal?.aborted !== true) {
    const { token } = reached;
    const page = await search.page(wish, {
      limit: Math.min(PAGE, limit - reached.found),
      token,
      ...present({ order }),
    });
    yield* page.data;
    reached.found += page.data.length;
    if (page.next === undefined && page.complete) break;
    if (page.next === token && page.data.length === 0)
      throw new RefusedError('The search takes too long; shorten the time with --since and --until');
    reached.token = page.next;
  }
}
