/**
 * Whether the records that a search is about all carry their indicators: those of earlier versions get theirs later, also
 * those that workers of an earlier version go on storing beside this one.
 */

import type { Store } from '../driver.js';
import { fillInsOf } from '../indicator-fill-in.js';
import { newestLate } from '../late-records.js';
import type { Search } from './request.js';

export async function hasIndicators(
  store: Store,
  { streams, from }: Pick<Search, 'streams' | 'from'>,
): Promise<boolean> {
  const known = new Map((await fillInsOf(store)).map((each) => [each.stream, each]));
  const isFilled = streams.every((stream) => {
    const { isDone = false, before } = known.get(stream) ?? {};
    return isDone || (from !== undefined && before !== undefined && from > before._messageTime);
  });
  if (!isFilled) return false;
  const late = await newestLate(store, streams);
  return [...late.values()].every(({ _messageTime }) => from !== undefined && from > _messageTime);
}
