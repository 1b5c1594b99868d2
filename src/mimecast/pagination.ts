/** What an answer says of the pages after it, in whatever shape; pure. */

import { filledString, isObject, type JsonObject, kindOf } from '../domain/json.js';
import { present } from '../domain/present.js';

export interface Pagination {
  /** `meta.pagination.next`. */
  readonly nextPageToken?: string;
  /** `meta.pagination.totalCount`: how many records the whole window holds, as far as the API says so. */
  readonly totalCount?: number;
  /** `meta.pagination.pageSize`: rows that a page may have, though some servers tell the rows of this page. */
  readonly pageSize?: number;
  /** Set when it may tell of more pages in a shape that is not known. */
  readonly oddity?: string;
}

/** Names under which a page after this one may be told of. An echo of the token that was sent has none of them. */
const NEXT_KEY = /^(@?next|has_?(more|next))/i;

export function readPagination(body: JsonObject): Pagination {
  const meta = isObject(body.meta) ? body.meta : {};
  const paging = meta.pagination ?? {};
  if (!isObject(paging)) return { oddity: `meta.pagination is ${kindOf(paging)}` };
  const { next, totalCount, pageSize } = paging;
  const oddity =
    invalidTokenReason('meta.pagination.next', next) ??
    (isCount(totalCount) ? undefined : `meta.pagination.totalCount is ${kindOf(totalCount)}`) ??
    (filledString(next) === undefined
      ? unexpectedNext({ 'meta.pagination.': paging, 'meta.': meta, '': body })
      : undefined);
  return {
    ...countOf('totalCount', totalCount),
    ...countOf('pageSize', pageSize),
    ...present({ nextPageToken: filledString(next), oddity }),
  };
}

/** What is odd about a value that should be a token, an empty text or nothing. */
export function invalidTokenReason(name: string, value: unknown): string | undefined {
  if (value === undefined || value === null || value === false || typeof value === 'string') return undefined;
  return `${name} is ${kindOf(value)}`;
}

/** A filled key that may tell of a next page, where the known one tells of none. @param places objects by their names. */
export function unexpectedNext(places: Readonly<Record<string, JsonObject>>): string | undefined {
  for (const [place, object] of Object.entries(places)) {
    const key = Object.keys(object).find((name) => NEXT_KEY.test(name) && isFilled(object[name]));
    if (key !== undefined) return `there is ${place}${key} instead of a next page`;
  }
  return undefined;
}

function isFilled(value: unknown): boolean {
  if (isObject(value)) return Object.keys(value).length > 0;
  // Some gateways send booleans as text.
  if (typeof value === 'string') return value !== '' && value.toLowerCase() !== 'false';
  return Array.isArray(value) ? value.length > 0 : Boolean(value);
}

/** Some gateways send numbers as text. */
function isCount(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true;
  return (typeof value === 'number' || typeof value === 'string') && !Number.isNaN(Number(value));
}

/** A number below zero is a way to say nothing. */
function countOf<K extends string>(key: K, value: unknown): { readonly [key in K]?: number } {
  if (value === undefined || value === null || value === '' || !isCount(value) || Number(value) < 0) return {};
  return { [key]: Number(value) } as { readonly [key in K]?: number };
}
