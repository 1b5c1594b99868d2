/** Answers without an end of a management server. */

import { isObject, parseJson } from '../../domain/json.js';
import { present } from '../../domain/present.js';
import { LostConnectionError } from './api-client.js';
import type { FollowLine } from './command-services.js';

/** @param key under which a line has what was stored. @throws LostConnectionError for what is no such line: it was cut */
export async function* followed<T>(lines: AsyncIterable<string>, key: string): AsyncGenerator<FollowLine<T>, void> {
  for await (const line of lines) {
    const told = parseJson(line);
    if (!isObject(told) || typeof told.token !== 'string')
      throw new LostConnectionError('The management server sent a line that is none of its own');
    yield { token: told.token, ...present({ item: told[key] as T | undefined }) } as FollowLine<T>;
  }
}
