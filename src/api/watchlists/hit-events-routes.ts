/**
 * Hits of watchlists where health events are read: events of their own. They are never open, as nothing resolves them, so that
 * they are no part of what is unresolved, and make no source unhealthy.
 */

import { flatErrors, newerErrors, pageOf, pageQuery, shown, sourceParams } from '../common/common-schemas.js';
import type { Routes } from '../common/services.js';
import { hitEvent } from './hit-event.js';

const tags = ['Health events'];
const config = { audits: 'watchlist.hits' } as const;
const response = { 200: pageOf(hitEvent), ...newerErrors } as const;

export const hitEventRoutes: Routes = (app, { editor, watchlists }) => {
  app.get(
    '/healthEvents/watchlistHits',
    {
      config,
      schema: {
        tags,
        summary: 'The hits of all watchlists as events of their own, the last found first',
        querystring: pageQuery,
        response,
      },
    },
    async ({ query }) => shown(await watchlists.allHits({}, query), (event) => event),
  );
  app.get(
    '/collectors/:cid/sources/:sid/healthEvents/watchlistHits',
    {
      config,
      schema: {
        tags,
        summary: 'The hits of watchlists in the records of a source, the last found first',
        params: sourceParams,
        querystring: pageQuery,
        response: { 200: pageOf(hitEvent), ...flatErrors },
      },
    },
    async ({ params, query }) => {
      const { _id: sourceId } = await editor.get(params.cid, params.sid);
      return shown(await watchlists.allHits({ sourceId }, query), (event) => event);
    },
  );
};
