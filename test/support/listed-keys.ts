import { parseList } from '../../src/indicators/lists/parse-list.js';

/** `type key key…` of each, without the length of ranges. */
export async function keysOf(text: string | readonly string[]): Promise<string[]> {
  return (await parseList(text)).wanted.map(({ type, keys }) => [type, ...keys.slice(0, 3)].join(' '));
}
