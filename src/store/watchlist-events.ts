/** A hit as people and other programs are told of it: an event in the form of health events. */

import { definitionOf } from '../domain/streams/streams.js';
import type { WatchlistHitDocument } from './watchlist-hits.js';
import type { WatchlistDocument } from './watchlists.js';

export interface WatchlistHitEvent {
  /** The same whenever it is told. */
  readonly eventId: string;
  readonly eventType: 'Watchlist-Hit';
  readonly eventName: 'WatchlistHit';
  /** When it was found; RFC 3339, UTC. */
  readonly eventTime: string;
  readonly severityLevel: 'Warning';
  readonly details: {
    readonly indicator: string;
    readonly type: string;
    readonly collection: string;
    readonly stream: string;
    /** `_id` of the record, hexadecimal. */
    readonly recordId: string;
    readonly messageTime: string;
    readonly sourceId: number;
    readonly source: string;
    /** Whether the record was stored before the indicator came onto the watchlist. */
    readonly isPast: boolean;
  };
  readonly resourceIdentity: { readonly id: string; readonly name: string; readonly type: 'Watchlist' };
}

export function hitEventOf(
  hit: WatchlistHitDocument,
  { _id, name }: Pick<WatchlistDocument, '_id' | 'name'>,
): WatchlistHitEvent {
  const { indicator, type, stream, recordId, messageTime, sourceId, source, isPast } = hit;
  return {
    eventId: hit._id,
    eventType: 'Watchlist-Hit',
    eventName: 'WatchlistHit',
    eventTime: hit.foundAt.toISOString(),
    severityLevel: 'Warning',
    details: {
      ...{ indicator, type, collection: definitionOf(stream).collection, stream, recordId: recordId.toString('hex') },
      ...{ messageTime: messageTime.toISOString(), sourceId, source, isPast },
    },
    resourceIdentity: { id: _id, name, type: 'Watchlist' },
  };
}
