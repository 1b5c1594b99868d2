/** The records of several cursors in one order, each once. */

import type { AbstractCursor, Binary, Document } from 'mongodb';
import type { StreamName } from '../../domain/streams/streams.js';
import { compare, type Placed } from './position.js';

export interface Found extends Placed {
  readonly document: Document & { readonly _id: Binary; readonly _messageTime: Date };
}

export interface StreamCursor {
  readonly stream: StreamName;
  readonly cursor: AbstractCursor<Found['document']>;
}

/** Closes the cursors when it ends, whatever the reason. */
export async function* merged(cursors: readonly StreamCursor[]): AsyncGenerator<Found, void, undefined> {
  try {
    const heads = (await Promise.all(cursors.map(next))).flatMap((head) => head ?? []);
    let last: Found | undefined;
    while (heads.length > 0) {
      const first = heads.reduce((a, b) => (compare(b.found, a.found) < 0 ? b : a));
      if (last === undefined || compare(last, first.found) !== 0) yield first.found;
      last = first.found;
      const following = await next(first.from);
      heads.splice(heads.indexOf(first), 1, ...(following === undefined ? [] : [following]));
    }
  } finally {
    await Promise.all(cursors.map(({ cursor }) => cursor.close()));
  }
}

interface Head {
  readonly from: StreamCursor;
  readonly found: Found;
}

async function next(from: StreamCursor): Promise<Head | undefined> {
  const document = await from.cursor.next();
  return document === null ? undefined : { from, found: { stream: from.stream, document } };
}
