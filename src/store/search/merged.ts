/** The records of several readings in one order, each once. */

import type { Binary, Document } from 'mongodb';
import { compare, type Placed } from './position.js';

export interface Found extends Placed {
  readonly document: Document & { readonly _id: Binary; readonly _messageTime: Date };
}

/** Records of one stream, in order. */
export type Reading = AsyncGenerator<Found, void, undefined>;

export async function* merged(readings: readonly Reading[], isOldestFirst = false): Reading {
  const inOrder = (a: Found, b: Found) => (isOldestFirst ? compare(b, a) : compare(a, b));
  const heads = (await Promise.all(readings.map(next))).flatMap((head) => head ?? []);
  let last: Found | undefined;
  while (heads.length > 0) {
    const first = heads.reduce((a, b) => (inOrder(b.found, a.found) < 0 ? b : a));
    if (last === undefined || compare(last, first.found) !== 0) yield first.found;
    last = first.found;
    const following = await next(first.from);
    heads.splice(heads.indexOf(first), 1, ...(following === undefined ? [] : [following]));
  }
}

interface Head {
  readonly from: Reading;
  readonly found: Found;
}

async function next(from: Reading): Promise<Head | undefined> {
  const { value: found } = await from.next();
  return found === undefined ? undefined : { from, found };
}
