/** Searches behind a management server. */

import { parseJson } from '../../domain/json.js';
import { present } from '../../domain/present.js';
import type { ApiClient } from './api-client.js';
import type { FollowLine, PageWish, SearchCommands, SearchedPage, SearchWish, ShownStory } from './command-services.js';

const TIMEOUT_MS = 20_000;

export class RemoteSearch implements SearchCommands {
  constructor(private readonly api: ApiClient) {}

  page(wish: SearchWish, page: PageWish): Promise<SearchedPage> {
    return this.api.call('POST', 'search', { ...present(wish), ...present(page), timeoutMs: TIMEOUT_MS });
  }

  story(collection: string, id: string): Promise<ShownStory> {
    return this.api.call('GET', `records/${encodeURIComponent(collection)}/${encodeURIComponent(id)}/story`);
  }

  async *follow(wish: SearchWish, token: string | undefined, signal: AbortSignal): AsyncGenerator<FollowLine, void> {
    for await (const line of this.api.lines('search/follow', { ...present(wish), ...present({ token }) }, signal)) {
      yield parseJson(line) as FollowLine;
    }
  }
}
