/** Long lists page by page, newest first. A page begins behind the last entry of the one before, so nothing shifts. */

import { Binary, BSON, type Collection, type Document, type Filter, ObjectId } from 'mongodb';

export interface PageRequest {
  /** Entries of a page. */
  readonly limit: number;
  /** `next` of the page before. */
  readonly token?: string | undefined;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Absent on the last page. */
  readonly next?: string;
}

/** Thrown when a token was not made by `pageOf`. */
export class PageTokenError extends Error {
  override readonly name = 'PageTokenError';

  constructor() {
    super('token: was not issued by this API');
  }
}

/**
 * @param key what is sorted by, descending; equal ones by `_id`.
 * @throws PageTokenError
 */
export async function pageOf<T extends Document>(
  collection: Collection<T>,
  filter: Filter<T>,
  key: string,
  { limit, token }: PageRequest,
): Promise<Page<T>> {
  const behind = token === undefined ? {} : behindOf(key, token);
  const found = await collection
    .find<T>({ $and: [filter, behind] } as Filter<T>)
    .sort({ [key]: -1, _id: -1 })
    .limit(limit + 1)
    .toArray();
  const items = found.slice(0, limit);
  const last = found.length > limit ? items.at(-1) : undefined;
  return last === undefined ? { items } : { items, next: tokenOf(last[key], last._id) };
}

function tokenOf(value: unknown, id: unknown): string {
  return Buffer.from(BSON.EJSON.stringify([value, id], { relaxed: false })).toString('base64url');
}

/** @throws PageTokenError */
export function behindOf(key: string, token: string): Document {
  const parsed = parsedToken(token);
  if (!Array.isArray(parsed) || parsed.length !== 2) throw new PageTokenError();
  const [value, id] = parsed;
  if (![value, id].every(isComparable)) throw new PageTokenError();
  return { $or: [{ [key]: { $lt: value } }, { [key]: value, _id: { $lt: id } }] };
}

function parsedToken(token: string): unknown {
  try {
    return BSON.EJSON.parse(Buffer.from(token, 'base64url').toString());
  } catch {
    throw new PageTokenError();
  }
}

/** What lists are sorted by. Everything else could be a way into the query, or none that MongoDB can read. */
function isComparable(value: unknown): boolean {
  if (value instanceof Date) return !Number.isNaN(value.getTime());
  if (value instanceof Binary) return value.sub_type === Binary.SUBTYPE_DEFAULT;
  return typeof value === 'string' || typeof value === 'number' || value instanceof ObjectId;
}
