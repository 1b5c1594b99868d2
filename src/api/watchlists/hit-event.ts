/** A hit of a watchlist, in the form of health events. */

import { z } from 'zod';

export const hitEvent = z
  .object({
    eventId: z.string().describe('The same whenever the hit is told'),
    eventType: z.literal('Watchlist-Hit'),
    eventName: z.literal('WatchlistHit'),
    eventTime: z.iso.datetime(),
    severityLevel: z.literal('Warning'),
    details: z.object({
      indicator: z.string(),
      type: z.string(),
      collection: z.string(),
      stream: z.string(),
      recordId: z.string().describe('`_id` of the record, hexadecimal'),
      messageTime: z.iso.datetime(),
      sourceId: z.int(),
      source: z.string(),
      isPast: z.boolean().describe('Whether the record was stored before the indicator was on the list'),
    }),
    resourceIdentity: z.object({ id: z.string(), name: z.string(), type: z.literal('Watchlist') }),
  })
  .meta({ id: 'WatchlistHit' });
