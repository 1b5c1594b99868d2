/** `…/healthEvents/history`: all problems that a source has had, page by page. */

import { z } from 'zod';
import { FAILURE_TYPES } from '../../domain/failures/failure.js';
import { problemsPage } from '../../store/health-events.js';
import { flatErrors, pageOf, pageQuery, shown, sourceParams } from '../common/common-schemas.js';
import type { Routes } from '../common/services.js';
import { showSourceEvent, sourceEvent } from '../events/source-event.js';

const historyQuery = pageQuery.extend({
  state: z.enum(['open', 'ended']).optional().describe('Default: both'),
  subject: z.string().max(64).optional().describe('The stream or step that they concern, such as `receipt`'),
  type: z.enum(FAILURE_TYPES).optional(),
  text: z.string().max(200).optional().describe('Part of what they say; upper and lower case are the same'),
});

export const healthHistoryRoutes: Routes = (app, { collections, editor }) => {
  app.get(
    '/collectors/:cid/sources/:sid/healthEvents/history',
    {
      schema: {
        tags: ['Overview'],
        summary: 'The problems of a source that were reported, open or ended, the newest first',
        params: sourceParams,
        querystring: historyQuery,
        response: { 200: pageOf(sourceEvent), ...flatErrors },
      },
    },
    async ({ params, query }) => {
      const { _id } = await editor.get(params.cid, params.sid);
      return shown(await problemsPage(collections, { ...query, sourceId: _id }, query), showSourceEvent);
    },
  );
};
