/** `…/volume`: how many records of a source there are over time. */

import { z } from 'zod';
import { STREAMS } from '../../domain/streams/streams.js';
import { volumeOfSource, volumeRange } from '../../management/sources/source-volume.js';
import { flatErrors, sourceParams, wholeNumber } from '../common/common-schemas.js';
import type { Routes } from '../common/services.js';

const time = z.string().max(64);
const volumeQuery = z.strictObject({
  since: time.default('24h').describe('Begin, included: an ISO time, or an age such as 7d; default 24h'),
  until: time.optional().describe('End, not included: the same; default now'),
  buckets: wholeNumber(1, 500, 96).describe('How many parts the time is cut into, 1 to 500; default 96'),
});

const volume = z
  .object({
    from: z.iso.datetime(),
    to: z.iso.datetime(),
    widthMs: z.number().int().describe('Length of a part; part n begins at from + n × widthMs'),
    streams: z.array(
      z.object({
        stream: z.enum(STREAMS),
        counts: z.array(z.number().int()).optional().describe('Of each part; absent when counting took too long'),
      }),
    ),
  })
  .meta({ id: 'Volume' });

export const volumeRoutes: Routes = (app, { collections, editor }) => {
  app.get(
    '/collectors/:cid/sources/:sid/volume',
    {
      schema: {
        tags: ['Overview'],
        summary: 'Stored records over time, per stream, by the time of the records',
        params: sourceParams,
        querystring: volumeQuery,
        response: { 200: volume, ...flatErrors },
      },
    },
    async ({ params, query }) => {
      const { _id } = await editor.get(params.cid, params.sid);
      const range = volumeRange(query, query.buckets, Date.now());
      const { from, to, widthMs, streams } = await volumeOfSource(collections, _id, range);
      return {
        ...{ from: from.toISOString(), to: to.toISOString(), widthMs },
        streams: streams.map(({ counts, ...rest }) => ({
          ...rest,
          ...(counts === undefined ? {} : { counts: [...counts] }),
        })),
      };
    },
  );
};
