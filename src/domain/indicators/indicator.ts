/**
 * Indicators of compromise as a stored record carries them: `_indicators` is a list of `type:value`, spelled in one way
 * only, so that a search is a comparison of equal strings. Pure.
 */

/** Key of a stored record; empty when it has no indicators, absent when none were looked for: an earlier version stored it. */
export const INDICATORS_KEY = '_indicators';

/** Among a record's indicators when it has more of them than there is room for. */
export const CUT_KEY = 'cut:1';

export const INDICATOR_TYPES = [
  'ip4',
  'ip6',
  'domain',
  'url',
  'email',
  'md5',
  'sha1',
  'sha256',
  'message',
  'file',
  'aggregate',
] as const;
export type IndicatorType = (typeof INDICATOR_TYPES)[number];

/** Characters of a value. Longer ones, of which only URLs are likely, are compared by their first so many. */
export const LONGEST_VALUE = 1_000;

export function indicatorKey(type: IndicatorType, value: string): string {
  return `${type}:${value.slice(0, LONGEST_VALUE)}`;
}

/**
 * Whether a text may name something. Mimecast writes `null` for nothing, and a rule may have masked every character: all
 * records would have that in common.
 */
export function isName(text: string): boolean {
  return /[\p{L}\p{N}]/u.test(text) && text.toLowerCase() !== 'null';
}

/** With or without `<>`. In lower case: tools that copy message IDs change their case. */
export function messageKey(id: string): string | undefined {
  const bare = id.trim().replace(/^<|>$/g, '').trim().toLowerCase();
  return isName(bare) ? indicatorKey('message', bare) : undefined;
}

/** All records of a message have it in common. @param accountId empty when the record has none. */
export function aggregateKey(accountId: string, aggregateId: string): string | undefined {
  return isName(aggregateId) ? indicatorKey('aggregate', `${accountId}/${aggregateId}`) : undefined;
}

/** To be raised when records of before would get other indicators now: all of them are then looked at again. */
export const INDICATORS_VERSION = 1;
