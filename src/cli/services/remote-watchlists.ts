/** Watchlists behind a management server. */

import { present } from '../../domain/present.js';
import type { WatchlistChange, WatchlistInput } from '../../management/watchlists/watchlist-input.js';
import type { SavedWatchlist, ShownWatchlist } from '../../management/watchlists/watchlist-service.js';
import type { Page, PageRequest } from '../../store/list-page.js';
import type { WatchlistHitEvent } from '../../store/watchlist-events.js';
import type { HitRange } from '../../store/watchlist-hits.js';
import type { ApiClient } from './api-client.js';
import type { FollowLine, FollowWish, WatchlistCommands } from './command-services.js';
import { followed } from './remote-follow.js';

const pathOf = (idOrName: string) => `watchlists/${encodeURIComponent(idOrName)}`;

export class RemoteWatchlists implements WatchlistCommands {
  constructor(private readonly api: ApiClient) {}

  create(input: WatchlistInput): Promise<SavedWatchlist> {
    return this.api.call('POST', 'watchlists', input);
  }

  update(idOrName: string, change: WatchlistChange): Promise<SavedWatchlist> {
    return this.api.call('PATCH', pathOf(idOrName), change);
  }

  async list(): Promise<ShownWatchlist[]> {
    return (await this.api.call<{ readonly data: ShownWatchlist[] }>('GET', 'watchlists')).data;
  }

  get(idOrName: string): Promise<ShownWatchlist & { readonly indicators: readonly string[] }> {
    return this.api.call('GET', pathOf(idOrName));
  }

  async hits(
    idOrName: string,
    { limit, token, since, until }: PageRequest & HitRange,
  ): Promise<Page<WatchlistHitEvent>> {
    const range = { since: since?.toISOString(), until: until?.toISOString() };
    const query = new URLSearchParams({ limit: String(limit), ...present({ token, ...range }) });
    const { data: items, ...next } = await this.api.call<{
      readonly data: readonly WatchlistHitEvent[];
      readonly next?: string;
    }>('GET', `${pathOf(idOrName)}/hits?${query}`);
    return { items, ...next };
  }

  followHits(idOrName: string, { token, signal }: FollowWish): AsyncIterable<FollowLine<WatchlistHitEvent>> {
    const query = new URLSearchParams(present({ token }));
    return followed(this.api.lines(`${pathOf(idOrName)}/hits/follow?${query}`, { signal }), 'hit');
  }

  async remove(idOrName: string): Promise<{ readonly id: string }> {
    const { id } = await this.get(idOrName);
    await this.api.call('DELETE', pathOf(id));
    return { id };
  }
}
