/** Searches behind a management server. */

import { present } from '../../domain/present.js';
import type { ApiClient } from './api-client.js';
import type {
  FollowLine,
  PageWish,
  SearchCommands,
  SearchedPage,
  SearchWish,
  ShownRecord,
  ShownStory,
} from './command-services.js';
import { followed } from './remote-follow.js';

const TIMEOUT_MS = 20_000;

export class RemoteSearch implements SearchCommands {
  constructor(private readonly api: ApiClient) {}

  page(wish: SearchWish, page: PageWish): Promise<SearchedPage> {
    return this.api.call('POST', 'search', { ...present(wish), ...present(page), timeoutMs: TIMEOUT_MS });
  }

  story(collection: string, id: string): Promise<ShownStory> {
    return this.api.call('GET', `records/${encodeURIComponent(collection)}/${encodeURIComponent(id)}/story`);
  }

  follow(wish: SearchWish, token: string | undefined, signal: AbortSignal): AsyncIterable<FollowLine<ShownRecord>> {
    const body = { ...present(wish), ...present({ token }) };
    return followed(this.api.lines('search/follow', { body, signal }), 'record');
  }
}
