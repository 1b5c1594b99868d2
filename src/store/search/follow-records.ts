/** The records of a search as they are stored. */

import type { Document } from 'mongodb';
import { definitionOf } from '../../domain/streams/streams.js';
import type { Store } from '../driver.js';
import { type Followed, type FollowRequest, followInserts, type Inserted } from '../follow-inserts.js';
import { streamIn } from '../records.js';
import { filterOf } from './filter.js';
import { type FoundRecord, shownRecord } from './find-records.js';
import type { Found } from './merged.js';
import type { Search } from './request.js';

/** @throws PageTokenError, FollowTokenLostError, and what MongoDB throws */
export function followRecords(
  store: Store,
  search: Search,
  request: FollowRequest,
): AsyncGenerator<Followed<FoundRecord>, void, undefined> {
  return followInserts(store, newRecords(search), recordOf, request);
}

function newRecords({ condition, streams, sourceIds, from, to, hasIndicators }: Search): Document {
  const time = { ...(from && { $gte: from }), ...(to && { $lt: to }) };
  const wanted = streams.map((stream) => ({
    $and: [
      { 'ns.coll': definitionOf(stream).collection },
      filterOf(condition, { stream, hasIndicators, prefix: 'fullDocument.' }),
    ],
  }));
  return {
    ...(sourceIds && { 'fullDocument._sourceId': { $in: [...sourceIds] } }),
    ...(Object.keys(time).length > 0 && { 'fullDocument._messageTime': time }),
    $or: wanted,
  };
}

function recordOf({ collection, document: { _received, ...document } }: Inserted<Found['document']>): FoundRecord {
  return shownRecord({ stream: streamIn(collection), document });
}
