/** Whether the records that a search is about all carry their indicators: those of earlier versions get theirs later. */

import type { Store } from '../driver.js';
import { fillInsOf } from '../indicator-fill-in.js';
import type { Search } from './request.js';

export async function hasIndicators(
  store: Store,
  { streams, from }: Pick<Search, 'streams' | 'from'>,
): Promise<boolean> {
  const known = new Map((await fillInsOf(store)).map((each) => [each.stream, each]));
  return streams.every((stream) => {
    const { isDone = false, before } = known.get(stream) ?? {};
    return isDone || (from !== undefined && before !== undefined && from > before._messageTime);
  });
}
