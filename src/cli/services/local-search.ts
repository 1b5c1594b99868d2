/** Searches in the database at hand, in the words of the API. */

import { present } from '../../domain/present.js';
import { SearchService } from '../../management/search/search-service.js';
import { storyOf } from '../../management/search/story.js';
import type { Collections } from '../../store/collections.js';
import type { FoundRecord } from '../../store/search/find-records.js';
import type {
  FollowLine,
  PageWish,
  SearchCommands,
  SearchedPage,
  SearchWish,
  ShownRecord,
  ShownStory,
} from './command-services.js';

import { readNotes } from './local-reads.js';

const TIMEOUT_MS = 30_000;

export class LocalSearch implements SearchCommands {
  private readonly service: SearchService;
  private readonly note: ReturnType<typeof readNotes>;

  constructor(private readonly collections: Collections) {
    this.service = new SearchService(collections);
    this.note = readNotes(collections);
  }

  async page(wish: SearchWish, { order, ...page }: PageWish): Promise<SearchedPage> {
    const isOldestFirst = order === 'oldest';
    await this.note('search', wish);
    const found = await this.service.find(inputOf(wish), { ...page, isOldestFirst, timeoutMs: TIMEOUT_MS });
    const { items, plan, isComplete, searchedTo, next } = found;
    const end = present({ searchedTo: searchedTo?.toISOString(), next });
    return { data: items.map(shown), plan, complete: isComplete, ...end };
  }

  async story(collection: string, id: string): Promise<ShownStory> {
    await this.note('record.story', { collection, id });
    const record = await this.service.record(collection, id);
    const { isComplete, records, ...story } = await storyOf(this.collections, record, { timeoutMs: TIMEOUT_MS });
    return {
      ...story,
      records: records.map((one) => ({ ...shown(one), joinedBy: one.joinedBy })),
      complete: isComplete,
    };
  }

  async *follow(
    wish: SearchWish,
    token: string | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<FollowLine<ShownRecord>, void> {
    await this.note('search.follow', wish);
    for await (const { item, token: reached } of this.service.follow(inputOf(wish), { token, signal })) {
      yield { token: reached, ...present({ item: item && shown(item) }) };
    }
  }
}

function inputOf({ query, collections, sourceIds, from, to }: SearchWish) {
  const at = (text: string | undefined) => (text === undefined ? undefined : new Date(text));
  return { query, collections, sourceIds, from: at(from), to: at(to) };
}

function shown({ collection, stream, id, time, document }: FoundRecord): ShownRecord {
  return { collection, stream, id, time: time.toISOString(), record: document };
}
